"""``smallprint`` and ``python -m bot``: one entry, a word for each way in or out.

Exit codes: 0 answered, 1 answered with an apology or data that do not check, 2 wrong usage, 130 interrupted.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import logging
import os
import sys
from collections.abc import Callable, Sequence

logger = logging.getLogger("bot")

USAGE = 2
INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Parses the command line and runs it; the console script's entry."""
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read us has gone (`| head`): say nothing more, not even at interpreter exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="smallprint", description="The small print of AI: electricity, carbon, water")
    parser.set_defaults(run=_chat, lang=None, every=False)
    ways = parser.add_subparsers(metavar="COMMAND")
    chat = ways.add_parser("chat", help="talk in the terminal (the default)")
    chat.set_defaults(run=_chat)
    ask = ways.add_parser("ask", help="one question, or a stream of them with --jsonl")
    ask.add_argument("question", nargs="*")
    ask.add_argument("--json", action="store_true", help="the answer as a JSON object")
    ask.add_argument("--jsonl", action="store_true", help="one JSON object a line in, one out")
    ask.set_defaults(run=_ask)
    schema = ways.add_parser("schema", help="the JSON Schema of an answer")
    schema.set_defaults(run=_schema)
    check = ways.add_parser("check", help="check the fact base, for editors")
    check.add_argument("--all", action="store_true", help="name every entry a warning is about")
    check.set_defaults(run=_check)
    facts = ways.add_parser("facts", help="search the fact base, or export all of it with --json")
    facts.add_argument("query", nargs="*")
    facts.add_argument("--json", action="store_true", help="as JSON; without words the whole base, licence included")
    facts.set_defaults(run=_facts)
    feedback = ways.add_parser("feedback", help="what people said of answers, newest first")
    feedback.add_argument("--limit", type=int, default=100)
    feedback.set_defaults(run=_feedback)
    release = ways.add_parser("release", help="bring the database up to date, before a new version starts")
    release.set_defaults(run=_release)
    discord = ways.add_parser("discord", help="answer on Discord (DISCORD_TOKEN)")
    discord.set_defaults(run=_serve, platforms=("discord",))
    invite = ways.add_parser("invite", help="the link that adds the Discord bot to a server or an account")
    help_ = "the application's id; without it, DISCORD_TOKEN's"
    invite.add_argument("application", nargs="?", type=_application, help=help_)
    invite.set_defaults(run=_invite)
    telegram = ways.add_parser("telegram", help="answer on Telegram (TELEGRAM_TOKEN)")
    telegram.set_defaults(run=_serve, platforms=("telegram",))
    web = ways.add_parser("web", help="answer on a page and over an interface for programs (PORT)")
    web.set_defaults(run=_serve, platforms=("web",))
    every = ways.add_parser("all", help="the page and every platform a token is set for, in one process")
    every.set_defaults(run=_serve, platforms=("web",), every=True)
    explain = ways.add_parser("explain", help="how a sentence is read")
    explain.add_argument("sentence", nargs="+")
    explain.add_argument(
        "--after", action="append", default=[], metavar="SENTENCE", help="said before it; may be repeated"
    )
    explain.set_defaults(run=_explain)
    for way in (parser, chat, ask, explain, facts):
        way.add_argument("--lang", choices=("en", "fr"), help="language of the answers")
    return parser


def _chat(arguments: argparse.Namespace) -> int:
    from bot.assembly import assemble
    from bot.platforms.terminal import chat
    from bot.settings import Settings
    from bot.storage.memory import SystemClock

    async def run() -> None:
        settings = Settings.load()
        async with assemble(settings) as core:
            await chat(core, SystemClock(), arguments.lang or settings.smallprint_language)

    return _configured(lambda: asyncio.run(run()))


def _configured(run: Callable[[], int | None]) -> int:
    """Runs what reads the environment; all that is wrong in it is said, a line each, without a trace."""
    from bot.settings import Misconfigured

    try:
        return run() or 0
    except Misconfigured as error:
        sys.stderr.writelines(f"smallprint: {line}\n" for line in str(error).splitlines())
        return USAGE


def _ask(arguments: argparse.Namespace) -> int:
    if arguments.jsonl:
        return asyncio.run(_stream())
    question = " ".join(arguments.question) or (sys.stdin.read() if not sys.stdin.isatty() else "")
    if not question.strip():
        sys.stderr.write('smallprint ask: a question is needed, for example: smallprint ask "20 images in Poland"\n')
        return USAGE
    return asyncio.run(_one(question, arguments.lang, arguments.json))


async def _one(question: str, language: str | None, as_json: bool) -> int:
    # A process that answers once and ends: looking for rubbish costs it more than the rubbish does.
    gc.disable()
    from bot.assembly import assemble
    from bot.platforms.plaintext import rendered
    from bot.storage.memory import SystemClock
    from handlers.request import Request

    async with assemble(once=True) as core:
        chosen = "fr" if language == "fr" else "en" if language == "en" else None
        now = SystemClock().now()
        answer = await core.answer(Request(question, "terminal:me", "ask", now, language=chosen))
    if answer is None:
        return 1
    if as_json:
        from bot.platforms.jsonl import told

        sys.stdout.write(told(answer, "ask").model_dump_json(indent=2) + "\n")
    else:
        sys.stdout.write(rendered(answer) + "\n")
    return 1 if answer.tone == "apology" else 0


async def _stream() -> int:
    from bot.assembly import assemble
    from bot.platforms.jsonl import stream
    from bot.platforms.terminal import lines
    from bot.storage.memory import SystemClock

    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    async with assemble() as core:
        async for line in stream(core, SystemClock(), lines(sys.stdin)):
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
    return 0


