import pickle

import numpy as np
import pytest
import torch
from joblib import parallel_config
from safetensors.torch import load_file
from scipy.special import expit
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.utils.validation import check_is_fitted

from pusklearn import Micrograph, PUClassifier, general_picker, load, make_picker, save
from pusklearn.datasets import make_micrographs
from pusklearn.metrics import match_coordinates, picking_average_precision
from pusklearn.micrographs.general._general_classifier import specification
from pusklearn.micrographs.general._general_network import (
    SHIPPED,
    SMOOTHING,
    read_general_network,
    write_general_network,
)
from pusklearn.micrographs.images._lengths import scaled_length
from pusklearn.modules import ConvNet

QUICK = {
    "score__classifier__max_epochs": 1,
    "score__classifier__steps_per_epoch": 3,
    "score__classifier__batch_size": 32,
}


@pytest.fixture(scope="module")
def data():
    return make_micrographs(
        3,
        size=192,
        diameter=27,
        n_particles=16,
        snr=0.5,
        contamination=0,
        random_state=0,
    )


def weights_of(picker):
    """Return the weights in the order of the layers, whose names may differ."""
    return kernels(picker["score"].classifier_)


def initial_weights(picker):
    return kernels(picker["score"].classifier.initial)


def kernels(classifier):
    state = classifier.net_.module_.network.state_dict()
    return [weight for weight in state.values() if weight.ndim == 4]


