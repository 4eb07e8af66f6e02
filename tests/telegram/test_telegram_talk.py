"""Talk in private and in groups, through the real process and real HTTP."""

from __future__ import annotations

import re

import pytest
from telegram_markup import read
from telegram_server import Server
from telegram_world import Sent

from bot.platforms.telegram.hearing import packed
from handlers.request import Intent
from knowledge.calculator.use import Use

pytestmark = pytest.mark.asyncio(loop_scope="session")
EN = "20 images with dall-e 3 in Poland"
FR = "20 images avec dall-e 3 en Pologne"


class TestPrivate:
    async def test_any_text_is_answered_in_its_language(self, server: Server, people) -> None:
        english, french = people(server, "fr"), people(server, "en")
        assert "25 g CO2e" in (await english.asks(EN)).text
        answer = await french.asks(FR)
        assert "25 g" in answer.text
        assert "Carbone" in answer.text

    async def test_language_falls_back_to_the_code_then_to_english(self, server: Server, people) -> None:
        for code, said in (("fr", "réponses"), ("fr-CA", "réponses"), ("de", "replies"), (None, "replies")):
            assert said in (await people(server, code).asks("/start")).buttons[1]["text"]

    async def test_a_stored_preference_goes_first(self, server: Server, people) -> None:
        person = people(server, "en")
        await person.asks("parle français")
        assert "Carbone" in (await person.asks(EN)).text

    async def test_small_print_is_folded_away_with_sources_as_links(self, server: Server, people) -> None:
        text = (await people(server).asks(EN)).params["text"]
        assert text.index("<b>Carbon:</b>") < text.index("<blockquote expandable>") < text.index('<a href="https://')

    async def test_values_are_escaped(self, server: Server, people) -> None:
        answer = await people(server).asks("models <b>evil</b> & <script>")
        assert "<script>" not in (answer.params.get("text") or answer.params["caption"])
        answer = await people(server).asks("how much for 3 replies of <i>Foo-9</i> & co")
        read(answer.params.get("text") or answer.params["caption"])

    async def test_no_words_get_a_kind_line(self, server: Server, people) -> None:
        person = people(server)
        sticker = person.message("x")
        del sticker["text"]
        server.push(message=sticker | {"dice": {"emoji": "🎲", "value": 3}})
        assert (await person.answer()).text

    async def test_what_happens_in_a_chat_is_not_a_question(self, server: Server, people) -> None:
        person = people(server)
        pinned = person.message("x")
        del pinned["text"]
        server.push(message=pinned | {"message_auto_delete_timer_changed": {"message_auto_delete_time": 86400}})
        await person.asks(EN)
        assert len(person.answers()) == 1

    async def test_context_carries_over(self, server: Server, people) -> None:
        person = people(server)
        await person.asks("20 images with dall-e 3")
        assert "France" in (await person.asks("and in France?")).text

    async def test_a_message_of_our_own_through_inline_is_left_alone(self, server: Server, people) -> None:
        person = people(server)
        server.push(message=person.message(EN, via_bot={"id": 4242, "is_bot": True, "first_name": "S"}))
        await person.asks("hello")
        assert len(person.answers()) == 1


class TestCommands:
    async def test_menus_stand_per_language_and_scope(self, server: Server) -> None:
        world = server.world
        await server.until(lambda: ("description", "fr") in world.profile, 10, "profile")
        scopes = ("default", "all_private_chats", "all_group_chats")
        assert set(world.commands) == {(scope, code) for scope in scopes for code in ("", "fr")}
        english = {c["command"]: c["description"] for c in world.commands["default", ""]}
        french = {c["command"]: c["description"] for c in world.commands["default", "fr"]}
        assert "estimate" in english
        assert "What a use of AI costs" in english["estimate"]
        assert all(re.fullmatch("[a-z0-9_]+", name) for name in french)
        assert "estimate" not in french
        assert set(english) - {c["command"] for c in world.commands["all_group_chats", ""]} >= {"privacy", "settings"}
        for name, limit in (("name", 64), ("short_description", 120), ("description", 512)):
            for code in ("", "fr"):
                assert 0 < len(world.profile[name, code]) <= limit
        assert world.profile["description", ""] != world.profile["description", "fr"]

    async def test_every_menu_entry_is_understood(self, server: Server, people) -> None:
        for code in ("", "fr"):
            person = people(server, code or "en")
            for command in server.world.commands["default", code]:
                answer = await person.asks(f"/{command['command']}")
                assert answer.text, command

    async def test_nothing_after_it_asks_with_buttons(self, server: Server, people) -> None:
        answer = await people(server).asks("/estimate")
        assert "?" in answer.text or "how much" in answer.text
        assert len(answer.buttons) == 3

    async def test_words_after_it_are_a_sentence(self, server: Server, people) -> None:
        assert "25 g CO2e" in (await people(server).asks(f"/estimate {EN}")).text
        assert "25 g CO2e" in (await people(server).asks(f"/estimate@Smallprint_Bot\n{EN}")).text

    async def test_somebody_elses_command_is_not_ours(self, server: Server, people) -> None:
        person = people(server)
        person.says("/estimate@other_bot 20 images", always=True)
        await person.asks(EN)
        assert len(person.answers()) == 1

    async def test_start_welcomes_and_deep_links_open_a_question(self, server: Server, people) -> None:
        person = people(server)
        welcome = await person.asks("/start")
        assert "menu" in welcome.text
        assert len(welcome.buttons) == 3
        payload = packed(Intent("estimate", {"uses": (Use("image", "dall-e-3", 20, place="POL"),)}))
        assert "25 g CO2e" in (await person.asks(f"/start {payload}")).text
        assert "dall-e" in (await person.asks("/start 20_images_with_dall-e-3")).text.lower()


