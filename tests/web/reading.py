"""What a person reads on a page: the words of its HTML, its forms, its links, as a browser would have them."""

from __future__ import annotations

from html.parser import HTMLParser

_VOID = frozenset(("area", "br", "col", "hr", "img", "input", "link", "meta", "wbr"))
_RUNNING = frozenset(("a", "code", "em", "span", "strong"))  # within a line of text
_UNREAD = frozenset(("script", "style", "template"))


class Page(HTMLParser):
    """``Page(html)``: raises where tags are not closed in the order they were opened."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[str] = []
        self._said: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(html)
        self.close()
        assert not self._open, f"left open: {self._open}"

    @property
    def text(self) -> str:
        return " ".join("".join(self._said).split())

    def all(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        """The attributes of every tag of this name that has these."""
        return [a for name, a in self.tags if name == tag and all(a.get(k) == v for k, v in wanted.items())]

    def hidden(self, name: str) -> str:
        """What a form carries unseen."""
        return self.all("input", type="hidden", name=name)[0]["value"]

    def buttons(self) -> dict[str, str]:
        """What stands on the buttons under answers, and what they send."""
        values = [a["value"] for a in self.all("button") if a.get("name") == "take"]
        return {value.partition(" ")[2]: value for value in values}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _RUNNING:
            self._said.append(" ")
        given = {name: value or "" for name, value in attrs}
        self.tags.append((tag, given))
        for name in given:
            assert not name.startswith("on"), f"<{tag} {name}>: a script in an attribute"
            assert name != "style", f"<{tag} style>"
        for name in ("href", "src", "action"):
            address = given.get(name, "").strip().lower()
            assert not address.startswith(("javascript:", "vbscript:")), address
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        if tag not in _RUNNING:
            self._said.append(" ")
        assert self._open, f"</{tag}> closes nothing"
        assert self._open[-1] == tag, f"</{tag}> closes <{self._open[-1]}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        if not (self._open and self._open[-1] in _UNREAD):
            self._said.append(data)
