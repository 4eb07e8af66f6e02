"""Every zone and model that a method knows can be named, and no name means two things by accident."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any, cast

import pytest
import yaml
from babel import Locale

from handlers.request import Language
from handlers.territories import names_of, place_name
from knowledge import aliases
from knowledge.library import Library
from knowledge.names import ADJECTIVE, MODEL, PLACE, Names, key

# Names that two ids share on purpose: the first is meant.
SHARED = {
    "mecentral1": ("ARE", "QAT"),  # me-central-1 is Amazon's, me-central1 Google's
}


def _data(package: str, name: str) -> Any:
    text = (files(package) / "data" / name).read_text("utf-8")
    return json.loads(text) if name.endswith("json") else yaml.safe_load(text)


@pytest.fixture(scope="module")
def library() -> Library:
    return Library.load()


@pytest.fixture(scope="module")
def names(library: Library) -> Names:
    return names_of(library)


def test_every_zone_of_ecologits_is_a_place(library: Library) -> None:
    zones = {zone["name"] for zone in _data("ecologits", "electricity_mixes.json")["electricity_mixes"]}
    assert len(zones) == 215
    assert zones <= set(library.places)
    own = {code for code, place in library.places.items() if place.g_per_kwh is not None}
    assert own == set(library.places) - zones
    assert "EUU" in own


def test_every_place_is_shown_in_both_languages(library: Library) -> None:
    for code in library.places:
        for language in ("en", "fr"):
            assert place_name(code, language, library) != code, code
    assert place_name("nowhere", "fr", library) == "nowhere"


def test_countries_are_known_by_babels_names(library: Library, names: Names) -> None:
    for code in library.places:
        if place := {"en": place_name(code, "en"), "fr": place_name(code, "fr")}:
            for shown in place.values():
                if shown != code:
                    assert code in names.exact(shown, PLACE), shown
    assert Locale("fr").territories["US"] == "États-Unis"


def test_every_model_of_ecologits_can_be_named(library: Library, names: Names) -> None:
    data = _data("ecologits", "models.json")
    assert len(data["models"]) == 342
    twins = {"mistralai/glm-5-2", "mistralai/mistral-medium-3.5"}  # two spellings that EcoLogits gives the same figures
    for model in data["models"]:
        whole = f"{model['provider']}/{model['name']}"
        found = names.exact(whole, MODEL)
        assert found, whole
        if whole not in twins:
            assert library.models[found[0]].ecologits == whole
        assert names.exact(model["name"], MODEL), whole
    for alias in data["aliases"]:
        found = names.exact(alias["name"], MODEL)
        assert found, alias["name"]
        assert library.models[found[0]].ecologits == f"{alias['provider']}/{alias['alias']}"


def test_every_video_model_of_ecologits_can_be_named(library: Library, names: Names) -> None:
    models = _data("ecologits", "video_models.json")["models"]
    assert len(models) == 17
    for model in models:
        found = names.exact(model["model_name"], MODEL)
        assert found, model["model_name"]
        assert library.models[found[0]].ecologits_video == model["model_name"]


def test_every_model_of_ecocost_can_be_named(library: Library, names: Names) -> None:
    models = cast("dict[str, dict[str, Any]]", _data("ecocost", "models.yaml")["models"])
    assert len(models) == 109
    assert set(models) <= {model.ecocost for model in library.models.values()}
    for id_, model in models.items():
        for name in (id_, *model.get("aliases", [])):
            assert names.exact(name, MODEL), name


def test_methods_are_named_as_they_name_their_models(library: Library) -> None:
    registered = {f"{m['provider']}/{m['name']}" for m in _data("ecologits", "models.json")["models"]}
    videos = {m["model_name"] for m in _data("ecologits", "video_models.json")["models"]}
    costs = set(_data("ecocost", "models.yaml")["models"])
    for model in library.models.values():
        assert model.ecologits is None or model.ecologits in registered, model.id
        assert model.ecologits_video is None or model.ecologits_video in videos, model.id
        assert model.ecocost is None or model.ecocost in costs, model.id


def test_every_model_has_something_to_be_counted_by_and_says_when_it_stands_for_another(library: Library) -> None:
    for model in library.models.values():
        known = model.ecologits or model.ecologits_video or model.ecocost
        assert known or model.factor or model.stands_for, model.id
        if model.stands_for is not None:
            assert model.note is not None, model.id
            other = library.models[model.stands_for]
            assert other.ecologits or other.ecologits_video or other.ecocost, model.id


def test_a_family_has_one_default(library: Library) -> None:
    defaults = [model.family for model in library.models.values() if model.default]
    assert None not in defaults
    assert len(defaults) == len(set(defaults))


def test_no_name_means_two_things_by_accident(names: Names) -> None:
    found = {k: ids for k, ids in names.clashes.items() if not _copies(ids)}
    assert found == SHARED


def _copies(ids: tuple[str, ...]) -> bool:
    """Copies that a community published under the maker's own name: the maker's is meant."""
    return all(id_.startswith("mistral-community-") for id_ in ids[1:])


def test_common_words_are_names_of_their_place(library: Library, names: Names) -> None:
    for place in library.places.values():
        for word in place.common:
            assert place.code in (*names.exact(word, PLACE), *names.exact(word, ADJECTIVE)), word


def test_towns_and_regions_lead_to_their_country(names: Names, library: Library) -> None:
    towns = {"Paris": "FRA", "Lyon": "FRA", "Montréal": "CAN", "Québec": "CAN", "Texas": "USA", "Bangalore": "IND"}
    for town, code in towns.items():
        assert names.exact(town, PLACE) == (code,)
    assert sum(len(p.words.en) + len(p.words.fr) for p in library.places.values()) >= 160


@pytest.mark.parametrize(
    ("region", "code"),
    [
        ("eu-west-3", "FRA"),
        ("us-east-1", "USA"),
        ("westeurope", "NLD"),
        ("europe-west9", "FRA"),
        ("francecentral", "FRA"),
        ("eu-north-1", "SWE"),
        ("europe-north1", "FIN"),
        ("northeurope", "IRL"),
        ("eu-central-1", "DEU"),
        ("fr-par-2", "FRA"),
        ("gra11", "FRA"),
        ("ca-east-bhs", "CAN"),
        ("ap-south-1", "IND"),
    ],
)
def test_regions_of_clouds_lead_to_their_country(names: Names, region: str, code: str) -> None:
    assert names.exact(region, PLACE) == (code,)


def test_a_cloud_region_stands_once(library: Library) -> None:
    seen: set[str] = set()
    for code, regions in aliases.clouds().items():
        assert code in library.places
        for region in regions:
            assert region not in seen, region
            seen.add(region)
            assert key(region)


def test_a_region_on_another_basis_says_so_and_is_held_against_nothing(talk: Any, library: Library) -> None:
    regions = [place for place in library.places.values() if place.within is not None]
    assert regions
    told: tuple[tuple[Language, str, str], ...] = (
        ("en", "how clean is the electricity of {}", "a different basis"),
        ("fr", "quelle est l'intensité carbone de l'électricité de {}", "une autre base"),
    )
    for language, asked, words in told:
        for place in regions:
            # Asked for in a sentence of the language: "the grid of NWPP", « le réseau électrique de NWPP ».
            answer = talk.say(asked.format(place.code[4:]), language)
            shown = " ".join("".join(s.text for s in line) for line in (answer.title, *answer.body, *answer.notes))
            assert words in shown, (language, place.code)
            assert "world average" not in shown
            assert "moyenne mondiale" not in shown