class TestGroups:
    async def test_silence_unless_addressed(self, server: Server, people, groups) -> None:
        person, group = people(server), groups(server)
        person.says(EN, group, always=True)
        person.says("/unknown", group, always=True)
        person.says("/estimate@other_bot 3 images", group, always=True)
        person.says("what does @somebody think", group, always=True)
        answer = await person.asks("/estimate@smallprint_bot 20 images with dall-e 3 in Poland", group)
        assert len(person.answers(group)) == 1
        assert answer.params["reply_parameters"]["message_id"]
        assert "25 g CO2e" in answer.text

    async def test_replies_and_mentions_are_heard(self, server: Server, people, groups) -> None:
        person, group = people(server), groups(server)
        first = await person.asks("/estimate@smallprint_bot 20 images with dall-e 3", group)
        assert "France" in (await person.asks("and in France?", group, reply=first)).text
        mentioned = await person.asks("@smallprint_bot 20 images with dall-e 3 in Poland", group, always=True)
        assert "25 g CO2e" in mentioned.text

    async def test_answers_stay_in_their_topic(self, server: Server, people, groups) -> None:
        person, forum = people(server), groups(server, forum=True, topics={77})
        answer = await person.asks(f"/estimate@smallprint_bot {EN}", forum, topic=77)
        assert answer.params["message_thread_id"] == 77
        general = await person.asks(f"/estimate@smallprint_bot {EN}", forum)
        assert "message_thread_id" not in general.params

    async def test_a_thread_of_replies_is_no_topic(self, server: Server, people, groups) -> None:
        person, group = people(server), groups(server)
        answer = await person.asks(f"/estimate@smallprint_bot {EN}", group, message_thread_id=5)
        assert "message_thread_id" not in answer.params

    async def test_topics_are_conversations_of_their_own(self, server: Server, people, groups) -> None:
        person, forum = people(server), groups(server, forum=True, topics={1, 2})
        await person.asks("/estimate@smallprint_bot 20 images with dall-e 3", forum, topic=1)
        other = await person.asks("@smallprint_bot and in France?", forum, topic=2, always=True)
        assert "DALL" not in other.text

    async def test_greets_once_and_goes_quietly(self, server: Server, people, groups) -> None:
        person, group = people(server, "fr"), groups(server)
        person.moves_bot(group, "left", "member")
        person.moves_bot(group, "member", "administrator")
        greeting = await person.answer(1, group)
        assert "Bonjour" in greeting.text
        assert "@smallprint_bot" in greeting.text
        group.blocked = True
        person.moves_bot(group, "member", "kicked")
        await person.asks("bonjour")
        assert len(person.answers(group)) == 1

    async def test_a_link_that_adds_it_to_a_group_is_greeted_once_and_may_open_a_question(
        self, server: Server, people, groups
    ) -> None:
        """Telegram tells of it twice: that the bot was added, and "/start@bot payload" in the group."""
        for code, hello, question, figure in (
            ("en", "Hello", "20_images_with_dall-e-3_in_Poland", "25 g CO2e"),
            ("fr", "Bonjour", "20_images_avec_dall-e-3_en_Pologne", "25 g CO2e"),
        ):
            person, group = people(server, code), groups(server)
            person.moves_bot(group, "left", "member")
            person.says("/start@smallprint_bot 1", group)
            assert hello in (await person.answer(1, group)).text
            opened = await person.asks(f"/start@smallprint_bot {question}", group)
            assert figure in opened.text.replace("\u202f", " ").replace("\xa0", " ")
            assert len(person.answers(group)) == 2

    async def test_what_is_for_one_persons_eyes_is_said_elsewhere(self, server: Server, people, groups) -> None:
        person, group = people(server), groups(server)
        person.person.started = False  # nobody is written to who never wrote to us
        answer = await person.asks("/privacy@smallprint_bot", group)
        assert "eyes only" in answer.text
        url = answer.buttons[0]["url"]
        assert url.startswith("https://t.me/smallprint_bot?start=")
        private = await person.asks("/start " + url.partition("start=")[2])
        assert "kept about you" in private.text
        again = await person.asks("/privacy@smallprint_bot", group)
        assert "our own chat" in again.text
        assert "kept about you" in (await person.answer(2)).text

    async def test_other_bots_and_channels_are_not_answered(self, server: Server, people, groups) -> None:
        person, group = people(server), groups(server)
        robot = {"id": 99, "is_bot": True, "first_name": "R"}
        message = person.message(f"/estimate@smallprint_bot {EN}", group)
        server.push(message=message | {"from": robot})
        server.push(message=message | {"is_automatic_forward": True})
        await person.asks(f"/estimate@smallprint_bot {EN}", group)
        assert len(person.answers(group)) == 1