def assert_same_picks(picks, expected):
    for ours, theirs in zip(picks, expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_it_picks_at_once(data):
    micrographs, coordinates = data
    picker = general_picker(27)
    check_is_fitted(picker)
    for step in picker.named_steps.values():
        check_is_fitted(step)
    picks = picker.predict(micrographs)
    assert [one.shape[1] for one in picks] == [3, 3, 3]
    precision = picker.score(micrographs, coordinates)
    assert precision > 0.7
    radius = 0.375 * 27
    assert precision == picking_average_precision(coordinates, picks, radius)


def test_its_maps_are_what_the_weights_give_region_by_region(data):
    micrographs, _ = data
    picker = general_picker(27)
    picker["score"].classifier_.precision = "float32"
    network = read_general_network()
    field = specification(network).receptive_field
    module = specification(network).build((field, field))
    module.load_state_dict(load_file(SHIPPED))
    module.eval()
    normal = picker[:2].transform(micrographs[:1])[0]
    (scores,) = picker[:3].transform(micrographs[:1])
    assert scores.shape == normal.shape
    padded = np.pad(np.asarray(normal), field // 2)
    rng = np.random.default_rng(0)
    height, width = (n // network.step for n in scores.shape)
    rows = network.step * rng.integers(height, size=20)
    columns = network.step * rng.integers(width, size=20)
    rows[:2], columns[:2] = 0, (0, columns[1])  # a corner and an edge
    regions = [
        padded[y : y + field, x : x + field] for y, x in zip(rows, columns, strict=True)
    ]
    with torch.no_grad():
        logits = module(torch.from_numpy(np.stack(regions))[:, None])
    expected = logits.reshape(-1).numpy()
    np.testing.assert_allclose(scores[rows, columns], expected, rtol=0, atol=1e-4)


@pytest.mark.parametrize(
    ("diameter", "pixel_size", "factor"),
    [
        (33, None, 1.5),
        ("33px", None, 1.5),
        (15, None, 1.0),
        ("66A", 2.0, 1.5),
        ("66A", 1.0, 3.0),
        ("66A", 4.0, 1.0),
    ],
)
def test_micrographs_are_brought_to_the_scale_of_the_network(
    data, diameter, pixel_size, factor
):
    micrograph = Micrograph(data[0][0], pixel_size=pixel_size)
    (scores,) = general_picker(diameter)[:3].transform([micrograph])
    assert scores.scale == factor
    assert scores.shape == tuple(int((n - 1) // factor) + 1 for n in micrograph.shape)


def test_picks_are_in_original_pixels_whatever_the_pixel_size(data):
    """The same particles are seen with pixels of half the size, too."""
    micrographs, coordinates = data
    coarse = Micrograph(micrographs[0], pixel_size=4.0)
    fine = Micrograph(np.kron(coarse, np.ones((2, 2))), pixel_size=2.0)
    # The centre of a coarse pixel lies half a fine pixel further.
    true = [coordinates[0], 2 * coordinates[0] + 0.5]
    picker = general_picker("108A", particles_per_micrograph=12, threshold="prior")
    for micrograph, points in zip([coarse, fine], true, strict=True):
        (picks,) = picker.predict([micrograph])
        hit, _ = match_coordinates(points, picks, 27 / micrograph.pixel_size)
        assert hit.mean() > 0.6


def test_the_lengths_follow_from_the_diameter():
    picker = general_picker("180A")
    plain = make_picker("180A")
    for step, name in [
        ("score", "label_radius"),
        ("extract", "radius"),
        ("extract", "match_radius"),
    ]:
        assert getattr(picker[step], name) == getattr(plain[step], name)
    assert picker["extract"].smoothing == scaled_length("180A", SMOOTHING)
    assert picker["normalize"].get_params() == plain["normalize"].get_params()


def test_prior_keeps_the_best_picks_of_all_micrographs(data):
    micrographs, _ = data
    every = general_picker(27).predict(micrographs)
    picker = general_picker(27, particles_per_micrograph=12, threshold="prior")
    picks = picker.predict(micrographs)
    best = np.sort(np.concatenate(every)[:, 2])[-36:]
    np.testing.assert_array_equal(np.sort(np.concatenate(picks)[:, 2]), best)


def test_prior_looks_at_all_micrographs_also_if_they_do_not_stay_in_memory(
    data, monkeypatch
):
    micrographs, _ = data
    picker = general_picker(27, particles_per_micrograph=12, threshold="prior")
    expected = picker.predict(micrographs)
    monkeypatch.setattr("pusklearn.micrographs.images._lazy_rows.MOST_PIXELS", 1000)
    assert_same_picks(picker.predict(micrographs), expected)


@pytest.mark.parametrize("threshold", ["recall:0.9", "fdr:0.1"])
def test_a_threshold_that_needs_labels_says_so_at_once(threshold):
    with pytest.raises(ValueError, match=r"needs labelled particles.* Fit it first"):
        general_picker(27, particles_per_micrograph=12, threshold=threshold)


def test_a_number_is_a_score(data):
    micrographs, _ = data
    every = general_picker(27).predict(micrographs)
    level = float(np.median(np.concatenate(every)[:, 2]))
    picks = general_picker(27, threshold=level).predict(micrographs)
    assert_same_picks(picks, [one[one[:, 2] > level] for one in every])


def test_a_score_is_the_log_odds_that_simulation_tells(data):
    micrographs, _ = data
    raw = general_picker(27, calibrate=False)
    assert raw["extract"].calibration_ is None
    picker = general_picker(27)
    known = read_general_network().calibration
    for ours, theirs in zip(
        picker.predict(micrographs), raw.predict(micrographs), strict=True
    ):
        np.testing.assert_array_equal(ours[:, :2], theirs[:, :2])  # and their order
        within = (theirs[:, 2] > known.scores[0]) & (theirs[:, 2] < known.scores[-1])
        expected = np.interp(theirs[within, 2], known.scores, known.log_odds)
        np.testing.assert_allclose(ours[within, 2], expected, rtol=0, atol=1e-9)
        assert (np.diff(ours[:, 2]) < 0).all()


def test_an_even_chance_may_be_said_as_a_probability(data):
    micrographs, _ = data
    by_number = general_picker(27, threshold=0)
    by_word = general_picker(27, threshold="probability:0.5")
    assert by_word["extract"].threshold_ == 0
    picks = by_number.predict(micrographs)
    assert_same_picks(by_word.predict(micrographs), picks)
    assert min(map(len, picks)) > 5
    with pytest.raises(ValueError, match="probability"):
        general_picker(27, threshold="probability:0.5", calibrate=False)
    with pytest.raises(TypeError, match="`calibrate` must be True or False"):
        general_picker(27, calibrate="no")


def test_it_tells_how_many_particles_to_expect_and_that_this_is_unsure(data):
    micrographs, coordinates = data
    picker = general_picker(27)
    assert picker["extract"].n_expected_interval_ is None
    peaks = picker.predict(micrographs)
    quality = picker["extract"].expected_quality(0, peaks)
    low, high = quality.n_particles_interval
    assert low < sum(map(len, coordinates)) < high
    assert low < quality.n_particles < high
    assert quality.n_particles == pytest.approx(
        expit(np.concatenate(peaks)[:, 2]).sum()
    )
    assert 0.5 < quality.precision < 1


def test_a_network_may_come_without_a_calibration(tmp_path):
    network = read_general_network()
    path = tmp_path / "raw.safetensors"
    write_general_network(
        path,
        specification(network),
        network.weights,
        prior=network.prior,
        diameter=network.diameter,
        least_diameter=network.least_diameter,
        greatest_diameter=network.greatest_diameter,
    )
    assert general_picker(27, weights=path)["extract"].calibration_ is None


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"diameter": 11}, "11 pixels spans 11 .* at least 12"),
        ({"diameter": 54, "downsample": 1}, "downsampling 1 times.*='auto'"),
        ({"diameter": 54, "downsample": 6}, "downsampling 6 times.*='auto'"),
        ({"diameter": 54, "downsample": 0.5}, "'auto' or a number in"),
        ({"diameter": "54"}, "give 54, '54px' or '54A'"),
        ({"diameter": -1}, "`diameter` must be a number"),
        ({"diameter": 54, "particles_per_micrograph": 0}, "or a number in"),
        ({"diameter": 54, "threshold": "prior"}, "needs `particles_per_micrograph`"),
        ({"diameter": 54, "threshold": "best"}, "`threshold` must be"),
        ({"diameter": 54, "on_error": "skip"}, "`on_error` must be"),
        ({"diameter": 54, "outside": "skip"}, "`outside` must be"),
    ],
    ids=[
        "small",
        "large span",
        "small span",
        "below 1",
        "no unit",
        "negative",
        "count",
        "no count",
        "rule",
        "on_error",
        "outside",
    ],
)
def test_what_cannot_be_is_refused_at_once(given, message):
    with pytest.raises(ValueError, match=message):
        general_picker(**given)


def test_too_coarse_a_micrograph_is_refused_with_the_way_out(data):
    micrograph = Micrograph(data[0][0], name="grid1", pixel_size=20.0)
    with pytest.raises(ValueError, match=r"180 angstrom spans 9 pixels") as caught:
        general_picker("180A").predict([micrograph])
    assert "grid1 (20 angstrom per pixel)" in str(caught.value)
    assert "make_picker('180A')" in str(caught.value)


@pytest.mark.parametrize("is_lazy", [False, True])
def test_a_diameter_in_pixels_and_several_pixel_sizes_are_told(
    data, is_lazy, monkeypatch
):
    if is_lazy:
        monkeypatch.setattr("pusklearn.micrographs.images._lazy_rows.MOST_PIXELS", 1000)
    mixed = [
        Micrograph(np.asarray(m), f"m{row}", size)
        for row, (m, size) in enumerate(zip(data[0], [6.0, 3.0, 3.0], strict=True))
    ]
    message = r"The micrographs have several .* from 3 angstrom \(m[12]\) to 6 .*\(m0\)"
    with pytest.warns(UserWarning, match=message) as caught:
        general_picker(27).predict(mixed)
    assert len(caught) == 1
    # In angstrom, each micrograph gets the factor that fits it.
    general_picker("120A").predict(mixed)


def test_a_micrograph_that_cannot_be_used_may_be_left_out(data):
    micrographs, _ = data
    named = [Micrograph(m, name=f"grid{i}") for i, m in enumerate(micrographs)]
    flat = Micrograph(np.ones((60, 60)), name="flat")
    picker = general_picker(
        27, particles_per_micrograph=12, threshold="prior", on_error="warn"
    )
    with pytest.warns(UserWarning, match="Micrograph flat cannot be used"):
        picks = picker.predict([*named, flat])
    assert picks[3].shape == (0, 3)
    assert_same_picks(picks[:3], picker.predict(named))
    with pytest.raises(ValueError, match="flat"):
        general_picker(27).predict([flat])


def test_nothing_is_picked_where_pixels_are_missing(data):
    micrographs, coordinates = data
    mask = np.zeros(micrographs[0].shape, bool)
    mask[:, :90] = True
    masked = Micrograph(micrographs[0], mask=mask)
    (picks,) = general_picker(27).predict([masked])
    (every,) = general_picker(27).predict(micrographs[:1])
    assert len(picks)
    assert (picks[:, 0] > 89).all()
    assert (every[:, 0] < 89).any()
    points = coordinates[0][coordinates[0][:, 0] > 120]
    found = picks[picks[:, 0] > 105]
    assert picking_average_precision([points], [found], 10) > 0.6


def test_it_is_the_same_in_threads_and_after_pickling_and_saving(data, tmp_path):
    micrographs, _ = data
    picker = general_picker(27, particles_per_micrograph=12, threshold="prior")
    expected = picker.predict(micrographs)
    assert_same_picks(pickle.loads(pickle.dumps(picker)).predict(micrographs), expected)
    save(picker, tmp_path / "general.pusk")
    loaded = load(tmp_path / "general.pusk")
    assert_same_picks(loaded.predict(micrographs), expected)
    with parallel_config("threading", n_jobs=2):
        assert_same_picks(picker.predict(micrographs), expected)


def test_a_clone_is_not_fitted_and_starts_from_the_general_network(data):
    micrographs, coordinates = data
    picker = clone(general_picker(27))
    with pytest.raises(NotFittedError):
        picker.predict(micrographs)
    still = {**QUICK, "score__classifier__lr": 1e-12}
    picker.set_params(**still).fit(micrographs, coordinates)
    for weight, start in zip(
        weights_of(picker), weights_of(general_picker(27)), strict=True
    ):
        torch.testing.assert_close(weight, start, rtol=0, atol=1e-6)


def test_it_is_the_picker_that_starts_from_the_general_network():
    ours = clone(general_picker("180A", particles_per_micrograph=20, random_state=0))
    theirs = make_picker(
        "180A", particles_per_micrograph=20, random_state=0, initial="general"
    )
    theirs.set_params(extract__smoothing=ours["extract"].smoothing)
    assert repr(ours) == repr(theirs)
    for weight, start in zip(
        initial_weights(ours), initial_weights(theirs), strict=True
    ):
        assert torch.equal(weight, start)


def test_a_fit_trains_on_and_takes_every_threshold(data):
    micrographs, coordinates = data
    picker = general_picker(
        27, particles_per_micrograph=20, threshold="prior", random_state=0
    )
    before = picker.score(micrographs, coordinates)
    picker.set_params(**QUICK, score__classifier__lr=1e-4).fit(micrographs, coordinates)
    assert picker.score(micrographs, coordinates) > before - 0.1
    assert np.isfinite(picker["extract"].threshold_)
    assert picker["score"].prior_ > 0
    picker.set_params(extract__threshold="recall:0.5")
    assert len(np.concatenate(picker.predict(micrographs)))
    # The log-odds are those of the training, not those of the simulation.
    calibration = picker["extract"].calibration_
    assert calibration != general_picker(27)["extract"].calibration_
    # The weights that ship are as they were.
    assert general_picker(27).score(micrographs, coordinates) == pytest.approx(before)


def test_searches_train_and_a_frozen_one_is_judged_as_it_is(data):
    micrographs, coordinates = data
    picker = general_picker(27, particles_per_micrograph=20, random_state=0)
    search = GridSearchCV(
        picker.set_params(**QUICK), {"score__classifier__lr": [1e-4, 1e-3]}, cv=2
    )
    search.fit(micrographs, coordinates)
    assert (search.cv_results_["mean_test_score"] > 0.4).all()
    frozen = FrozenEstimator(general_picker(27))
    scores = cross_val_score(frozen, micrographs, coordinates, cv=3)
    assert scores == pytest.approx(
        [
            general_picker(27).score([m], [c])
            for m, c in zip(micrographs, coordinates, strict=True)
        ]
    )


def test_other_weights_may_be_given(data, tmp_path):
    micrographs, _ = data
    module = ConvNet(31, units=2)
    torch.manual_seed(0)
    path = tmp_path / "other.safetensors"
    write_general_network(
        path,
        module,
        module.build((31, 31)).state_dict(),
        prior=0.02,
        diameter=20,
        least_diameter=15,
        greatest_diameter=30,
        step=4,
    )
    picker = general_picker(27, weights=path)
    assert picker["score"].step == 4
    (scores,) = picker[:3].transform(micrographs[:1])
    assert scores.scale == pytest.approx(27 / 20, abs=0.01)
    with pytest.raises(ValueError, match="at least 15"):
        general_picker(14, weights=path)
    with pytest.raises(ValueError, match="holds no general network"):
        general_picker(27, weights=__file__)


def test_the_numbers_in_the_docstring_are_those_of_the_network():
    least, best, greatest = read_general_network().spans
    words = " ".join(general_picker.__doc__.split())
    assert f"a particle spans {best:g} pixels" in words
    assert f"must span at least {least:g}." in words
    assert f"must span {least:g} to {greatest:g} pixels" in words


def test_the_random_state_and_the_bars_reach_every_step(data, capsys):
    picker = general_picker(27, random_state=3, verbose=1)
    assert picker["score"].classifier.random_state == 3
    assert isinstance(picker["score"].classifier, PUClassifier)
    picker.predict(data[0][:1])
    assert "scoring micrographs" in capsys.readouterr().err
