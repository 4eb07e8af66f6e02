"""The one look that every message costs: its conversation, and the settings of its person and team. Messages that come
in at the same moment share it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import bindparam, select, union_all

from bot.storage.conversations import settings_of
from bot.storage.database import Database, NotKept
from bot.storage.tables import contexts, settings
from bot.storage.writing import context_of
from handlers.ports import Known

# Written once: a statement that is made anew for every message costs more than running it.
_LOOK = union_all(
    select(settings.c.owner, settings.c.name, settings.c.value).where(
        settings.c.owner.in_(bindparam("owners", expanding=True))
    ),
    select(contexts.c.person, contexts.c.channel, contexts.c.body).where(
        contexts.c.person.in_(bindparam("people", expanding=True)),
        contexts.c.channel.in_(bindparam("channels", expanding=True)),
    ),
)
_Asked = tuple[str, str, str | None]  # person and channel as hashes, the team's settings' owner


class StoredOpenings:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._looks = database.together(self._look)

    async def known(self, person: str, channel: str, team: str | None) -> Known:
        try:
            who, where = await self._database.hashed(person), await self._database.hashed(channel)
            return await self._looks.ask((who, where, f"team:{team}" if team is not None else None))
        except NotKept:
            return Known()

    async def _look(self, asked: Sequence[_Asked]) -> Sequence[Known]:
        found: dict[str, dict[str, str]] = defaultdict(dict)
        people, channels = {who for who, _, _ in asked}, {where for _, where, _ in asked}
        owners = {f"person:{who}" for who in people} | {team for _, _, team in asked if team is not None}
        keys = {"owners": sorted(owners), "people": sorted(people), "channels": sorted(channels)}
        for owner, name, value in await self._database.read(lambda connection: connection.execute(_LOOK, keys).all()):
            found[owner][name] = value
        return [
            Known(
                context_of(found[who][where]) if where in found.get(who, ()) else None,
                settings_of(found.get(f"person:{who}", {})),
                settings_of(found.get(team, {})) if team is not None else settings_of({}),
            )
            for who, where, team in asked
        ]