class TestButtons:
    async def test_a_tap_is_answered_and_edits_in_place(self, server: Server, people) -> None:
        person = people(server)
        answer = await person.asks(EN)
        tap = person.taps(answer, "France")
        await server.until(lambda: answer.edits == 1, 10, "an edit")
        assert server.world.callbacks[tap]
        assert "France" in answer.text
        assert len(person.answers()) == 1

    async def test_the_message_goes_on_in_its_language(self, server: Server, people) -> None:
        person = people(server, "en")
        answer = await person.asks(FR)
        person.taps(answer, "France")
        await server.until(lambda: answer.edits == 1, 10, "an edit")
        assert "Carbone" in answer.text

    async def test_the_same_tap_twice_is_no_error(self, server: Server, people) -> None:
        person = people(server)
        answer = await person.asks(EN)
        data = next(b["callback_data"] for b in answer.buttons if b["text"] == "France")
        taps = [person.taps_data(answer, data) for _ in range(3)]
        await server.until(lambda: all(server.world.callbacks[tap] for tap in taps), 10, "answers")
        await person.asks("hello")
        assert answer.edits == 1

    async def test_an_old_button_says_so(self, server: Server, people) -> None:
        person = people(server)
        answer = await person.asks(EN)
        tap = person.taps_data(answer, "0x~what")
        await server.until(lambda: server.world.callbacks[tap], 10, "an answer")
        assert "older version" in server.made("answerCallbackQuery")[-1].params["text"]

    async def test_a_picture_and_its_details_change_together(self, server: Server, people) -> None:
        person = people(server)
        await person.asks("compare gpt-4o and mistral large")
        details = await person.answer(2)
        photo = person.answers()[0]
        assert photo.kind == "photo"
        assert server.world.files[photo.params["file_id"]].startswith(b"\x89PNG")
        assert details.params["reply_parameters"]["message_id"] == photo.id
        assert not photo.buttons
        person.taps(details, "France")
        await server.until(lambda: details.edits == 1 and photo.edits == 1, 10, "two edits")
        assert "France" in photo.text
        person.taps(details, "everyday")
        await server.until(lambda: details.edits == 2, 10, "an edit")
        assert len(person.answers()) == 2

    async def test_a_lone_text_takes_a_picture_in(self, server: Server, people) -> None:
        person = people(server)
        answer = await person.asks("help")
        person.taps_data(answer, "e1c~ut,gpt-4o|t,mistral-large-4")
        await server.until(lambda: answer.kind == "photo", 10, "a picture")

    async def test_an_edited_question_is_answered_anew_in_place(self, server: Server, people, groups) -> None:
        person = people(server)
        question = person.says(EN)
        answer = await person.answer()
        person.edits(question, "20 images with dall-e 3 in France")
        await server.until(lambda: answer.edits == 1, 10, "an edit")
        assert "France" in answer.text
        group = groups(server)
        talk = person.says("nothing to do with it", group, always=True)
        person.edits(talk, "@smallprint_bot 20 images with dall-e 3 in Poland")
        assert "25 g CO2e" in (await person.answer(1, group)).text


