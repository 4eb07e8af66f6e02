"""What every memory promises, held against each of them with the same sentences."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from handlers.context import Context
from handlers.ports import Budget, Digest, Entry, Feedback, Known, Ports, Score, Settings
from knowledge.calculator.use import Use

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
ANA, BEN = "discord:1", "discord:2"
TEAM, OTHER = "team:discord:9", "team:discord:8"


def entry(number: int, book: str = TEAM, person: str = ANA, **changes: object) -> Entry:
    made = Entry(
        id=f"message{number}:0",
        book=book,
        person=person,
        at=NOW + timedelta(minutes=number),
        use=Use("image", model="dall-e-3", count=20 + number, place="FRA"),
        energy_wh=(1.0, 2.0, 4.0),
        co2e_g=(0.1, 0.25, 0.7),
        water_ml=(3.0, 4.0, 5.0),
        method="factor:image 1",
        batch=f"message{number}",
    )
    return replace(made, **changes)  # pyright: ignore[reportArgumentType]


async def of_book(ports: Ports, book: str = TEAM) -> list[float | None]:
    return [e.use.count for e in await ports.ledger.entries(book, NOW, NOW + timedelta(days=1))]


async def test_an_entry_comes_back_as_it_went_in(ports: Ports) -> None:
    use = Use("video", "sora-2", 3.0, 5.0, "day", True, "month", 12, "US-CA", 10.5, 1.0, 2.0, 400.0, 8.0, "1080p", 70.0)
    written = entry(1, use=use, at=datetime(2026, 3, 29, 2, 30, 0, 123456, tzinfo=UTC))
    assert await ports.ledger.add([written]) == 1
    (read,) = await ports.ledger.entries(TEAM, written.at, written.at + timedelta(microseconds=1))
    for name in ("book", "at", "use", "energy_wh", "co2e_g", "water_ml", "method"):
        assert getattr(read, name) == getattr(written, name), name


async def test_a_message_that_comes_twice_is_written_once(ports: Ports) -> None:
    assert await ports.ledger.add([entry(1)]) == 1
    assert await ports.ledger.add([entry(1), entry(2)]) == 1
    assert await of_book(ports) == [21, 22]


async def test_the_same_line_twice_in_one_list_is_one(ports: Ports) -> None:
    assert await ports.ledger.add([entry(1), entry(1)]) == 1


async def test_nothing_is_nothing(ports: Ports) -> None:
    assert await ports.ledger.add([]) == 0
    assert await ports.ledger.undo(TEAM, ANA) == ()
    assert await ports.ledger.of_person(ANA) == []
    assert await ports.ledger.erase(ANA) == 0


async def test_many_lines_go_in_at_once(ports: Ports) -> None:
    lines = [entry(i, at=NOW + timedelta(seconds=i)) for i in range(1, 1201)]
    assert await ports.ledger.add(lines) == 1200
    assert await of_book(ports) == [20 + i for i in range(1, 1201)]


async def test_undo_takes_back_ones_own_last_message_with_all_its_lines(ports: Ports) -> None:
    await ports.ledger.add([entry(1)])
    await ports.ledger.add([entry(5, id="m5:0"), entry(6, id="m5:1", batch="message5")])
    await ports.ledger.add([entry(7, person=BEN)])
    await ports.ledger.add([entry(8, book=OTHER)])
    assert [e.use.count for e in await ports.ledger.undo(TEAM, ANA)] == [25, 26]
    assert await of_book(ports) == [21, 27]
    assert len(await ports.ledger.undo(TEAM, ANA)) == 1
    assert await ports.ledger.undo(TEAM, ANA) == ()


async def test_undo_goes_by_what_was_written_last_not_by_its_date(ports: Ports) -> None:
    await ports.ledger.add([entry(5)])
    await ports.ledger.add([entry(1)])
    assert [e.use.count for e in await ports.ledger.undo(TEAM, ANA)] == [21]


async def test_a_line_taken_back_is_not_written_again_by_a_late_message(ports: Ports) -> None:
    await ports.ledger.add([entry(1)])
    await ports.ledger.undo(TEAM, ANA)
    assert await ports.ledger.add([entry(1)]) == 0
    assert await of_book(ports) == []


async def test_undo_by_many_at_once_takes_each_line_once(ports: Ports) -> None:
    await ports.ledger.add([entry(i) for i in range(1, 9)])
    taken = await asyncio.gather(*(ports.ledger.undo(TEAM, ANA) for _ in range(12)))
    counts = [e.use.count for batch in taken for e in batch]
    assert sorted(c for c in counts if c) == [20 + i for i in range(1, 9)]


async def test_a_period_begins_with_its_first_moment_and_ends_before_the_next(ports: Ports) -> None:
    await ports.ledger.add([entry(0), entry(60)])
    found = await ports.ledger.entries(TEAM, NOW, NOW + timedelta(minutes=60))
    assert [e.use.count for e in found] == [20]


async def test_books_are_apart(ports: Ports) -> None:
    await ports.ledger.add([entry(1), entry(2, book=OTHER), entry(3, book=f"person:{ANA}")])
    assert await of_book(ports) == [21]
    assert await of_book(ports, f"person:{ANA}") == [23]
    assert await of_book(ports, f"person:{BEN}") == []


async def test_concurrent_lines_are_all_there_once(ports: Ports) -> None:
    lines = [entry(i) for i in range(1, 41)]
    added = await asyncio.gather(*(ports.ledger.add([line]) for line in lines * 3))
    assert sum(added) == 40
    assert await of_book(ports) == [20 + i for i in range(1, 41)]


async def test_settings_of_person_and_team(ports: Ports) -> None:
    owner = f"person:{ANA}"
    assert await ports.preferences.get(owner) == Settings()
    whole = Settings("fr", "BEL", (("image", "dall-e-3"), ("text", "gpt-4o")), public=False, units="imperial")
    await ports.preferences.put(owner, whole)
    assert await ports.preferences.get(owner) == whole
    assert await ports.preferences.get(TEAM) == Settings()
    await ports.preferences.put(owner, Settings(place="FRA"))
    assert await ports.preferences.get(owner) == Settings(place="FRA")
    await ports.preferences.erase(owner)
    assert await ports.preferences.get(owner) == Settings()


async def test_two_who_set_different_things_both_win(ports: Ports) -> None:
    changes = [
        Settings(language="fr"), Settings(place="BEL"), Settings(public=True),
        Settings(models=(("text", "gpt-4o"),)), Settings(models=(("image", "dall-e-3"),)),
    ]  # fmt: skip
    await asyncio.gather(*(ports.preferences.change(TEAM, change) for change in changes))
    found = await ports.preferences.get(TEAM)
    assert (found.language, found.place, found.public) == ("fr", "BEL", True)
    assert dict(found.models) == {"text": "gpt-4o", "image": "dall-e-3"}


async def test_budget(ports: Ports) -> None:
    assert await ports.budgets.get(TEAM) is None
    await ports.budgets.put(TEAM, Budget("co2e_g", 5000.0))
    await ports.budgets.put(TEAM, Budget("energy_wh", 7000.0))
    assert await ports.budgets.get(TEAM) == Budget("energy_wh", 7000.0)
    await ports.budgets.put(TEAM, None)
    assert await ports.budgets.get(TEAM) is None


def context(minutes: int = 0, **changes: object) -> Context:
    uses = (Use("image", count=20.0, place="POL"),)
    earlier = (Context("grid", NOW, "fr", places=("FRA", "POL")),)
    made = Context(
        "estimate",
        NOW + timedelta(minutes=minutes),
        "en",
        uses,
        ("fact-1",),
        ("POL",),
        ("co2e_g", 2.5),
        earlier=earlier,
    )
    return replace(made, **changes)  # pyright: ignore[reportArgumentType]


async def test_a_context_comes_back_as_it_went_in(ports: Ports) -> None:
    assert await ports.conversations.recall(ANA, "c1") is None
    await ports.conversations.remember(ANA, "c1", context(question="q", waiting="task", logged="x"))
    assert await ports.conversations.recall(ANA, "c1") == context(question="q", waiting="task", logged="x")
    assert await ports.conversations.recall(ANA, "c2") is None
    assert await ports.conversations.recall(BEN, "c1") is None
    await ports.conversations.forget(ANA)
    assert await ports.conversations.recall(ANA, "c1") is None


async def test_a_slow_answer_does_not_push_the_later_turn_out(ports: Ports) -> None:
    await ports.conversations.remember(ANA, "c1", context(5))
    await ports.conversations.remember(ANA, "c1", context(2))
    assert await ports.conversations.recall(ANA, "c1") == context(5)
    await ports.conversations.remember(ANA, "c1", context(9))
    assert await ports.conversations.recall(ANA, "c1") == context(9)


async def test_a_claim_is_won_once(ports: Ports) -> None:
    won = await asyncio.gather(*(ports.once.claim("update:7", NOW + timedelta(days=1)) for _ in range(10)))
    assert won.count(True) == 1
    assert await ports.once.claim("update:8", NOW + timedelta(days=1))


async def test_what_is_begun_is_its_holders_until_it_is_done(ports: Ports) -> None:
    later, day = NOW + timedelta(minutes=3), NOW + timedelta(days=2)
    began = await asyncio.gather(*(ports.once.begin("update:1", f"run{i}", NOW, later) for i in range(10)))
    assert (began.count("ours"), began.count("held")) == (1, 9)
    winner = f"run{began.index('ours')}"
    assert await ports.once.begin("update:1", winner, NOW, later) == "ours"
    assert await ports.once.done("update:1") is None
    await ports.once.finish("update:1", day, "note 💥")
    assert await ports.once.done("update:1") == "note 💥"
    assert await ports.once.begin("update:1", winner, NOW, later) == "done"
    await ports.once.finish("update:1", day, "another")
    assert await ports.once.done("update:1") == "another"
    assert not await ports.once.claim("update:1", day)
    assert await ports.once.done("update:2") is None


async def test_what_its_holder_never_finished_is_begun_by_one_other(ports: Ports) -> None:
    later = NOW + timedelta(minutes=3)
    assert await ports.once.begin("update:1", "dead", NOW, later) == "ours"
    assert await ports.once.begin("update:1", "next", later - timedelta(seconds=1), later) == "held"
    again = later + timedelta(minutes=3)
    began = await asyncio.gather(*(ports.once.begin("update:1", f"run{i}", later, again) for i in range(10)))
    assert (began.count("ours"), began.count("held")) == (1, 9)


async def test_many_things_at_once_are_each_answered_for_themselves(ports: Ports) -> None:
    """More than one look or one writing takes, some of them asked for twice."""
    keys = [f"k{i % 300}" for i in range(500)]
    won = await asyncio.gather(*(ports.once.claim(key, NOW + timedelta(days=1)) for key in keys))
    assert sorted(key for key, first in zip(keys, won, strict=True) if first) == sorted(set(keys))
    await asyncio.gather(*(ports.conversations.remember(f"p{i}", f"c{i}", context(i)) for i in range(300)))
    await ports.preferences.put("team:t7", Settings("fr"))
    await ports.preferences.put("person:p9", Settings(place="BEL"))
    found = await asyncio.gather(*(ports.openings.known(f"p{i}", f"c{i}", f"t{i}") for i in range(301)))
    assert [known.context for known in found[:300]] == [context(i) for i in range(300)]
    assert found[300] == Known()
    assert [i for i, known in enumerate(found) if known.team != Settings()] == [7]
    assert [i for i, known in enumerate(found) if known.own != Settings()] == [9]
    assert (await ports.openings.known("p9", "c7", None)) == Known(None, Settings(place="BEL"))


async def test_a_list_waits_for_its_yes_and_is_handed_out_once(ports: Ports) -> None:
    lines = [entry(1, person=ANA), entry(2, person=ANA, use=Use("text", count=1.5))]
    hour = NOW + timedelta(hours=1)
    await ports.drafts.put(ANA, "c1", [entry(9)], hour)
    await ports.drafts.put(ANA, "c1", lines, hour)
    await ports.drafts.put(ANA, "c2", [entry(3)], hour)
    assert await ports.drafts.take(BEN, "c1", TEAM, NOW) == ()
    took = await asyncio.gather(*(ports.drafts.take(ANA, "c1", TEAM, NOW) for _ in range(4)))
    assert sorted(took) == [(), (), (), tuple(lines)]
    assert await ports.drafts.take(ANA, "c2", TEAM, hour) == (), "too late"
    await ports.drafts.put(ANA, "c3", [entry(4)], hour)
    assert (await ports.records.of_person(ANA))["unconfirmed"]
    await ports.records.erase_person(ANA)
    assert await ports.drafts.take(ANA, "c3", TEAM, NOW) == ()
    await ports.drafts.put(ANA, "c4", [entry(4)], hour)
    assert await ports.records.sweep(hour) == 1


def digest(team: str = "discord:9", due: datetime = NOW) -> Digest:
    return Digest(team, "chan", "fr", 0, 9, "Europe/Paris", due)


async def test_digests_come_due_for_their_platform_and_are_claimed_once(ports: Ports) -> None:
    await ports.digests.put(digest())
    await ports.digests.put(digest("telegram:9"))
    await ports.digests.put(digest("discord:7", NOW + timedelta(hours=1)))
    (found,) = await ports.digests.due(NOW, "discord")
    assert found == digest()
    week = NOW + timedelta(days=7)
    won = await asyncio.gather(*(ports.digests.claim(found, week, 1) for _ in range(5)))
    assert won.count(True) == 1
    assert await ports.digests.due(NOW, "discord") == []
    assert await ports.digests.get("discord:9") == replace(digest(), due=week, quiet=1)
    await ports.digests.remove("discord:9")
    assert await ports.digests.get("discord:9") is None


async def test_a_percent_sign_in_a_platform_means_itself(ports: Ports) -> None:
    await ports.digests.put(digest())
    assert await ports.digests.due(NOW, "%") == []


async def test_consents(ports: Ports) -> None:
    await ports.ledger.add([entry(1), entry(2, person=BEN)])
    assert await ports.consents.given(ANA, "quiz") is None
    await ports.consents.give(ANA, "named", TEAM, "Ana")
    await ports.consents.give(ANA, "named", TEAM, "Ana B.")
    await ports.consents.give(BEN, "named", OTHER, "Ben")
    named = await ports.consents.named(TEAM)
    people = [e.person for e in await ports.ledger.entries(TEAM, NOW, NOW + timedelta(days=1))]
    assert [named.get(person) for person in people] == ["Ana B.", None]
    assert await ports.consents.given(ANA, "named", TEAM) == "Ana B."
    await ports.consents.withdraw(ANA, "named", TEAM)
    assert await ports.consents.named(TEAM) == {}


async def test_scores_are_counted_by_many_at_once(ports: Ports) -> None:
    assert await ports.scores.of(ANA) == Score()
    await asyncio.gather(*(ports.scores.add(ANA, right=i % 2 == 0) for i in range(10)))
    assert await ports.scores.of(ANA) == Score(5, 10)


async def test_feedback_newest_first_and_once(ports: Ports) -> None:
    one = Feedback("tap1", NOW, "estimate", "wrong", "en")
    two = Feedback("tap2", NOW + timedelta(hours=1), "fact", "unclear", "fr", "le chiffre date")
    assert [await ports.feedbacks.add(ANA, f) for f in (one, two, one)] == [True, True, False]
    assert [f.words for f in await ports.feedbacks.recent()] == ["le chiffre date", None]
    assert [f.verdict for f in await ports.feedbacks.recent(1)] == ["unclear"]


async def fill(ports: Ports, person: str) -> None:
    await ports.ledger.add(
        [entry(1, person=person), entry(2, id=f"own{person}", book=f"person:{person}", person=person)]
    )
    await ports.preferences.put(f"person:{person}", Settings("fr", "BEL"))
    await ports.budgets.put(f"person:{person}", Budget("co2e_g", 10.0))
    await ports.conversations.remember(person, "c1", context())
    await ports.consents.give(person, "named", TEAM, "Ana")
    await ports.scores.add(person, right=True)
    await ports.feedbacks.add(person, Feedback(f"tap{person}", NOW, "estimate", "wrong", "en"))
    await ports.drafts.put(person, "c1", [entry(3)], NOW + timedelta(hours=1))


async def test_everything_about_a_person_is_handed_out_and_erased(ports: Ports) -> None:
    await fill(ports, ANA)
    await ports.preferences.put(f"person:{BEN}", Settings("en"))
    await ports.ledger.add([entry(9, person=BEN)])
    kept = await ports.records.of_person(ANA)
    assert all(kept.values()), kept
    assert json.loads(json.dumps(kept, default=str)).keys() == kept.keys()
    assert await ports.records.erase_person(ANA) == 2
    emptied = await ports.records.of_person(ANA)
    assert not emptied["ledger"]
    assert not emptied["consents"]
    assert not emptied["conversations"]
    assert await ports.preferences.get(f"person:{ANA}") == Settings()
    assert await ports.scores.of(ANA) == Score()
    assert await ports.feedbacks.recent() == []
    assert await ports.preferences.get(f"person:{BEN}") == Settings("en")
    assert await of_book(ports) == [29]


async def test_a_team_that_was_left_goes_when_its_time_has_run_out(ports: Ports) -> None:
    await ports.ledger.add([entry(1), entry(2, book=OTHER)])
    await ports.preferences.put(TEAM, Settings("fr"))
    await ports.budgets.put(TEAM, Budget("co2e_g", 1.0))
    await ports.digests.put(digest())
    await ports.consents.give(ANA, "named", TEAM, "Ana")
    later = NOW + timedelta(days=30)
    await ports.records.leave("discord:9", later)
    await ports.records.leave("discord:9", later + timedelta(days=9))  # said twice, counted from the first time
    await ports.records.sweep(later - timedelta(seconds=1))
    assert await of_book(ports) == [21]
    await ports.records.sweep(later)
    assert await of_book(ports) == []
    assert await of_book(ports, OTHER) == [22]
    assert await ports.preferences.get(TEAM) == Settings()
    assert await ports.budgets.get(TEAM) is None
    assert await ports.digests.get("discord:9") is None
    assert await ports.consents.named(TEAM) == {}


async def test_a_person_who_lapses_goes_unless_it_is_put_off(ports: Ports) -> None:
    page = "web:abc"
    own = f"person:{page}"
    await ports.ledger.add([entry(1, book=own, person=page), entry(2)])
    await ports.preferences.put(own, Settings("fr"))
    await ports.records.lapse(page, NOW + timedelta(days=30))
    await ports.records.lapse(page, NOW + timedelta(days=40))
    await ports.records.sweep(NOW + timedelta(days=39))
    assert await of_book(ports, own) == [21]
    await ports.records.sweep(NOW + timedelta(days=40))
    assert await of_book(ports, own) == []
    assert await ports.preferences.get(own) == Settings()
    assert await of_book(ports) == [22], "nobody else's"


async def test_a_team_that_comes_back_keeps_its_book(ports: Ports) -> None:
    await ports.ledger.add([entry(1)])
    await ports.records.leave("discord:9", NOW)
    await ports.records.rejoin("discord:9")
    await ports.records.sweep(NOW + timedelta(days=1))
    assert await of_book(ports) == [21]


async def test_a_team_that_is_given_another_id_finds_all_of_its_own_there(ports: Ports) -> None:
    await ports.ledger.add([entry(1), entry(2, person=BEN), entry(3, book=OTHER)])
    await ports.preferences.put(TEAM, Settings("fr", "BEL", (("text", "gpt-4o"),), units="imperial"))
    await ports.budgets.put(TEAM, Budget("co2e_g", 1.0))
    await ports.digests.put(replace(digest(), channel="discord:9:4"))
    await ports.consents.give(ANA, "named", TEAM, "Ana")
    await ports.records.leave("discord:9", NOW)
    moved = "team:discord:-1009"
    for _ in range(2):
        await ports.records.move("discord:9", "discord:-1009")
        assert await of_book(ports, moved) == [21, 22]
        assert await of_book(ports) == []
        assert await of_book(ports, OTHER) == [23], "nobody else's"
        assert await ports.preferences.get(moved) == Settings("fr", "BEL", (("text", "gpt-4o"),), units="imperial")
        assert await ports.preferences.get(TEAM) == Settings()
        assert await ports.budgets.get(moved) == Budget("co2e_g", 1.0)
        assert await ports.budgets.get(TEAM) is None
        found = await ports.digests.get("discord:-1009")
        assert found == replace(digest(), team="discord:-1009", channel="discord:-1009:4")
        assert await ports.digests.get("discord:9") is None
        assert list((await ports.consents.named(moved)).values()) == ["Ana"]
        assert await ports.ledger.add([entry(1), entry(1, book=moved)]) == 0, "a message that comes again is not new"
    await ports.records.sweep(NOW + timedelta(days=99))
    assert await of_book(ports, moved) == [21, 22], "what the old id was to lose is not lost"
    await ports.records.move("discord:-1009", "discord:-1009")
    assert await of_book(ports, moved) == [21, 22]


async def test_who_speaks_in_the_name_of_a_team_is_the_same_under_its_new_id(ports: Ports) -> None:
    """An administrator who hides behind the group, and the talk of everybody in it."""
    old, new = "telegram:-9", "telegram:-1009"
    await ports.ledger.add([entry(1, book=f"team:{old}", person=old), entry(2, book=f"team:{old}", person=ANA)])
    await ports.preferences.put(f"person:{old}", Settings("fr"))
    await ports.consents.give(old, "named", f"team:{old}", "The group")
    await ports.scores.add(old, right=True)
    await ports.feedbacks.add(old, Feedback("f1", NOW, "estimate", "right", "en"))
    await ports.drafts.put(ANA, old, [entry(3, book=f"team:{old}")], NOW + timedelta(hours=1))
    for who in (old, ANA):
        await ports.conversations.remember(who, old, context())
        await ports.conversations.remember(who, "telegram:elsewhere", context())
    for _ in range(2):
        await ports.records.move(old, new)
        for who in (new, ANA):
            assert await ports.conversations.recall(who, new) == context()
            assert await ports.conversations.recall(who, "telegram:elsewhere") == context()
            assert await ports.conversations.recall(who, old) is None
        assert len(await ports.ledger.of_person(new)) == 1
        assert await ports.ledger.of_person(old) == []
        assert await ports.preferences.get(f"person:{new}") == Settings("fr")
        assert await ports.consents.given(new, "named", f"team:{new}") == "The group"
        assert await ports.scores.of(new) == Score(1, 1)
        assert len((await ports.records.of_person(new))["feedback"]) == 1  # pyright: ignore[reportArgumentType]
    assert [e.use.count for e in await ports.drafts.take(ANA, new, f"team:{new}", NOW)] == [23]
    (taken,) = await ports.ledger.undo(f"team:{new}", new)
    assert taken.use.count == 21


async def test_what_a_team_set_under_its_new_id_stays(ports: Ports) -> None:
    """The news may come late, or twice with something said in between."""
    new, budget = "team:discord:-1009", Budget("energy_wh", 7.0)
    await ports.preferences.put(TEAM, Settings("fr", "BEL"))
    await ports.preferences.put(new, Settings("en"))
    await ports.budgets.put(TEAM, Budget("co2e_g", 1.0))
    await ports.budgets.put(new, budget)
    await ports.digests.put(digest())
    later = replace(digest(), team="discord:-1009", channel="discord:-1009", hour=20)
    await ports.digests.put(later)
    await ports.consents.give(ANA, "named", TEAM, "Ana")
    await ports.consents.give(ANA, "named", new, "Anna")
    await ports.consents.give(BEN, "named", TEAM, "Ben")
    await ports.ledger.add([entry(1), entry(2, book=new)])
    await ports.records.move("discord:9", "discord:-1009")
    assert await ports.preferences.get(new) == Settings("en", "BEL")
    assert await ports.budgets.get(new) == budget
    assert await ports.digests.get("discord:-1009") == later
    assert await ports.digests.get("discord:9") is None
    assert sorted((await ports.consents.named(new)).values()) == ["Anna", "Ben"]
    assert await ports.consents.named(TEAM) == {}
    assert await of_book(ports, new) == [21, 22]


async def test_the_daily_round_removes_what_has_run_out(ports: Ports) -> None:
    await ports.conversations.remember(ANA, "c1", context())
    await ports.once.claim("update:7", NOW + timedelta(hours=1))
    assert await ports.records.sweep(NOW) == 0
    assert await ports.records.sweep(NOW + timedelta(hours=2)) == 2
    assert await ports.once.claim("update:7", NOW + timedelta(days=1))


@pytest.mark.parametrize("text", ["'; DROP TABLE entries; --", "💥\u202e", "%_\\", "\\N", "a" * 5000])
async def test_nasty_text_is_only_text(ports: Ports, text: str) -> None:
    await ports.preferences.put(f"person:{text}", Settings(place=text))
    assert (await ports.preferences.get(f"person:{text}")).place == text
    await ports.consents.give(ANA, "named", TEAM, text)
    assert await ports.consents.given(ANA, "named", TEAM) == text
    assert await ports.once.claim(text[:500], NOW)


async def test_a_pace_is_one_persons_and_runs_off(ports: Ports) -> None:
    taken = [await ports.paces.take(ANA, NOW, 1.0, 5.0) for _ in range(7)]
    assert taken[:5] == [0.0] * 5
    assert taken[5] == pytest.approx(1.0)
    assert taken[6] == pytest.approx(1.0), "who is refused is charged nothing"
    assert await ports.paces.take("discord:2", NOW, 1.0, 5.0) == 0.0
    assert await ports.paces.take(ANA, NOW + timedelta(seconds=2), 2.0, 5.0) == 0.0
    assert await ports.paces.take(ANA, NOW + timedelta(seconds=2), 1.0, 5.0) > 0


async def test_a_clock_that_is_set_back_makes_nobody_wait_for_it(ports: Ports) -> None:
    assert await ports.paces.take(ANA, NOW + timedelta(hours=5), 5.0, 5.0) == 0.0
    assert await ports.paces.take(ANA, NOW, 1.0, 5.0) == 0.0


async def test_it_says_whether_it_can_be_reached(ports: Ports) -> None:
    assert await ports.reachable()
