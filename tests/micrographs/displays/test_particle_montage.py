import numpy as np
import pytest
from matplotlib import pyplot as plt

from pusklearn import Micrograph, general_picker
from pusklearn.datasets import make_micrographs
from pusklearn.metrics import ParticleMontage

DIAMETER = 20


@pytest.fixture
def micrographs():
    """Two micrographs whose grey values tell the column and the row."""
    y, x = np.mgrid[:100, :120]
    return [
        Micrograph(x, name="columns", pixel_size=2.0),
        Micrograph(y[::2, ::2], name="rows", pixel_size=4.0, scale=2.0),
    ]


PICKS = [
    [(60, 50, 3.0), (10, 20, 1.0), (80, 70, -1.0)],
    [(60, 50, 2.0), (30, 30, -2.0)],
]


def test_the_crops_are_those_of_the_best_and_of_those_at_the_cut(micrographs):
    montage = ParticleMontage.from_picks(
        micrographs, PICKS, diameter=DIAMETER, threshold=0, n_best=2, n_cut=2, sigma=0
    )
    assert montage.scores.tolist() == [3, 2, 1, -1]
    rows = {name: rows.tolist() for name, rows in montage.groups.items()}
    assert rows == {"best": [0, 1], "around the cut": [2, 3]}
    # The median of the columns is 59.5, and their robust deviation 1.4826 * 30.
    deviation = 1.4826 * 30
    centres = montage.crops[:, 31:33, 31:33].mean(axis=(1, 2))
    expected = np.array([60, 10, 80]) - 59.5
    np.testing.assert_allclose(centres[[0, 2, 3]], expected / deviation, rtol=1e-4)
    # A crop is 1.6 diameters wide, in every micrograph.
    widths = np.nanmax(montage.crops, axis=(1, 2)) - np.nanmin(montage.crops, (1, 2))
    wide = 1.6 * DIAMETER * 63 / 64
    np.testing.assert_allclose(widths[[0, 3]] * deviation, wide, rtol=1e-4)
    np.testing.assert_allclose(widths[1] * 1.4826 * 12.5 * 2, wide, rtol=1e-4)


def test_a_pick_at_the_edge_is_blank_beyond_it(micrographs):
    montage = ParticleMontage.from_picks(
        micrographs, PICKS, diameter=DIAMETER, n_best=5, n_cut=0
    )
    is_blank = np.isnan(montage.crops).mean(axis=(1, 2))
    np.testing.assert_array_equal(is_blank > 0, [False, False, True, False, False])
    assert is_blank[2] == pytest.approx((16 - 10) / 32, abs=0.02)


def test_lengths_may_be_in_angstrom(micrographs):
    in_pixels, in_angstrom = (
        ParticleMontage.from_picks(micrographs, PICKS, diameter=length, sigma=sigma)
        for length, sigma in [(DIAMETER, 3), ("40A", "6A")]
    )
    np.testing.assert_array_equal(in_pixels.crops, in_angstrom.crops)
    with pytest.raises(ValueError, match="needs its `pixel_size`"):
        ParticleMontage.from_picks([np.eye(30)], [[(9, 9, 1)]], diameter="40A")


def test_the_smoothing_follows_from_the_diameter():
    noise = np.random.default_rng(0).normal(size=(100, 100))
    drawn = [
        ParticleMontage.from_picks([noise], [[(50, 50, 1)]], diameter=28, sigma=sigma)
        for sigma in (None, 2)
    ]
    np.testing.assert_array_equal(drawn[0].crops, drawn[1].crops)


def texts_of(montage):
    return [text.get_text() for text in montage.ax_.texts]


@pytest.mark.parametrize(
    ("calibrated", "numbers", "heading"),
    [
        (False, ["+3.00", "+2.00", "+1.00", "-1.00"], "around the cut at score +0.00"),
        (
            True,
            ["0.95", "0.88", "0.73", "0.27"],
            "around the cut at probability 0.50",
        ),
    ],
)
def test_what_is_written_and_framed(micrographs, calibrated, numbers, heading):
    montage = ParticleMontage.from_picks(
        micrographs,
        PICKS,
        diameter=DIAMETER,
        threshold=0,
        calibrated=calibrated,
        n_best=2,
        n_cut=2,
    )
    assert texts_of(montage) == [*numbers, "best picks", heading]
    kept, left_out, blank = montage.ax_.collections
    assert [len(one.get_paths()) for one in (kept, left_out, blank)] == [3, 1, 4]
    assert kept.get_linestyle() != left_out.get_linestyle()
    labels = [text.get_text() for text in montage.ax_.get_legend().get_texts()]
    assert labels[:2] == ["kept", "left out"]
    assert labels[2] == f"number: {'probability' if calibrated else 'score'}"


