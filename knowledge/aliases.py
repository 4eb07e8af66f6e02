"""Every name by which a model or a place may be called, as (alias, kind, id), from the files that editors write.

Names of countries in either language are Babel's and are added by ``handlers.territories``; here stand ours: ids,
words, families, the names that the methods use, adjectives, towns and the regions of cloud providers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import cast

from knowledge.library import Library
from knowledge.names import ADJECTIVE, MODEL, PLACE, TOWN, key
from knowledge.parsing import read
from knowledge.schema import Model, Place

Alias = tuple[str, str, str]

_COMMON = "common"


def of_models(library: Library) -> Iterator[Alias]:
    """Ids, names and words before anything else: they win over what is only derived."""
    taken: set[str] = set()
    for model in library.models.values():
        for alias in _given(model):
            taken.add(key(alias))
            yield alias, MODEL, model.id
    for model in library.models.values():
        for alias in _derived(model):
            if key(alias) not in taken:
                yield alias, MODEL, model.id


def of_places(library: Library) -> Iterator[Alias]:
    for place in library.places.values():
        for alias in (*place.words.en, *place.words.fr):
            yield alias, TOWN, place.code
        if place.name is not None:
            # The names of regions are made of everyday words: not to be guessed at from a misspelt one.
            kind = PLACE if place.within is None else TOWN
            yield place.name.en, kind, place.code
            yield place.name.fr, kind, place.code
        yield from adjectives(place)
    for further in (clouds(), towns()):
        for code, named in further.items():
            for name in named:
                yield name, TOWN, code


def adjectives(place: Place) -> Iterator[Alias]:
    for alias in (*place.adjectives.en, *place.adjectives.fr):
        yield alias, ADJECTIVE, place.code


def _given(model: Model) -> Iterator[str]:
    yield model.id
    yield model.name
    yield from model.words
    if model.default and model.family is not None:
        yield model.family


def _derived(model: Model) -> Iterator[str]:
    """ "huggingface_hub/meta-llama/Llama-2-7b": whole, without the provider, and bare."""
    for name in (model.ecologits, model.ecologits_video, model.ecocost):
        if name is not None:
            parts = name.split("/")
            yield from ("/".join(parts[n:]) for n in range(len(parts)))


def clouds() -> Mapping[str, tuple[str, ...]]:
    """Regions of cloud providers by country."""
    text = (files("knowledge") / "data" / "clouds.yaml").read_text("utf-8")
    return {code: tuple(regions) for code, regions in cast("dict[str, list[str]]", read(text, "clouds.yaml")).items()}


def towns() -> Mapping[str, tuple[str, ...]]:
    """Towns, regions and nicknames by country, beyond those that stand with the places."""
    return {code: named for code, named in _towns().items() if code != _COMMON}


def common_towns() -> tuple[str, ...]:
    """Those of them that are everyday words or first names too."""
    return _towns()[_COMMON]


def _towns() -> Mapping[str, tuple[str, ...]]:
    text = (files("knowledge") / "data" / "towns.yaml").read_text("utf-8")
    return {code: tuple(named) for code, named in cast("dict[str, list[str]]", read(text, "towns.yaml")).items()}


def everyday() -> Mapping[str, tuple[str, ...]]:
    """Words that bear on names, by what they do: the file says it of each list."""
    text = (files("knowledge") / "data" / "everyday.yaml").read_text("utf-8")
    return {k: tuple(v or ()) for k, v in cast("dict[str, list[str] | None]", read(text, "everyday.yaml")).items()}
