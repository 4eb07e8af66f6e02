"""The ledger as a file, out and in. What goes out as CSV comes in again; a file is checked line by line and nothing is
written before every problem was shown and the person said yes.
"""

from __future__ import annotations

import asyncio
import csv
import hashlib
import io
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from handlers.answer import Answer, Attachment, Line, Suggestion
from handlers.command import Call
from handlers.context import Context
from handlers.errors import CannotAnswer
from handlers.kinds import Choice, Kind, Name, Number
from handlers.kit import Kit
from handlers.ports import Entry
from handlers.quoting import quoted
from handlers.reckoning import Reckoning
from handlers.request import Intent
from handlers.usage.ledger import book, entry, keeping, total
from knowledge.calculator.use import TASKS, Use

INPUTS = ("date", "task", "model", "count", "place", "output_tokens", "input_tokens", "seconds", "resolution")
FIGURES = tuple(f"{name}_{end}" for name in ("co2e_g", "energy_wh", "water_ml") for end in ("low", "mid", "high"))
MOST = 5000  # lines of one file
PIECE = 500  # lines written at once
PROBLEMS = 8  # shown one by one; the rest are counted
WAITS = timedelta(hours=1)  # how long a checked list waits for a yes
_EVER = datetime(2000, 1, 1, tzinfo=UTC)
_OLDEST = datetime(2018, 1, 1, tzinfo=UTC)  # before that there was nothing to log


@dataclass(frozen=True, slots=True)
class Checked:
    entries: tuple[Entry, ...]
    problems: tuple[tuple[int, Line], ...]  # line of the file, what is wrong with it


class Carrying:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._reckoning = Reckoning(kit)
        self._kinds: dict[str, Kind[Any]] = {
            "task": Choice(TASKS, "tasks", kit.lexicon),
            "model": Name(kit.models, "unknown-model"),
            "place": Name(kit.places, "unknown-place"),
        }
        self._number = Number(1e-6, 1e12, kit.number, kit.lexicon)

    async def give(self, call: Call) -> Answer:
        """The whole book as a file."""
        as_json = call.argument("format") == "json"
        whose = book(call.request)
        entries = await self._kit.ports.ledger.entries(whose, _EVER, call.request.at + timedelta(days=1))
        named = await self._kit.ports.consents.named(whose)
        phrases = call.phrases
        if not entries:
            return self._say(call, phrases.line("usage.nothing-to-export"), intent="report")
        rows = [_row(line, named.get(line.person, "")) for line in entries]
        stamp = f"{call.request.at:%Y-%m-%d}"
        if as_json:
            data = json.dumps(rows, ensure_ascii=False, indent=1).encode()
            attachment = Attachment(f"smallprint-{stamp}.json", "application/json", data)
        else:
            attachment = Attachment(f"smallprint-{stamp}.csv", "text/csv", _csv(rows))
        title = phrases.line(
            "usage.exported",
            n=len(rows),
            count=self._kit.measures(call.language, call.units).count(len(rows)),
            name=attachment.name,
        )
        offers = ()
        if not as_json:
            offers = (Suggestion("JSON", Intent("export", {"format": "json"}, "button")),)
        return Answer(
            "report",
            call.language,
            title,
            body=(phrases.line("usage.export-holds"),),
            suggestions=offers,
            attachment=attachment,
            context=Context("report", call.request.at, call.language),
            private=True,
        )

    async def take(self, call: Call) -> Answer:
        """A dry run first; the lines are written when the person says so."""
        person, channel, drafts = call.request.person, call.request.channel, self._kit.ports.drafts
        if call.argument("confirm"):
            lines = await drafts.take(person, channel, book(call.request), call.request.at)
            if not lines:
                return self._say(call, call.phrases.line("usage.send-again"), question=True)
            return await self._write(call, lines)
        if call.request.file is None:
            columns = ", ".join(INPUTS[:5])
            return self._say(call, call.phrases.line("usage.send-file", columns=columns), question=True)
        checked = await self._check(call, call.request.file)
        if checked.entries:
            await drafts.put(person, channel, checked.entries, call.request.at + WAITS)
        return self._found(call, checked)

    async def _check(self, call: Call, file: bytes) -> Checked:
        rows = _read(file)
        entries: list[Entry] = []
        problems: list[tuple[int, Line]] = []
        seen: Counter[str] = Counter()
        for done, (number, row) in enumerate(rows):
            if done % 50 == 49:
                await asyncio.sleep(0)  # others are answered meanwhile
                await call.progress(done / len(rows))
            try:
                at, use = self._line(call, row)
                # The same file sent twice writes nothing twice; the same line twice in one file is two uses.
                text = f"{at.isoformat() if row.get('date') else ''} {use}"
                seen[text] += 1
                batch = hashlib.sha256(f"{book(call.request)} {text} {seen[text]}".encode()).hexdigest()
                estimate = self._reckoning.estimate(use, call.language)
                entries.append(entry(call.request, f"import:{batch}", 0, use, estimate, at))
            except CannotAnswer as refusal:
                key = f"errors.{refusal.key}"
                said = call.phrases.line(key if key in call.phrases else refusal.key, **refusal.values)
                problems.append((number, said))
        return Checked(tuple(entries), tuple(problems))

    def _line(self, call: Call, row: dict[str, str]) -> tuple[datetime, Use]:
        at = _moment(row.get("date", ""), call.request.at)
        values: dict[str, object] = {}
        for name in INPUTS[1:]:
            text = row.get(name, "").strip()
            if not text:
                continue
            if name in self._kinds:
                values[name] = self._kinds[name].parse(text, call.language)
            elif name == "resolution":
                values[name] = quoted(text, 20)
            else:
                values[name] = _plain(text) or self._number.parse(text, call.language)
        if "task" not in values:
            model = self._kit.library.models.get(str(values.get("model")))
            if model is None:
                raise CannotAnswer("usage.no-task")
            values["task"] = model.task
        if "count" not in values:
            raise CannotAnswer("usage.no-count")
        return at, Use(**values)  # pyright: ignore[reportArgumentType]

    def _found(self, call: Call, checked: Checked) -> Answer:
        phrases, measures = call.phrases, self._kit.measures(call.language, call.units)
        n = len(checked.entries)
        body = [
            phrases.line("usage.problem", line=measures.count(number), what=what)
            for number, what in checked.problems[:PROBLEMS]
        ]
        more = len(checked.problems) - PROBLEMS
        if more > 0:
            body.append(phrases.line("usage.more-problems", n=more, count=measures.count(more)))
        if not n:
            return Answer(
                "log", call.language, phrases.line("usage.nothing-to-import"), body=tuple(body), tone="apology"
            )
        title = phrases.line(
            "usage.checked",
            n=n,
            count=measures.count(n),
            carbon=measures.range("co2e_g", total(checked.entries, "co2e_g")),
        )
        yes = Suggestion(
            phrases.text("usage.do-import", n=n, count=measures.count(n)), Intent("import", {"confirm": True}, "button")
        )
        return Answer(
            "log",
            call.language,
            title,
            body=tuple(body),
            suggestions=(yes,),
            tone="question",
            context=Context("log", call.request.at, call.language),
        )

    async def _write(self, call: Call, lines: Sequence[Entry]) -> Answer:
        """In pieces, each of them all or nothing; one who is stopped in the middle sends the same file again."""
        new = 0
        for start in range(0, len(lines), PIECE):
            await call.progress(start / len(lines))
            new += await self._kit.ports.ledger.add(lines[start : start + PIECE])
        phrases, measures = call.phrases, self._kit.measures(call.language, call.units)
        known = len(lines) - new
        body: list[Line] = [keeping(self._kit, call)]
        if known:
            body.append(phrases.line("usage.known-already", n=known, count=measures.count(known)))
        return Answer(
            "log",
            call.language,
            phrases.line("usage.imported", n=new, count=measures.count(new)),
            body=tuple(body),
            suggestions=(Suggestion(phrases.text("usage.see-report"), Intent("report", {}, "button")),),
            context=Context("log", call.request.at, call.language),
        )

    def _say(self, call: Call, title: Line, *, question: bool = False, intent: str = "log") -> Answer:
        context = Context(intent, call.request.at, call.language)
        return Answer(intent, call.language, title, tone="question" if question else "answer", context=context)


