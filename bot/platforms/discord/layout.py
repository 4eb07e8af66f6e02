"""Cards as Discord takes them: dictionaries of components, and around them the library's own view.

Written here rather than by the library's widgets, because a widget is made to be pressed: the library keeps each view
it has sent, for as long as the process lives or a quarter of an hour with a task of its own. Ours need no such memory;
what is pressed is found again by what its custom_id carries.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from discord import ButtonStyle, ui

Component = dict[str, Any]

_ROW, _BUTTON, _MENU, _TEXT, _GALLERY, _FILE, _LINE, _CONTAINER = 1, 2, 3, 10, 12, 13, 14, 17
PRIMARY, GREY = ButtonStyle.primary.value, ButtonStyle.secondary.value
LABEL = 80
PLACEHOLDER = 150
OPTIONS = 25
OPTION = 100


class Sheet(ui.LayoutView):
    """A finished view: sent, and forgotten."""

    def __init__(self, components: Sequence[Component]) -> None:
        super().__init__(timeout=None)
        self._components = list(components)

    def to_components(self) -> list[Component]:  # pyright: ignore[reportIncompatibleMethodOverride]
        return self._components

    def has_components_v2(self) -> bool:
        return True

    def is_dispatchable(self) -> bool:
        return False

    def is_finished(self) -> bool:
        return True


def container(parts: Iterable[Component], colour: int) -> Component:
    return {"type": _CONTAINER, "accent_color": colour, "components": list(parts)}


def words(content: str) -> Component:
    return {"type": _TEXT, "content": content}


def line() -> Component:
    """A rule between what is told and its small print."""
    return {"type": _LINE}


def picture(name: str, alt: str) -> Component:
    """An image that is sent along."""
    return {"type": _GALLERY, "items": [{"media": {"url": f"attachment://{name}"}, "description": alt}]}


def attached(name: str) -> Component:
    """A file that is sent along."""
    return {"type": _FILE, "file": {"url": f"attachment://{name}"}}


def row(buttons: Iterable[Component]) -> Component:
    return {"type": _ROW, "components": list(buttons)}


def button(label: str, custom_id: str, style: int = GREY) -> Component:
    return {"type": _BUTTON, "style": style, "label": label, "custom_id": custom_id}


def menu(placeholder: str, custom_id: str, options: Iterable[tuple[str, str]]) -> Component:
    """A row with one menu: labels and values."""
    choices = [{"label": label[:OPTION], "value": value} for label, value in options][:OPTIONS]
    return row([{"type": _MENU, "custom_id": custom_id, "placeholder": placeholder[:PLACEHOLDER], "options": choices}])


def count(components: Iterable[Component]) -> int:
    """How many of the card's forty these are, with all that is in them."""
    return sum(1 + count(component.get("components", ())) for component in components)
