"""A team's week in one message, for those who asked for it: the sum with its chart, one fact, one lever.

Sent once however many processes run, because a process sends only what it claimed; after a pause of the machine at most
one goes out; after three weeks without any use it pauses by itself and says so the last time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from babel.dates import format_datetime, get_day_names

from handlers.answer import Answer, FigureLine, Line, Posting, Suggestion
from handlers.citing import citations
from handlers.command import Call
from handlers.errors import CannotAnswer
from handlers.kit import Kit
from handlers.ports import Digest
from handlers.request import Intent, Request
from handlers.telling import fill
from handlers.usage.budget import Budgeting
from handlers.usage.ledger import MEASURES, refuse_others, total
from handlers.usage.report import Reporting
from knowledge.schema import Fact, Figure
from knowledge.search import fold

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
STATES = ("on", "off")
QUIET = 3  # weeks without any use after which it pauses
LATE = timedelta(days=3)  # a digest that is later than this is left out: its week is nearly over
_ZONES = {"fr": "Europe/Paris"}  # where nothing else is known


class Digesting:
    def __init__(self, kit: Kit, reporting: Reporting, budgeting: Budgeting) -> None:
        self._kit = kit
        self._reporting = reporting
        self._budgeting = budgeting

    async def run(self, call: Call) -> Answer:
        team, phrases, digests = call.request.team, call.phrases, self._kit.ports.digests
        if team is None:
            return self._say(call, phrases.line("usage.digest-for-teams"))
        now = await digests.get(team)
        wants = [call.argument(name) for name in ("state", "weekday", "hour", "zone")]
        if all(value is None for value in wants):
            return self._shown(call, now)
        refuse_others(call, "settings")
        if call.argument("state") == "off":
            await digests.remove(team)
            return self._say(call, phrases.line("usage.digest-off"))
        digest = self._wanted(call, team, now)
        await digests.put(digest)
        return self._shown(call, digest)

    def _wanted(self, call: Call, team: str, now: Digest | None) -> Digest:
        zone = call.argument("zone")
        weekday, hour = call.argument("weekday"), call.argument("hour")
        known = now or Digest(team, "", "", 0, 9, _ZONES.get(call.language, "UTC"), call.request.at)
        made = replace(
            known,
            channel=call.request.channel,
            language=call.language,
            weekday=known.weekday if weekday is None else DAYS.index(weekday),
            hour=known.hour if hour is None else int(hour),
            zone=known.zone if zone is None else zone_of(str(zone)),
            quiet=0,
        )
        return replace(made, due=next_due(made, call.request.at))

    def _shown(self, call: Call, digest: Digest | None) -> Answer:
        phrases = call.phrases
        if digest is None:
            on = Suggestion(phrases.text("usage.digest-turn-on"), Intent("digest", {"state": "on"}, "button"))
            return replace(self._say(call, phrases.line("usage.no-digest")), suggestions=(on,))
        day = get_day_names("wide", locale=call.language)[digest.weekday]
        next_ = format_datetime(digest.due.astimezone(ZoneInfo(digest.zone)), "d MMMM, HH:mm", locale=call.language)
        line = phrases.line("usage.digest-on", day=day, hour=f"{digest.hour:02d}:00", zone=digest.zone, next=next_)
        off = Suggestion(phrases.text("usage.digest-turn-off"), Intent("digest", {"state": "off"}, "button"))
        return replace(self._say(call, line), suggestions=(off,))

    async def postings(self, platform: str, now: datetime) -> Sequence[Posting]:
        """What is to be sent now, claimed already: whoever asks second gets nothing."""
        made: list[Posting] = []
        for digest in await self._kit.ports.digests.due(now, platform):
            posting = await self._posting(digest, now)
            if posting is not None:
                made.append(posting)
        return made

    async def _posting(self, digest: Digest, now: datetime) -> Posting | None:
        entries = await self._kit.ports.ledger.entries(
            f"team:{digest.team}", digest.due - timedelta(days=7), digest.due
        )
        quiet = 0 if entries else digest.quiet + 1
        # From three quiet weeks on nothing is sent, but the day still comes round: a use brings the digest back.
        silent = quiet > QUIET or now - digest.due > LATE
        if not await self._kit.ports.digests.claim(digest, next_due(digest, now), min(quiet, QUIET + 1)) or silent:
            return None
        phrases = self._kit.lexicon[digest.language]
        request = Request("", "", digest.channel, digest.due, team=digest.team)
        settings = await self._kit.ports.preferences.get(f"team:{digest.team}")
        call = Call(request, Intent("digest"), digest.language, phrases, settings=settings)
        if not entries:
            key = "usage.digest-pauses" if quiet == QUIET else "usage.digest-quiet"
            return Posting(digest.team, digest.channel, Answer("report", digest.language, phrases.line(key)))
        measures = self._kit.measures(digest.language, call.units)
        carbon = total(entries, "co2e_g")
        title = phrases.line(
            "usage.digest",
            n=len(entries),
            count=measures.count(len(entries)),
            carbon=measures.range("co2e_g", carbon),
        )
        groups = self._reporting.by(call, entries, "task")
        levers = self._budgeting.levers(digest.language, entries)[:1]
        fact = self._fact(digest, now)
        answer = Answer(
            "report",
            digest.language,
            title,
            body=(
                *await self._budgeting.left(call),
                self.told(digest.language, fact),
                *(phrases.line("usage.digest-lever", says=says) for says in levers),
            ),
            figures=tuple(
                FigureLine(phrases.text(f"measures.{m}"), measures.range(m, total(entries, m))) for m in MEASURES
            ),
            chart=self._reporting.chart(call, groups, "task", phrases.text("usage.last-seven-days")),
            citations=citations(self._kit.library, fact.sources, phrases),
            facts=(fact.id,),
            suggestions=(
                Suggestion(phrases.text("usage.see-report"), Intent("report", {}, "button")),
                Suggestion(phrases.text("usage.digest-turn-off"), Intent("digest", {"state": "off"}, "button")),
            ),
        )
        return Posting(digest.team, digest.channel, answer)

    def _fact(self, digest: Digest, now: datetime) -> Fact:
        """Another one every week, the same in every process."""
        ids = sorted(id_ for id_, fact in self._kit.library.facts.items() if fact.checked != "unverified")
        return self._kit.library.facts[ids[now.isocalendar().week * 7 % len(ids)]]

    def told(self, language: str, fact: Fact) -> Line:
        """A fact as the digest says it."""
        measures = self._kit.measures(language)
        year = {"year": Figure(mid=fact.year, unit="year")} if fact.year else {}
        says = fill(fact.claim, {**year, **fact.figures}, measures, language)
        return self._kit.lexicon[language].line("usage.digest-fact", says=says)

    def _say(self, call: Call, title: Line) -> Answer:
        return Answer("settings", call.language, title)


def next_due(digest: Digest, now: datetime) -> datetime:
    """The next such day and hour on the clocks of its zone, after now."""
    local = now.astimezone(ZoneInfo(digest.zone))
    days = (digest.weekday - local.weekday()) % 7
    at = local.replace(hour=digest.hour, minute=0, second=0, microsecond=0) + timedelta(days=days)
    if at <= local:
        at += timedelta(days=7)
    return at.astimezone(UTC)


def zone_of(text: str) -> str:
    """ "Europe/Paris", or its city alone."""
    try:
        return ZoneInfo(text.strip()).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass
    wanted = fold(text).strip().replace(" ", "_")
    for zone in sorted(available_timezones()):
        if fold(zone.rsplit("/", 1)[-1]) == wanted or fold(zone) == wanted:
            return zone
    raise CannotAnswer("usage.unknown-zone", intent="settings", name=text[:40])