def _row(line: Entry, who: str) -> dict[str, object]:
    row: dict[str, object] = {"date": line.at.astimezone(UTC).isoformat(timespec="seconds")}
    row |= {name: getattr(line.use, name) for name in INPUTS[1:]}
    for measure in ("co2e_g", "energy_wh", "water_ml"):
        row |= {
            f"{measure}_{end}": value for end, value in zip(("low", "mid", "high"), getattr(line, measure), strict=True)
        }
    return row | {"method": line.method, "who": who}


def _csv(rows: Sequence[dict[str, object]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, (*INPUTS, *FIGURES, "method", "who"))
    writer.writeheader()
    for row in rows:
        writer.writerow({key: _harmless(value) for key, value in row.items()})
    return out.getvalue().encode("utf-8-sig")  # the mark tells spreadsheets that accents are UTF-8


def _harmless(value: object) -> object:
    """A name that begins like a formula is text to a spreadsheet only behind an apostrophe."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return "" if value is None else value


def _read(file: bytes) -> list[tuple[int, dict[str, str]]]:
    """The rows with their line numbers. Commas, semicolons or tabs; a heading is needed."""
    try:
        text = file.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = file.decode("cp1252", errors="replace")
    lines = text.splitlines()
    if not lines:
        raise CannotAnswer("usage.empty-file", intent="log")
    delimiter = max(",;\t", key=lines[0].count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        heading = [name.strip().lower() for name in next(reader)]
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except (csv.Error, StopIteration) as error:
        raise CannotAnswer("usage.no-csv", intent="log") from error
    if "count" not in heading or not {"task", "model"} & set(heading):
        raise CannotAnswer("usage.no-columns", intent="log", columns=", ".join(INPUTS[:5]))
    if len(rows) > MOST:
        raise CannotAnswer("usage.too-long", intent="log", limit=str(MOST))
    return [(number, dict(zip(heading, row, strict=False))) for number, row in rows]


def _moment(text: str, now: datetime) -> datetime:
    """ISO, or day first as it is written in Europe; without a date it is now."""
    text = text.strip()
    if not text:
        return now
    found: datetime | None = None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        for form in ("%d/%m/%Y", "%d.%m.%Y", "%d/%m/%Y %H:%M"):
            try:
                found = datetime.strptime(text, form)  # noqa: DTZ007
                break
            except ValueError:
                continue
    if found is None:
        raise CannotAnswer("usage.no-date", name=text[:40])
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    if not _OLDEST <= found <= now + timedelta(days=1):
        raise CannotAnswer("usage.odd-date", name=text[:40])
    return found


def _plain(text: str) -> float | None:
    """A number as files write it: "1.5" or "1,5". "1,500" may be either and is refused: a thousandfold is at stake."""
    if re.fullmatch(r"\d{1,3}(,\d{3})+", text):
        raise CannotAnswer("no-number", name=text[:40])
    try:
        number = float(text.replace("\u00a0", "").replace("\u202f", "").replace(",", "."))
    except ValueError:
        return None
    return number if 0 < number < float("inf") else None
