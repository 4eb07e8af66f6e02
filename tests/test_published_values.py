"""The calculator held against what others printed, each with its boundary, and against the methods' own front ends."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest

from knowledge.calculator.calculator import Calculator
from knowledge.calculator.errors import CannotEstimate
from knowledge.calculator.estimate import MethodResult
from knowledge.calculator.use import Use
from knowledge.library import Library


@pytest.fixture(scope="module")
def library() -> Library:
    return Library.load()


@pytest.fixture(scope="module")
def calculator(library: Library) -> Calculator:
    return Calculator(library)


# (what is used, measure, least, most, the printed value with its boundary)
PRINTED = (
    (Use("text", model="gemini"), "energy_wh", 0.24, 0.24, "Google, median prompt: 0.24 Wh, data centre"),
    (Use("text", model="gemini"), "co2e_g", 0.09, 0.11, "the same, on the local grid: 0.09-0.11 g"),
    (Use("text"), "energy_wh", 0.2, 0.5, "Google 0.24, OpenAI 0.34 (undisclosed), Epoch 0.3, Jegham 0.42 Wh"),
    (Use("text", place="USA"), "co2e_g", 0.10, 0.17, "0.13 g for 0.3 Wh on the US grid, hardware included"),
    (Use("text", place="FRA"), "co2e_g", 0.02, 0.035, "0.026 g for 0.3 Wh on the French grid, hardware included"),
    (Use("text"), "water_site_ml", 0.05, 0.32, "Google 0.26 and OpenAI 0.32 mL, on site"),
    (Use("text"), "water_ml", 0.7, 1.5, "about 1 mL with the power plants"),
    (Use("reasoning"), "energy_wh", 3, 5, "Oviedo et al. 3.9 Wh for 5,000 tokens, data centre"),
    (Use("code"), "energy_wh", 20, 80, "Couch 41 Wh for a median session, data centre, one person's logs"),
    (Use("image"), "energy_wh", 1, 3, "SD 3.5 Large 1.14 Wh on the chips, x 1.72; Luccioni 2.9 Wh, server"),
    (Use("image", model="flux-dev"), "energy_wh", 3.6, 3.62, "ML.ENERGY 2.1 Wh on the chips, x 1.72"),
    (Use("video", model="wan-2.1", seconds=5, resolution="720p"), "energy_wh", 415, 500, "Delavande 415 Wh, server"),
    (
        Use("video", model="sora-2-pro", seconds=12, resolution="1080p"),
        "energy_wh",
        1186,
        2017,
        "EcoLogits 1.2-2.0 kWh",
    ),
    (Use("search"), "energy_wh", 0.3, 0.3, "Google 2009: 0.3 Wh, servers"),
    (Use("classification"), "energy_wh", 0.002, 0.0026, "Luccioni 0.002 Wh, server"),
    (Use("training", model="gpt-3"), "energy_wh", 1.287e9, 1.287e9, "Patterson 1,287 MWh, data centre"),
    (Use("training", model="gpt-3"), "co2e_g", 5.0e8, 6.0e8, "502-588 t"),
    (Use("training", model="grok-4"), "energy_wh", 3.1e11, 3.1e11, "Epoch AI 310 GWh"),
)


@pytest.mark.parametrize(("use", "measure", "least", "most", "printed"), PRINTED, ids=[row[4] for row in PRINTED])
def test_the_middle_agrees_with_what_was_printed(calculator, use, measure, least, most, printed):
    middle = getattr(calculator.estimate(use).footprint, measure).mid
    assert least * (1 - 1e-9) <= middle <= most * (1 + 1e-9), printed


@pytest.mark.parametrize("published", [r for r in Library.load().published.values() if r.models], ids=lambda r: r.id)
def test_every_printed_value_speaks_of_a_known_model(calculator, library, published):
    """A pattern that matches nothing is a value that nobody will ever see."""
    named = [id_ for id_ in library.models if any(fnmatchcase(id_, p) for p in published.models)]
    shown = (m.id for id_ in named for m in methods(calculator, Use(published.task, model=id_)))
    assert f"published:{published.id}" in shown


def methods(calculator: Calculator, use: Use) -> tuple[MethodResult, ...]:
    """None of them where the pattern also meets a model of another task."""
    try:
        return calculator.estimate(use).methods
    except CannotEstimate:
        return ()


def test_a_life_cycle_is_shown_beside_and_never_mixed_in(calculator):
    estimate = calculator.estimate(Use("text", model="mistral-large-2512"))
    lca = next(m for m in estimate.methods if m.id == "published:mistral-lca-reply")
    assert lca.co2e_g is not None
    assert lca.co2e_g.mid == pytest.approx(1.14)
    assert not lca.like
    assert estimate.footprint.co2e_g.high < 1.14


def test_a_measurement_of_a_stand_in_is_no_measurement_of_the_model(calculator):
    estimate = calculator.estimate(Use("text", model="llama-4-behemoth"))  # taken for Llama 3.1 405B
    assert estimate.stands_for
    assert estimate.rule != "measured-itself"
    assert calculator.estimate(Use("text", model="llama-3.1-405b")).rule == "measured-itself"


def test_disagreement_is_said(calculator):
    """EcoLogits and Google's own median do not overlap; the published figures for a chat answer do."""
    assert not calculator.estimate(Use("text", model="gemini")).agree
    assert calculator.estimate(Use("text")).agree


