"""What a visit counts against the visitor's pace, written on the handler itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from bot.platforms.web.visitors import Cost

H = TypeVar("H", bound=Callable[..., object])


def costs(cost: Cost) -> Callable[[H], H]:
    """Marks a handler; one without a mark costs nothing."""

    def marked(handler: H) -> H:
        handler.cost = cost  # pyright: ignore[reportFunctionMemberAccess]
        return handler

    return marked
