"""The small print under an estimate: what was supposed, the methods side by side, the boundary, the warnings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from handlers.answer import Line
from handlers.command import Call
from handlers.kit import Kit
from handlers.telling import fill
from knowledge.calculator.estimate import Assumption, Estimate, MethodResult
from knowledge.calculator.use import Use

_WORLD = "WOR"
_RUN = "facility-run"  # the boundary where the training itself is what was counted
_FAR = 2  # times a vendor's own figure, from which the gap is pointed out


class SmallPrint:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    def under(self, call: Call, estimates: Sequence[Estimate]) -> tuple[Line, ...]:
        """For one estimate all of it; for several what they share, so that the answer stays readable."""
        lines: list[Line] = []
        supposed = self.supposed(call, estimates)
        if supposed:
            lines.append(call.phrases.line("smallprint.supposed", list=supposed))
        first = estimates[0]
        if len(estimates) == 1:
            lines.extend(self.methods(call, first))
        lines.append(self.boundary(call, first))
        for code in dict.fromkeys(w for e in estimates for w in e.warnings):
            key = f"smallprint.warnings.{code}"
            if key in call.phrases:
                lines.append(call.phrases.line(key))
        return tuple(lines)

    def boundary(self, call: Call, estimate: Estimate) -> Line:
        return call.phrases.line(
            "smallprint.boundary",
            boundary=call.phrases.text(f"boundaries.{_RUN if _is_run(estimate.use) else estimate.boundary}"),
            accounting=call.phrases.text("accounting.location-based"),
        )

    def supposed(self, call: Call, estimates: Sequence[Estimate]) -> str:
        """The assumptions nobody said, each once: "400 tokens a reply, electricity of the United States"."""
        said: list[str] = []
        for estimate in estimates:
            if estimate.stands_for and estimate.model is not None and estimate.use.model is not None:
                said.append(self._kit.describer.taken_for(estimate.use.model, estimate.model, call.language))
            for a in estimate.assumptions:
                if a.said or (shown := self.assumption(call, a)) is None:
                    continue
                if a.key == "tokens_per_word":
                    said.extend(self._counted(call, estimate.use, float(a.value)))
                said.append(shown)
        return ", ".join(dict.fromkeys(said))

    def assumption(self, call: Call, assumption: Assumption) -> str | None:
        """One input in words, None where the text files have no words for it."""
        key = f"smallprint.assumptions.{assumption.key}"
        if key not in call.phrases:
            return None
        measures, describer = self._kit.measures(call.language, call.units), self._kit.describer
        value = assumption.value
        if assumption.key == "populace":
            year = str(self._kit.library.populations[str(value)].year)
            world = value == _WORLD  # « moyenne mondiale » is its electricity, not its people
            where = call.phrases.text("smallprint.world") if world else describer.place(str(value), call.language)
            return call.phrases.text(key, value=where, year=year)
        if isinstance(value, str):
            shown = (
                describer.place(value, call.language) if assumption.key == "place" else self._named(call, assumption)
            )
            return call.phrases.text(key, value=shown)
        if assumption.key == "pixels":
            return call.phrases.text(key, value=self._size(value))
        shown = measures.count(value)
        if assumption.low is not None and assumption.high is not None and assumption.low < assumption.high:
            shown = call.phrases.text(
                "smallprint.with-range", value=shown, range=measures.span(assumption.low, assumption.high, 3)
            )
        return call.phrases.text(key, n=value, value=shown)

    def _counted(self, call: Call, use: Use, rate: float) -> Iterator[str]:
        """What lengths in words were taken for, since methods reckon with tokens."""
        measures = self._kit.measures(call.language, call.units)
        for key, words in (("smallprint.words", use.words), ("smallprint.words-read", use.input_words)):
            if words is not None:
                tokens = measures.number(words * rate)
                yield call.phrases.text(key, n=words, words=measures.count(words), tokens=tokens)

    def _size(self, pixels: float) -> str:
        """Pixels by the name people know: "720p" for a clip, "1024 × 1024" for an image."""
        for id_, default in self._kit.library.defaults.items():
            lines = id_.removeprefix("pixels.")
            if lines.endswith("p") and lines[:-1].isdigit() and default.value == pixels:
                return lines
        side = round(pixels**0.5)
        return f"{side} × {side}"

    def _named(self, call: Call, assumption: Assumption) -> str:
        value = str(assumption.value)
        library = self._kit.library
        if value in library.factors:
            return library.factors[value].name.of(call.language)
        return self._kit.describer.model(value)

    def methods(self, call: Call, estimate: Estimate) -> list[Line]:
        """Each method's figure for one unit with the reason it differs; then whether they agree."""
        if len(estimate.methods) < 2:
            return []
        phrases = call.phrases
        unit = phrases.text(f"smallprint.units.{estimate.use.task}")
        lines = [phrases.line("smallprint.side-by-side", unit=unit)]
        lines.extend(self.method(call, method) for method in estimate.methods)
        lines.append(phrases.line("smallprint.apart" if not estimate.agree else f"smallprint.rules.{estimate.rule}"))
        lines.extend(self._own_figure(call, estimate))
        return lines

    def _own_figure(self, call: Call, estimate: Estimate) -> Iterator[Line]:
        """How far the middle lies above what the vendor says without a method: who knows that figure would wonder."""
        mid = estimate.each.energy_wh.mid
        for method in estimate.methods:
            if (
                method.boundary == "undisclosed"
                and method.quality == "vendor-reported"
                and method.energy_wh is not None
            ):
                times = mid / method.energy_wh.mid
                if times >= _FAR:
                    n = self._kit.measures(call.language, call.units).number(times)
                    yield call.phrases.line("smallprint.own-figure", times=n)

    def method(self, call: Call, method: MethodResult) -> Line:
        phrases, measures = call.phrases, self._kit.measures(call.language, call.units)
        figures = [
            measures.range(measure, value)
            for measure, value in (("energy_wh", method.energy_wh), ("co2e_g", method.co2e_g))
            if value is not None
        ]
        if method.energy_wh is not None:
            figures = figures[:1]
        if not figures and method.water_ml is not None:
            figures = [measures.range("water_ml", method.water_ml)]
        why = self._why(call, method)
        key = "smallprint.method" if method.like else "smallprint.method-unlike"
        if not method.like and method.boundary == "undisclosed":
            key = "smallprint.method-undisclosed"
        boundary = phrases.text(f"boundaries.{method.boundary}")
        return phrases.line(
            key,
            name=self._kit.describer.method(method, call.language),
            figures=", ".join(figures),
            why=why,
            boundary=boundary,
        )

    def _why(self, call: Call, method: MethodResult) -> str | Line:
        published = self._kit.library.published.get(method.id.removeprefix("published:"))
        if published is not None:
            return fill(published.differs, {}, self._kit.measures(call.language, call.units), call.language)
        key = f"smallprint.why.{method.why}"
        return call.phrases.text(key) if key in call.phrases else call.phrases.text(f"qualities.{method.quality}")


def _is_run(use: Use) -> bool:
    return use.task == "training" or use.chip is not None
