"""What many ask at the same moment is asked of the database once. While one question is on its way the next ones
gather, so that a hundred chats at once cost a few transactions and a lone one waits for nobody. An answer is given only
when the database has given it: what was to be written is committed by then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, TypeVar

from handlers.errors import CannotAnswer

MOST = 200  # asked at once


Item = TypeVar("Item")
Result = TypeVar("Result")


class Together(Generic[Item, Result]):
    """``act`` is given several items and returns a result for each, in their order."""

    def __init__(self, act: Callable[[Sequence[Item]], Awaitable[Sequence[Result]]]) -> None:
        self._act = act
        self._waiting: list[tuple[Item, asyncio.Future[Result]]] = []
        self._task: asyncio.Task[None] | None = None

    async def ask(self, item: Item) -> Result:
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        return await future

    async def settled(self) -> None:
        """Returns when nothing is on its way any more."""
        if self._task is not None:
            await asyncio.wait((self._task,))

    async def _run(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                await self._answer(batch)
        finally:
            self._task = None

    async def _answer(self, batch: Sequence[tuple[Item, asyncio.Future[Result]]]) -> None:
        try:
            results = await self._act([item for item, _ in batch])
        except CannotAnswer as away:
            for _, future in batch:
                _failed(future, away)
        except Exception as error:
            # One that cannot be dealt with is no fault of the others.
            if len(batch) == 1:
                _failed(batch[0][1], error)
            for one in batch if len(batch) > 1 else ():
                await self._answer([one])
        else:
            for (_, future), result in zip(batch, results, strict=True):
                if not future.done():
                    future.set_result(result)


def _failed(future: asyncio.Future[Any], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