class TestQuiz:
    async def test_a_native_poll_with_explanation_and_source(self, server: Server, people) -> None:
        for code, word in (("en", "Another question"), ("fr", "Une autre question")):
            person = people(server, code)
            poll = await person.asks("/quiz")
            assert poll.kind == "poll"
            assert poll.params["type"] == "quiz"
            assert poll.params["correct_option_ids"]
            assert '<a href="https://' in poll.params["explanation"]
            assert poll.buttons[0]["text"] == word
            person.taps(poll, word)
            assert (await person.answer(2)).kind == "poll"

    async def test_a_typed_letter_still_answers(self, server: Server, people) -> None:
        person = people(server)
        poll = await person.asks("/quiz")
        right = "ABCD"[poll.params["correct_option_ids"][0]]
        assert f"Right: {right}." in (await person.asks(right)).text

    async def test_where_polls_are_not_allowed_it_is_asked_in_words(self, server: Server, people, groups) -> None:
        person, group = people(server), groups(server, polls=False)
        asked: Sent = await person.asks("/quiz@smallprint_bot", group)
        assert asked.kind == "text"
        assert len(asked.buttons) >= 3

    @pytest.mark.parametrize(("code", "keep", "score"), [("en", "Keep my score", "Your score: 1 of 1"),
                                                         ("fr", "Garder mon score", "Score : 1 sur 1")])  # fmt: skip
    async def test_a_vote_counts_for_those_who_keep_a_score(
        self, server: Server, people, code: str, keep: str, score: str
    ) -> None:
        person = people(server, code)
        poll = await person.asks("/quiz")
        assert not person.votes(poll, 0), "nobody sees who votes"
        person.taps(await person.asks("A"), keep)
        await server.until(lambda: any("score" in sent.text for sent in person.answers()), 10, "a yes")
        poll = await person.asks("/quiz")
        (right,) = poll.params["correct_option_ids"]
        before = len(person.answers())
        assert person.votes(poll, right)
        assert score in " ".join((await person.answer(before + 1)).text.split())
        person.votes(poll, right)
        assert "1 of 1" not in (await person.answer(before + 2)).text, "the same poll counts once"

    async def test_in_a_group_votes_stay_unseen(self, server: Server, people, groups) -> None:
        person, group = people(server), groups(server)
        await person.asks("keep my quiz score")
        poll = await person.asks("/quiz@smallprint_bot", group)
        assert not person.votes(poll, 0)


class TestElsewhere:
    async def test_inline_offers_up_to_five_articles(self, server: Server, people) -> None:
        for code, query, year in (
            ("en", "20 images midjourney", "Over a year"),
            ("fr", "20 images midjourney", "Sur un an"),
        ):
            query_id = people(server, code).types(query)
            results = await server.until(lambda: server.world.inline[query_id], 10, "results")  # noqa: B023
            assert len(results) == 5
            titles = [one["title"] for one in results]
            assert year in titles, titles
            assert '<a href="https://' in results[0]["input_message_content"]["message_text"]
            answered = server.made("answerInlineQuery")[-1].params
            assert answered["is_personal"] is True
            assert answered["cache_time"] <= 60

    async def test_before_anything_is_typed_there_are_examples(self, server: Server, people) -> None:
        query_id = people(server).types("")
        assert len(await server.until(lambda: server.world.inline[query_id], 10, "results")) == 3

    async def test_a_question_that_is_no_estimate_is_answered_too(self, server: Server, people) -> None:
        query_id = people(server).types("how dirty is Poland's electricity?")
        results = await server.until(lambda: server.world.inline[query_id], 10, "results")
        assert "Poland" in results[0]["input_message_content"]["message_text"]

    async def test_buttons_under_a_chosen_result_edit_it(self, server: Server, people) -> None:
        person = people(server)
        query_id = person.types("20 images midjourney in Poland")
        results = await server.until(lambda: server.world.inline[query_id], 10, "results")
        rows = results[0]["reply_markup"]["inline_keyboard"]
        server.world.inline_messages["m1"] = {}
        tap = person.taps_inline("m1", rows[0][0]["callback_data"])
        edited = await server.until(lambda: server.world.inline_messages["m1"], 10, "an edit")
        assert "France" in edited["text"]
        assert server.world.callbacks[tap]

    async def test_a_guests_question_is_answered_once(self, server: Server, people, groups) -> None:
        for code, words, carbon in (("fr", FR, "Carbone"), ("en", EN, "Carbon:")):
            person, group = people(server, code), groups(server)
            for said, above in ((f"@smallprint_bot {words}", None), ("@smallprint_bot", words)):
                query = person.asks_as_guest(said, group, reply_text=above)
                result = await server.until(lambda: server.world.guests[query], 10, "an answer")  # noqa: B023
                told = result["input_message_content"]["message_text"]
                assert "25 g" in told
                assert carbon in told
            assert not person.answers(group)