@pytest.mark.parametrize(
    ("model", "provider", "name"),
    [
        ("gpt-4o", "openai", "gpt-4o"),
        ("gpt-4o-mini", "openai", "gpt-4o-mini"),
        ("claude-sonnet-4-5", "anthropic", "claude-sonnet-4-5"),
        ("llama-3.1-405b", "huggingface_hub", "meta-llama/Meta-Llama-3.1-405B-Instruct"),
        ("mistral-large-2512", "mistralai", "mistral-large-2512"),
    ],
)
@pytest.mark.parametrize("zone", ["USA", "FRA", "WOR"])
@pytest.mark.parametrize("tokens", [50, 400, 5000])
def test_our_use_of_ecologits_gives_its_own_figures(calculator, library, model, provider, name, zone, tokens):
    from ecologits.tracers.utils import llm_impacts
    from ecologits.utils.range_value import RangeValue

    if library.models[model].ecologits != f"{provider}/{name}":
        provider, name = (library.models[model].ecologits or "/").split("/", 1)
    theirs = llm_impacts(provider, name, tokens, float("inf"), zone)
    estimate = calculator.estimate(Use("text", model=model, output_tokens=tokens, place=zone))
    ours = next(m for m in estimate.methods if m.id == "ecologits").footprint
    assert ours is not None

    def ends(value: object) -> tuple[float, float]:
        if isinstance(value, RangeValue):
            return float(value.min), float(value.max)
        return float(value), float(value)  # pyright: ignore[reportArgumentType]

    assert theirs.energy is not None
    assert theirs.gwp is not None
    assert theirs.wcf is not None
    assert theirs.pe is not None
    assert theirs.adpe is not None
    for mine, their, scale in (
        (ours.energy_wh, theirs.energy.value, 1e3),
        (ours.co2e_g, theirs.gwp.value, 1e3),
        (ours.water_ml, theirs.wcf.value, 1e3),
        (ours.primary_mj, theirs.pe.value, 1.0),
        (ours.adpe_mg, theirs.adpe.value, 1e6),
    ):
        low, high = ends(their)
        assert mine is not None
        assert mine.low == pytest.approx(low * scale)
        assert mine.high == pytest.approx(high * scale)


def test_our_use_of_ecologits_video_gives_its_own_figures(calculator, library):
    from ecologits.estimations.video import video_impacts

    for model in library.models.values():
        if model.ecologits_video is None:
            continue
        theirs = video_impacts(model.ecologits_video, "1080p", 8, datacenter_location="FRA")
        estimate = calculator.estimate(Use("video", model=model.id, seconds=8, resolution="1080p", place="FRA"))
        ours = next(m for m in estimate.methods if m.id == "ecologits")
        assert theirs.energy is not None
        assert ours.energy_wh is not None
        assert ours.energy_wh.low == pytest.approx(theirs.energy.value.min * 1e3)
        assert ours.energy_wh.high == pytest.approx(theirs.energy.value.max * 1e3)


def test_our_use_of_ecocost_gives_its_own_energy(calculator):
    import ecocost

    theirs = ecocost.estimate("gpt-4o", input_tokens=1000, output_tokens=400, cached_input_tokens=500)["energy"]
    use = Use("text", model="gpt-4o", input_tokens=1000, output_tokens=400, cached_tokens=500)
    ours = next(m for m in calculator.estimate(use).methods if m.id == "ecocost")
    assert ours.energy_wh is not None
    assert ours.energy_wh.mid == pytest.approx(theirs["value"], rel=0.01)
    assert ours.energy_wh.low == pytest.approx(theirs["min"], rel=0.01)
    assert ours.energy_wh.high == pytest.approx(theirs["max"], rel=0.01)
    assert "draft-records" in ours.warnings


def test_the_methods_own_links_are_kept(calculator):
    described = calculator.describe("gpt-4o")
    assert any("openai" in link for link in described.links)
    assert described.total_b is not None
    assert not described.size_published


def test_the_grid_is_one_table(calculator):
    assert calculator.grid("FRA").g_per_kwh == pytest.approx(41.4, abs=0.1)
    assert calculator.grid("WOR").g_per_kwh == pytest.approx(458.3, abs=0.1)
    assert calculator.grid("EUU").g_per_kwh == 210
    assert calculator.grid("USA-CAMX").basis.startswith("direct")
    cleanest = calculator.ranking()
    assert len(cleanest) > 200
    assert cleanest == tuple(reversed(calculator.ranking(dirtiest=True)))
    assert not {"WOR", "EUU", "EEE", "USA-CAMX"} & set(cleanest)