def test_without_a_cut_the_lowest_are_shown(micrographs):
    montage = ParticleMontage.from_picks(
        micrographs, PICKS, diameter=DIAMETER, n_best=2, n_cut=1
    )
    assert texts_of(montage)[-2:] == ["best picks", "lowest picks"]
    assert montage.scores.tolist() == [3, 2, -2]


def test_if_none_is_kept_the_best_are_left_out(micrographs):
    montage = ParticleMontage.from_picks(
        micrographs, PICKS, diameter=DIAMETER, threshold=np.inf, n_best=1, n_cut=2
    )
    assert texts_of(montage)[-2:] == ["best picks", "next picks"]
    kept, left_out, _ = montage.ax_.collections
    assert [len(one.get_paths()) for one in (kept, left_out)] == [0, 2]


def test_grey_levels_are_common(micrographs):
    montage = ParticleMontage.from_picks(micrographs, PICKS, diameter=DIAMETER)
    (image,) = montage.ax_.images
    known = montage.crops[np.isfinite(montage.crops)]
    np.testing.assert_allclose(image.get_clim(), np.quantile(known, [0.005, 0.995]))


def test_it_draws_where_told_and_again(micrographs):
    _, (first, second) = plt.subplots(1, 2)
    montage = ParticleMontage.from_picks(
        micrographs, PICKS, diameter=DIAMETER, ax=first
    )
    assert montage.ax_ is first
    assert montage.figure_ is first.figure
    wide = first.images[0].get_array().shape
    assert montage.plot(ax=second, n_columns=2).ax_ is second
    narrow = second.images[0].get_array().shape
    assert narrow[1] < wide[1]
    assert narrow[0] > wide[0]
    assert len(plt.get_fignums()) == 1


def test_a_single_crop_has_room_for_the_legend(micrographs):
    montage = ParticleMontage.from_picks(
        micrographs, [PICKS[0][:1], []], diameter=DIAMETER
    )
    montage.figure_.canvas.draw()
    window = montage.ax_.get_legend().get_window_extent()
    assert 0 <= window.x0 < window.x1 <= montage.figure_.bbox.width


def test_a_picker_gives_peaks_threshold_and_diameter():
    micrographs, _ = make_micrographs(2, size=128, random_state=0)
    picker = general_picker(24, particles_per_micrograph=5, threshold="prior")
    montage = ParticleMontage.from_picker(picker, micrographs, n_best=4, n_cut=6)
    picks = picker.predict(micrographs)
    scores = np.sort(np.concatenate(picks)[:, 2])[::-1]
    np.testing.assert_array_equal(montage.scores[:7], scores[[0, 1, 2, 3, -3, -2, -1]])
    assert np.sum(montage.scores > montage.threshold) == 7
    given = ParticleMontage.from_picks(
        micrographs,
        [np.array(picks[0][:1]), np.empty((0, 3))],
        diameter=24,
        n_best=1,
    )
    row = np.flatnonzero(montage.scores == given.scores[0])
    np.testing.assert_array_equal(montage.crops[row], given.crops)


@pytest.mark.parametrize("calibration", [None, "a calibration"])
def test_calibrated_peaks_are_shown_around_an_even_chance(monkeypatch, calibration):
    from pusklearn.micrographs.displays import _particle_montage as module
    from pusklearn.micrographs.displays._picked import Picked

    picked = Picked(PICKS, -np.inf, calibration is not None)
    monkeypatch.setattr(module, "find_peaks", lambda *_: picked)
    images = [np.random.default_rng(0).normal(size=(100, 120))] * 2
    montage = ParticleMontage.from_picker(
        general_picker(20), images, diameter=30, n_best=1, n_cut=2
    )
    assert montage.calibrated == (calibration is not None)
    assert montage.scores[1:].tolist() == ([1, -1] if calibration else [-1, -2])


@pytest.mark.parametrize(
    ("picks", "settings", "message"),
    [
        ([[]], {}, "Got 1 for 2 micrographs"),
        ([[], []], {}, "At least 1 pick must be drawn. Got 0 picks"),
        (PICKS, {"n_best": 0, "n_cut": 0}, "n_best=0 and n_cut=0"),
        (PICKS, {"n_best": -1}, "`n_best` must be"),
        (PICKS, {"n_cut": -1}, "`n_cut` must be"),
        (PICKS, {"diameter": 0}, "`diameter` must be"),
        (PICKS, {"sigma": -1}, "`sigma` must be"),
        (PICKS, {"threshold": np.nan}, "`threshold` must be"),
        (PICKS, {"n_columns": 0}, "`n_columns` must be"),
        ([[(1, 2)], []], {}, "columns x, y and score"),
    ],
)
def test_wrong_input_is_refused(micrographs, picks, settings, message):
    settings = {"diameter": DIAMETER, **settings}
    with pytest.raises(ValueError, match=message):
        ParticleMontage.from_picks(micrographs, picks, **settings)