def _schema(arguments: argparse.Namespace) -> int:
    from bot.platforms.jsonl import Told

    sys.stdout.write(json.dumps(Told.model_json_schema(), indent=2, ensure_ascii=False) + "\n")
    return 0


def _check(arguments: argparse.Namespace) -> int:
    from knowledge.checks import report

    lines, sound = report(every=arguments.all)
    sys.stdout.writelines(line + "\n" for line in lines)
    return 0 if sound else 1


def _feedback(arguments: argparse.Namespace) -> int:
    from bot.settings import Settings
    from bot.storage.store import stored_ports

    async def listed() -> None:
        settings = Settings.load()
        async with stored_ports(settings.address, secret=settings.key) as ports:
            for said in await ports.feedbacks.recent(arguments.limit):
                words = " ".join((said.words or "").split())
                columns = (f"{said.at:%Y-%m-%d %H:%M}", said.language, said.command, said.verdict, words)
                sys.stdout.write("\t".join(columns) + "\n")

    return _configured(lambda: asyncio.run(listed()))


def _release(arguments: argparse.Namespace) -> int:
    """Twice is once: the database is where it was, and menus are only sent where they have changed."""
    from bot.logs import configure
    from bot.settings import MEMORY, Misconfigured, Settings
    from bot.storage.store import release
    from knowledge.checks import report

    async def menus(settings: Settings) -> int:
        from bot.assembly import assemble

        codes = [0]
        # With what is kept: there it is remembered what was registered last.
        async with assemble(settings) as core:
            if settings.telegram_token is not None:
                from bot.platforms.telegram.run import released as telegram

                codes.append(await telegram(core, settings))
            if settings.discord_token is not None:
                from bot.platforms.discord.run import released as discord

                codes.append(await discord(core, settings))
        return max(codes)

    def run() -> int:
        settings = Settings.load(lasting=True)
        configure(settings)
        problems, sound = report()
        if not sound:
            for line in problems:
                logger.error("fact base: %s", line)
            return 1
        if settings.address != MEMORY:
            try:
                revision = asyncio.run(release(settings.address))
            except Misconfigured:
                raise
            except Exception as error:
                # The message may name the host and the user.
                logger.error("the database could not be brought up to date: %s", type(error).__name__)
                return 1
            logger.info("database at revision %s", revision)
        if settings.telegram_token is not None or settings.discord_token is not None:
            return asyncio.run(menus(settings))
        return 0

    return _configured(run)


def _serve(arguments: argparse.Namespace) -> int:
    """The pages, one platform, or all whose token is set."""
    from bot.ending import End

    end = End()
    from bot.serving import DISCORD, TELEGRAM, WEB, run
    from bot.settings import Settings

    def served() -> int:
        wanted: list[str] = list(arguments.platforms)
        settings = Settings.load(*(f"{name}_token" for name in wanted if name != WEB), lasting=True)
        tokens = {DISCORD: settings.discord_token, TELEGRAM: settings.telegram_token}
        if arguments.every:
            wanted += [name for name, token in tokens.items() if token is not None]
        elif WEB in wanted and tokens[TELEGRAM] is not None and settings.telegram_webhook_url is not None:
            # Updates that are brought come in where the pages are.
            wanted.append(TELEGRAM)
        return run(settings, wanted, end)

    code = _configured(served)
    end.over()
    return code


def _application(text: str) -> int:
    """Ids on Discord are whole numbers of sixty-four bits."""
    if not (text.isascii() and text.isdecimal() and 0 < int(text) < 2**63):
        raise argparse.ArgumentTypeError(f"this is no application's id: {text!r}")
    return int(text)


def _invite(arguments: argparse.Namespace) -> int:
    from bot.platforms.invitation import application_of, discord_link
    from bot.settings import Misconfigured, Settings

    def run() -> int:
        token = Settings.load().discord_token
        application = arguments.application or (application_of(token.get_secret_value()) if token is not None else None)
        if application is None:
            raise Misconfigured("invite: the application's id is needed, or a DISCORD_TOKEN that holds it")
        sys.stdout.write(discord_link(application) + "\n")
        return 0

    return _configured(run)


def _facts(arguments: argparse.Namespace) -> int:
    from bot.platforms.open_data import exported, found, listed
    from handlers.phrases import Lexicon
    from knowledge.library import Library
    from knowledge.search import Search

    library, lexicon, query = Library.load(), Lexicon.load(), " ".join(arguments.query)
    if not query.strip():
        if not arguments.json:
            sys.stderr.write('smallprint facts: words to look for are needed, for example: smallprint facts "water"\n')
            return USAGE
        sys.stdout.write(json.dumps(exported(library, lexicon), indent=1, ensure_ascii=False) + "\n")
        return 0
    entries, sure = found(library, Search(library), lexicon, query, arguments.lang or "en")
    if arguments.json:
        sys.stdout.write(json.dumps(entries, indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.writelines(line + "\n" for line in listed(entries, sure, lexicon, arguments.lang or "en"))
    return 0 if sure else 1


def _explain(arguments: argparse.Namespace) -> int:
    from dataclasses import replace

    from bot.assembly import assemble
    from bot.storage.memory import SystemClock
    from handlers.request import Request

    async def run() -> None:
        async with assemble() as core:
            request = Request(" ".join(arguments.sentence), "terminal:me", "explain", SystemClock().now())
            for turn in arguments.after:
                await core.answer(replace(request, text=turn))
            sys.stdout.writelines(line + "\n" for line in await core.explained(request))

    asyncio.run(run())
    return 0


if __name__ == "__main__":
    sys.exit(main())
