"""What the scores of the general network tell: how it is learnt and judged."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from pusklearn.micrographs.general._general_classifier import specification
from pusklearn.micrographs.general._general_network import (
    SHIPPED,
    read_general_network,
    write_general_network,
)


@pytest.fixture
def calibrating(load):
    return load("calibrate_general")


@pytest.fixture
def copy(tmp_path):
    """Return the file of the network that ships, without its calibration."""
    network = read_general_network()
    path = tmp_path / "copy.safetensors"
    write_general_network(
        path,
        specification(network),
        network.weights,
        prior=network.prior,
        diameter=network.diameter,
        least_diameter=network.least_diameter,
        greatest_diameter=network.greatest_diameter,
        step=network.step,
        made_by=network.made_by,
    )
    return path


def test_the_same_command_writes_the_same_bytes_and_leaves_the_weights(
    calibrating, copy
):
    calibrating.main(["--quick", "--out", str(copy)])
    first = copy.read_bytes()
    calibrating.main(["--quick", "--out", str(copy)])
    assert copy.read_bytes() == first
    network, shipped = read_general_network(copy), read_general_network()
    assert network.calibration is not None
    assert network._replace(calibration=None, weights={}) == shipped._replace(
        calibration=None, weights={}
    )
    size = sum(weight.nbytes for weight in shipped.weights.values())
    assert first[-size:] == SHIPPED.read_bytes()[-size:]


def simulated_pairs(slope, offset, spread=0.0, n_micrographs=60):
    """Return scores and hits whose log-odds lie on a line, moved on each micrograph."""
    rng = np.random.default_rng(0)
    pairs = []
    for moved in spread * rng.standard_normal(n_micrographs):
        scores = rng.uniform(-8, 2, 400)
        hits = rng.uniform(size=400) < expit(slope * scores + offset + moved)
        pairs.append((scores, hits))
    return pairs


@pytest.mark.parametrize(("slope", "offset"), [(1.0, 0.0), (1.6, 3.0), (0.5, -1.0)])
def test_log_odds_that_are_a_line_are_learnt(calibrating, slope, offset):
    learnt = calibrating.learnt_from(simulated_pairs(slope, offset))
    scores, log_odds = np.array(learnt.scores), np.array(learnt.log_odds)
    assert len(scores) == calibrating.N_KNOTS
    chance = expit(slope * scores + offset)
    np.testing.assert_allclose(expit(log_odds), chance, rtol=0, atol=0.04)
    assert np.ptp(learnt.offsets) < 1.5
    assert 0.8 < np.median(learnt.slopes) < 1.2


def test_single_micrographs_are_told_by_offset_and_slope(calibrating):
    rng = np.random.default_rng(0)
    log_odds = rng.uniform(-8, 5, 5000)
    hits = rng.uniform(size=5000) < expit(-1.5 + 1.3 * log_odds)
    offset, slope = calibrating.line_of(log_odds, hits)
    assert (offset, slope) == (
        pytest.approx(-1.5, abs=0.2),
        pytest.approx(1.3, abs=0.1),
    )


def test_the_intervals_are_those_of_single_micrographs(calibrating):
    learnt = calibrating.learnt_from(simulated_pairs(1.0, 3.0, 1.5))
    assert len(learnt.offsets) == calibrating.N_KEPT
    low, high = np.quantile(learnt.offsets, [0.16, 0.84])
    assert 2.0 < high - low < 4.0


def test_the_lines_that_are_kept_stand_for_all(calibrating):
    rng = np.random.default_rng(0)
    lines = rng.normal(size=(400, 2))
    kept = calibrating.kept_of(lines)
    assert len(kept) == 40
    assert (np.diff(kept[:, 0]) > 0).all()
    assert {*map(tuple, kept)} <= {*map(tuple, lines)}
    levels = np.linspace(0.1, 0.9, 5)
    quantiles = (np.quantile(part[:, 0], levels) for part in (kept, lines))
    np.testing.assert_allclose(*quantiles, atol=0.1)
    np.testing.assert_array_equal(
        calibrating.kept_of(lines[:3]), lines[:3][np.argsort(lines[:3, 0])]
    )


def test_the_expected_number_of_particles_is_the_true_one(calibrating):
    """The curve of greatest likelihood holds on average."""
    pairs = simulated_pairs(1.4, 2.0, 1.0)
    learnt = calibrating.learnt_from(pairs)
    scores, hits = map(np.concatenate, zip(*pairs, strict=True))
    log_odds = calibrating.on_curve(scores, np.array(learnt.scores), learnt.log_odds)
    assert expit(log_odds).sum() == pytest.approx(hits.sum(), rel=0.01)


def test_a_curve_goes_on_beyond_its_ends(calibrating):
    knots, log_odds = np.array([-4.0, -2.0, 0.0]), (-3.0, -1.0, 2.0)
    found = calibrating.on_curve(np.array([-6, -4, -3, -1, 0, 2]), knots, log_odds)
    np.testing.assert_allclose(found, [-5, -3, -2, 0.5, 2, 5])


@pytest.mark.parametrize("hits", [[True] * 50, [False] * 50], ids=["all", "none"])
def test_a_micrograph_of_one_kind_of_picks_moves_the_curve_by_little(calibrating, hits):
    offset, slope = calibrating.line_of(np.full(50, logit(0.5)), np.array(hits))
    assert 2 < abs(offset) < 8
    assert (offset > 0) == hits[0]
    assert slope == 1


def test_a_pick_is_a_hit_once(calibrating, load, monkeypatch):
    """Of two picks on a particle, the one of the greater score is the hit."""
    example = load("general_mixture").Example

    class Picker:
        def __init__(self, diameter, *, weights, calibrate):
            assert (diameter, weights, calibrate) == (20.0, "file", False)

        def predict(self, micrographs):
            [pixels] = micrographs
            assert pixels.shape == (40, 50)
            return [np.array([[11.0, 10, 0.9], [10, 10, 0.5], [40, 30, -1.0]])]

        def __getitem__(self, name):
            return type("Extractor", (), {"match_radius": 4.0})

    def photograph(number, size, is_usual):
        assert (number, size, is_usual) == (7, 50, True)
        centres = np.array([[10.0, 10.0]])
        return example(np.zeros((40, 50)), centres, 20.0, None)

    monkeypatch.setattr(calibrating, "general_picker", Picker)
    monkeypatch.setattr(calibrating, "photograph", photograph)
    scores, hits = calibrating.scores_and_hits(7, "file", 50)
    assert scores.tolist() == [0.9, 0.5, -1.0]
    assert hits.tolist() == [True, False, False]


def test_usual_micrographs_have_no_small_particles_and_no_crowds(load):
    mixture = load("general_mixture")
    rng = np.random.default_rng(0)
    drawn = [mixture.draw_settings(rng, 512, True, is_usual=True) for _ in range(200)]
    assert min(settings["diameter"] for settings in drawn) >= 18
    covered = [
        settings["n_particles"]
        * mixture.disc(settings["spacing"] * settings["diameter"])
        / 512**2
        for settings in drawn
    ]
    assert 0.3 < max(covered) <= 0.4


def test_a_photograph_is_what_is_normalised_to_learn_from(load):
    mixture = load("general_mixture")
    raw, example = mixture.photograph(3, 128), mixture.simulate(3, 128)
    np.testing.assert_array_equal(raw.centres, example.centres)
    assert raw.pixels.shape == example.pixels.shape
    assert raw.pixels.dtype != example.pixels.dtype
    flat = np.corrcoef(raw.pixels.ravel(), np.float64(example.pixels).ravel())
    assert flat[0, 1] > 0.2


def test_the_same_scores_fall_into_the_same_tenths(load):
    study = load("general_calibration")
    chances = np.array([0.0, 0.05, 0.1, 0.11, 0.95, 1.0])
    hits = np.array([0, 1, 0, 1, 1, 1], bool)
    bins = study.bins_of(chances, hits)
    assert bins == [[0.05, 0.3333, 3], [0.11, 1.0, 1], [0.975, 1.0, 2]]


def test_a_quick_judgement_of_the_log_odds_fills_its_page(load, tmp_path):
    study = load("general_calibration")
    study.main(["--quick", "--out", str(tmp_path), "--tasks", "barrel|small|other"])
    table = pd.read_csv(tmp_path / "general_calibration.csv")
    assert list(table.columns) == study.COLUMNS
    told = table.groupby("task").diameter.agg(set)
    assert told["barrel"] == {0.75, 0.9, 1, 1.1, 1.25}
    assert 0.75 not in told["small and dense"]
    assert told["other simulated micrographs"] == {1}
    rows = table.set_index(["task", "diameter"])
    row = rows.loc["barrel", 1]
    assert row.low < row.expected_number < row.high
    bins = np.array(json.loads(row.bins))
    promised, true, counts = bins.T
    assert (promised * counts).sum() == pytest.approx(row.expected_number, abs=0.1)
    assert (true * counts).sum() <= row.number
    above = promised > 0.5
    assert row.picks == counts[above].sum()
    assert row.precision == pytest.approx(
        (true * counts)[above].sum() / row.picks, abs=1e-3
    )
    page = (tmp_path / "guide" / "general_calibration.md").read_text()
    assert f"| barrel | {row.picks:.0f} | {row.expected_precision:.3f} |" in page
    assert "Real micrographs are near" not in page


def test_the_badly_labelled_micrograph_is_left_out(load, monkeypatch):
    study, data = load("general_calibration"), load("general_picker_data")
    names = study.names_of(data.TASKS)
    [name] = [name for name in names if name.endswith(", without one")]
    assert name.startswith("empiar-10017")
    assert not any("10025" in name or "last" in name for name in names)
    everything = ["first", "second", "third"]
    monkeypatch.setattr(data, "judged", lambda *_: (everything, [1, 2, 3], None))
    scenes = study.scenes(name, 1.0, data.TASKS, None, False)
    assert [(micrograph, points) for _, micrograph, points, _ in scenes] == [
        ("first", 1),
        ("third", 3),
    ]
