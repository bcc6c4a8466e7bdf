import pickle
import re

import numpy as np
import pytest
from joblib import parallel_config
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

from pusklearn import (
    ElkanNotoClassifier,
    Micrograph,
    PUCalibratedClassifier,
    PUClassifier,
    io,
    make_picker,
)
from pusklearn.criteria import GEBinomial
from pusklearn.datasets import make_micrographs
from pusklearn.metrics import picking_average_precision
from pusklearn.micrographs.images._lazy_rows import LazyRows
from pusklearn.modules import MLP, ConvNet

QUICK = {
    "score__classifier__max_epochs": 2,
    "score__classifier__steps_per_epoch": 10,
    "score__classifier__batch_size": 64,
}


@pytest.fixture(scope="module")
def data():
    return make_micrographs(4, size=160, snr=1.0, contamination=0, random_state=0)


def corner(data, size):
    """Return a corner of each micrograph, and the particles in it."""
    micrographs, coordinates = data
    inside = [points[(points < size).all(1)] for points in coordinates]
    return [m[:size, :size] for m in micrographs], inside


def quick_picker(**kwargs):
    classifier = PUClassifier(ConvNet(units=4))
    return make_picker(24, classifier=classifier, random_state=0, **kwargs).set_params(
        **QUICK
    )


def test_the_steps_have_their_names():
    assert list(make_picker(24).named_steps) == [
        "downsample",
        "normalize",
        "score",
        "extract",
    ]


@pytest.mark.parametrize(
    ("diameter", "downsample", "field"),
    [(24, 1, 31), (31, 1, 31), (40, 1, 63), (40, 2, 31), (100, 1, 127)],
)
def test_the_network_sees_the_whole_particle(diameter, downsample, field):
    picker = make_picker(diameter, downsample=downsample)
    assert picker.named_steps["score"].classifier.module.receptive_field == field


def test_a_particle_larger_than_every_network_sees_is_refused():
    with pytest.raises(ValueError, match=r"at most 127 pixels .* Got 150"):
        make_picker(300, downsample=2)


@pytest.mark.parametrize(
    ("given", "interval"),
    [
        ({"diameter": np.nan}, r"\(0, inf\)"),
        ({"diameter": np.inf}, r"\(0, inf\)"),
        ({"diameter": 0}, r"\(0, inf\)"),
        ({"label_radius": -1}, r"\[0, inf\)"),
    ],
)
def test_a_number_out_of_range_is_named(given, interval):
    ((name, value),) = given.items()
    message = rf"`{name}` must be a number in {interval}\. Got {value}"
    with pytest.raises(ValueError, match=message):
        make_picker(**{"diameter": 24, **given})


@pytest.mark.parametrize("downsample", [0.5, np.nan, "24", "Auto", True])
def test_another_downsampling_than_auto_and_a_number_is_named(downsample):
    message = (
        rf"`downsample` must be 'auto' or a number in \[1, inf\)\. Got {downsample!r}"
    )
    with pytest.raises(ValueError, match=message):
        make_picker(24, downsample=downsample)


@pytest.mark.parametrize("value", [0, "24", True])
def test_another_number_of_particles_than_an_estimate_and_a_number_is_named(value):
    message = (
        r"`particles_per_micrograph` must be 'estimate' or a number in \(0, inf\)\. "
        f"Got {value!r}"
    )
    with pytest.raises(ValueError, match=message):
        make_picker(24, particles_per_micrograph=value)


@pytest.mark.parametrize("name", ["diameter", "label_radius"])
@pytest.mark.parametrize("value", ["24", True])
def test_what_is_no_number_is_named(name, value):
    with pytest.raises(TypeError, match=f"`{name}` must be a number .* Got {value!r}"):
        make_picker(**{"diameter": 24, name: value})


@pytest.mark.parametrize("label_radius", [None, 5.0])
def test_the_lengths_follow_from_the_diameter(label_radius):
    picker = make_picker(36, label_radius=label_radius)
    expected = 4.0 if label_radius is None else label_radius
    assert picker["score"].label_radius == picker["extract"].smoothing == expected
    assert picker["extract"].radius == pytest.approx(14.4)
    assert picker["extract"].match_radius == pytest.approx(13.5)


@pytest.mark.parametrize(("diameter", "downsample"), [(7, 1), (180, 24)])
def test_particles_of_few_pixels_bring_a_warning(diameter, downsample):
    with pytest.warns(UserWarning, match=r"at least 8 pixels wide.* Got 7") as caught:
        make_picker(diameter, downsample=downsample)
    assert caught[0].filename == __file__


def test_a_network_of_ones_own_may_see_less_than_the_particle():
    picker = make_picker(140, classifier=PUClassifier(ConvNet(31)))
    assert picker.named_steps["score"].region_size is None


@pytest.mark.parametrize(
    ("threshold", "message"),
    [
        ("purity:0.9", "`threshold` must be"),
        ("prior", "needs `particles_per_micrograph`"),
    ],
)
def test_a_threshold_that_cannot_be_is_refused_before_training(threshold, message):
    with pytest.raises(ValueError, match=message):
        make_picker(
            24,
            threshold=threshold,
            classifier=PUClassifier(),
            particles_per_micrograph=None,
        )


@pytest.mark.parametrize(
    "told",
    [
        {"prior": 0.02},
        {"prior": "estimate"},
        {"particles_per_micrograph": 30},
        {"classifier": PUClassifier(prior=0.02)},
        {"classifier": PUCalibratedClassifier(PUClassifier(prior=0.02))},
    ],
    ids=["prior", "estimate", "count", "classifier", "wrapped"],
)
@pytest.mark.parametrize("threshold", ["prior", "fdr:0.1"])
def test_whatever_tells_the_number_of_particles_is_enough(threshold, told):
    extractor = make_picker(24, threshold=threshold, **told)["extract"]
    assert extractor.threshold == threshold


def test_prior_and_number_of_particles_exclude_each_other():
    with pytest.raises(ValueError, match="give one"):
        make_picker(24, prior=0.05, particles_per_micrograph=30)


def test_a_prior_is_given_to_the_classifier():
    assert make_picker(24, prior=0.05).get_params()["score__classifier__prior"] == 0.05


@pytest.mark.parametrize(
    "make",
    [
        lambda c: PUCalibratedClassifier(c, prior=0.05, cv=2),
        lambda c: make_pipeline(c),
        lambda c: GridSearchCV(c, {"max_epochs": [1]}, cv=2),
    ],
)
def test_the_random_state_reaches_every_classifier_inside(data, make):
    micrographs, coordinates = (rows[:2] for rows in corner(data, 60))
    network = PUClassifier(
        ConvNet(31, units=2), max_epochs=1, steps_per_epoch=3, prior=0.05
    )
    maps = [
        make_picker(24, classifier=make(network), random_state=7)[:-1]
        .fit(micrographs, coordinates)
        .transform(micrographs)
        for _ in range(2)
    ]
    np.testing.assert_array_equal(*maps)


def test_a_classifier_may_have_no_random_state():
    picker = make_picker(24, classifier=KNeighborsClassifier(), random_state=7)
    assert isinstance(picker["score"].classifier, KNeighborsClassifier)


def test_another_prior_of_the_classifier_is_refused():
    classifier = PUClassifier(prior=0.2)
    for given in ({"prior": 0.05}, {"particles_per_micrograph": 5}):
        with pytest.raises(ValueError, match=r"`prior` must be left .*prior=0\.2"):
            make_picker(12, classifier=classifier, **given)
    for given in ({"prior": 0.05}, {"particles_per_micrograph": 5}):
        with pytest.raises(ValueError, match="has a parameter `prior`"):
            make_picker(12, classifier=LogisticRegression(), **given)
    unset = ElkanNotoClassifier(LogisticRegression())
    picker = make_picker(12, prior=0.05, classifier=unset)
    assert picker["score"].classifier.prior == 0.05
    same = make_picker(12, prior=0.2, classifier=PUClassifier(prior=0.2))
    assert same.named_steps["score"].classifier.prior == 0.2


def test_a_network_that_sees_any_size_is_given_the_whole_particle(data):
    micrographs, coordinates = data
    classifier = PUClassifier(
        MLP((8,)), max_epochs=1, steps_per_epoch=1, random_state=0
    )
    picker = make_picker(24, classifier=classifier)
    small = [m[:40, :40] for m in micrographs[:1]]
    near = coordinates[0][(coordinates[0] < 40).all(1)]
    with pytest.warns(UserWarning, match="Fewer than 2 particles are labelled"):
        picker.fit(small, [near])
    assert picker["extract"].calibration_ is None
    assert picker.named_steps["score"].region_size_ == 31


def test_a_calibrated_classifier_picks_as_well(data):
    micrographs, coordinates = corner(data, 96)
    network = PUClassifier(
        ConvNet(31, units=4),
        max_epochs=2,
        steps_per_epoch=40,
        batch_size=64,
        random_state=0,
    )
    scores = [
        make_picker(
            24, classifier=classifier, prior=0.02, calibrate=False, random_state=0
        )
        .fit(micrographs[:2], coordinates[:2])
        .score(micrographs[2:], coordinates[2:])
        for classifier in (network, PUCalibratedClassifier(network))
    ]
    assert scores[1] > 0.9 * scores[0] > 0.3


def test_a_classifier_of_ones_own_is_not_changed():
    classifier = PUClassifier(criterion="nnpu")
    picker = make_picker(40, classifier=classifier, prior=0.1, random_state=3)
    ours = picker.named_steps["score"].classifier
    assert (classifier.prior, classifier.random_state) == (None, None)
    assert (ours.prior, ours.random_state) == (0.1, 3)
    assert picker.named_steps["score"].region_size == 63


def test_it_picks_simulated_particles(data):
    micrographs, coordinates = data
    picker = quick_picker(particles_per_micrograph=15)
    picker.set_params(score__classifier__steps_per_epoch=30)
    labels = [points[:4] for points in coordinates[:3]]
    picker.fit(micrographs[:3], labels)
    assert picker.score(micrographs[3:], coordinates[3:]) > 0.8
    picks = picker.predict(micrographs[3:])
    assert picks.dtype == object
    expected = picking_average_precision(coordinates[3:], picks, 0.375 * 24)
    assert picker.score(micrographs[3:], coordinates[3:]) == pytest.approx(expected)


@pytest.mark.parametrize("downsample", [2, 3, 1.5])
def test_coordinates_are_original_pixels_through_any_downsampling(downsample):
    """Asymmetric, odd-sized micrographs with one bright dot per particle."""
    rng = np.random.default_rng(0)
    micrographs, coordinates = [], []
    for _ in range(3):
        x, y = rng.uniform(12, 157, 6), np.arange(14, 110, 17.0)
        points = np.stack([x, y[:6]], 1)
        columns, rows = np.arange(171), np.arange(123)
        dots = [
            np.exp(-((rows[:, None] - b) ** 2 + (columns - a) ** 2) / 40)
            for a, b in points
        ]
        image = rng.normal(0, 0.1, (123, 171)) - np.sum(dots, 0)
        micrographs.append(Micrograph(image.astype(np.float32)))
        coordinates.append(points)
    picker = quick_picker(
        downsample=downsample, particles_per_micrograph=8, calibrate=False
    )
    # Downsampled, a dot is about one pixel, and the dots are most of the micrograph.
    picker.set_params(
        normalize__whiten=False,
        score__classifier__steps_per_epoch=80,
        score__classifier__module__input_dropout=0.0,
    )
    picker.fit(micrographs[:2], coordinates[:2])
    picks = picker.predict(micrographs[2:])[0][:6]
    assert picking_average_precision(coordinates[2:], [picks], 4.0) > 0.8
    nearest = np.linalg.norm(picks[:, None, :2] - coordinates[2], axis=2).min(1)
    assert np.median(nearest) < 2.5


@pytest.mark.parametrize("large", [False, True])
def test_a_picker_takes_every_threshold_after_the_fit(data, monkeypatch, large):
    micrographs, coordinates = corner(data, 100)
    if large:
        monkeypatch.setattr("pusklearn.micrographs.images._lazy_rows.MOST_PIXELS", 1)
    labels = [points[:6] for points in coordinates[:2]]
    picker = quick_picker(prior=0.02).set_params(
        score__classifier__max_epochs=1, score__classifier__steps_per_epoch=3
    )
    picker.fit(micrographs[:2], labels)
    picker = pickle.loads(pickle.dumps(picker))
    n_expected = 2 * picker["score"].particles_per_micrograph_
    for rule in ("prior", "recall:0.9", "fdr:0.9", None, 0.5):
        picker.set_params(extract__threshold=rule)
        fitted = clone(picker).fit(micrographs[:2], labels)
        picks = picker.predict(micrographs)
        for one, other in zip(picks, fitted.predict(micrographs), strict=True):
            np.testing.assert_array_equal(one, other)
        if rule == "prior":
            assert sum(map(len, picks[:2])) == round(n_expected)


@pytest.mark.parametrize("threshold", ["prior", "recall:0.9"])
def test_one_micrograph_at_a_time_gives_the_picks_of_all(data, threshold):
    micrographs, coordinates = data
    micrographs = [
        Micrograph(m, name=f"m{i}", pixel_size=1.0 + 0.25 * i)
        for i, m in enumerate(micrographs)
    ]
    picker = make_picker(
        "24A",
        classifier=PUClassifier(ConvNet(units=4)),
        particles_per_micrograph=40,
        random_state=0,
        threshold=threshold,
    ).set_params(**QUICK)
    picker.fit(micrographs[1:3], coordinates[1:3])
    for one, picks in zip(micrographs, picker.predict(micrographs), strict=True):
        np.testing.assert_array_equal(picker.predict([one])[0], picks)


def test_it_clones_and_pickles(data):
    micrographs, coordinates = data
    picker = clone(quick_picker()).fit(micrographs[:2], coordinates[:2])
    restored = pickle.loads(pickle.dumps(picker))
    for ours, theirs in zip(
        picker.predict(micrographs[2:]), restored.predict(micrographs[2:]), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)


def test_micrographs_are_the_rows_of_cross_validation(data):
    scores = cross_val_score(quick_picker(), *data, cv=2, error_score="raise")
    assert scores.shape == (2,)
    assert ((scores >= 0) & (scores <= 1)).all()


def test_a_grid_search_in_parallel_gives_the_same_numbers_again(data):
    search = GridSearchCV(
        quick_picker(particles_per_micrograph=20),
        [
            {
                "score__classifier__criterion__slack": [slack],
                "extract__radius": [radius],
            }
            for slack, radius in ((0.1, 8), (1.0, 12))
        ],
        cv=2,
        n_jobs=2,
        error_score="raise",
    )
    micrographs, labels = corner(data, 100)
    first = search.fit(micrographs, labels).cv_results_["mean_test_score"]
    again = clone(search).fit(micrographs, labels).cv_results_["mean_test_score"]
    np.testing.assert_array_equal(first, again)
    assert len(set(first)) > 1


def with_carbon(micrographs, fill):
    """The same micrographs with a disc of carbon, masked or NaN."""
    y, x = np.indices(micrographs[0].shape)
    carbon = (x - 120) ** 2 + (y - 30) ** 2 < 45**2
    pixels = [np.where(carbon, m.max() * 3, m) for m in micrographs]
    if fill == "nan":
        return carbon, [np.where(carbon, np.nan, m) for m in pixels]
    return carbon, [Micrograph(m, mask=carbon) for m in pixels]


@pytest.mark.parametrize("fill", ["mask", "nan"])
@pytest.mark.parametrize("downsample", [1, 2])
def test_nothing_is_learnt_or_picked_where_pixels_are_missing(data, fill, downsample):
    micrographs, particles = data
    carbon, masked = with_carbon(micrographs, fill)
    on_carbon = [carbon[tuple(p[:, ::-1].round().astype(int).T)] for p in particles]
    labels = [points[:8] for points in particles[:3]]
    picker = quick_picker(particles_per_micrograph=16, downsample=downsample)
    picker.set_params(score__classifier__max_epochs=4)
    n_left = sum(on[:8].sum() for on in on_carbon[:3])
    with pytest.warns(UserWarning, match=rf"^{n_left} of 24 labelled") as caught:
        picker.fit(masked[:3], labels)
    assert len(caught) == 1
    (picks,) = picker.predict(masked[3:])
    assert np.isfinite(picks).all()
    assert not carbon[tuple(picks[:, 1::-1].round().astype(int).T)].any()
    left = [p[~on] for p, on in zip(particles, on_carbon, strict=True)]
    if downsample == 1:
        assert picker.score(masked[3:], left[3:]) > 0.8
    assert picker.score(masked[3:], particles[3:]) == picker.score(masked[3:], left[3:])


def test_masked_micrographs_are_learnt_alike_large_or_small(data, monkeypatch):
    micrographs, particles = data
    _, masked = with_carbon(micrographs, "mask")
    masked.append(Micrograph(np.zeros((1, 1)), mask=np.ones((1, 1), bool)))
    points = [p[p[:, 1] > 90] for p in particles] + [[]]
    picker = quick_picker(prior="estimate")
    picker.set_params(score__classifier__steps_per_epoch=3)
    expected = clone(picker).fit(masked, points)
    monkeypatch.setattr("pusklearn.micrographs.images._lazy_rows.MOST_PIXELS", 1000)
    picker.fit(masked, points)
    assert picker["score"].classifier_.prior_ == expected["score"].classifier_.prior_
    for ours, theirs in zip(
        picker.predict(masked), expected.predict(masked), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)
    assert picker.predict(masked[4:])[0].shape == (0, 3)


# Real micrographs


def load(folder, particles_per_micrograph, n_labels, n_train, seed):
    micrographs = io.read_micrographs(folder / "micrographs")
    table = io.read_coordinates(folder / "particles.txt")
    train, test = micrographs[:n_train], micrographs[n_train:]
    known = table[table.micrograph.isin([m.name for m in train])]
    labels = io.coordinates_for(known.sample(n_labels, random_state=seed), train)
    return train, labels, test, io.coordinates_for(table, test)


def test_real_apoferritin_is_picked(data_dir):
    train, labels, test, particles = load(data_dir / "empiar-10146", 165, 50, 5, 0)
    picker = make_picker(40, downsample=2, particles_per_micrograph=165, random_state=0)
    picker.set_params(
        score__classifier__steps_per_epoch=20, score__classifier__batch_size=64
    )
    picks = picker.fit(train, labels).predict(test[:2])
    assert picking_average_precision(particles[:2], picks, 15) > 0.96


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_real_beta_galactosidase_is_picked_from_100_labels(data_dir, seed):
    train, labels, test, particles = load(data_dir / "empiar-10017", 650, 100, 8, seed)
    classifier = PUClassifier(ConvNet(31), GEBinomial())
    picker = make_picker(
        27, classifier=classifier, particles_per_micrograph=650, random_state=0
    )
    picks = picker.fit(train, labels).predict(test)
    assert picking_average_precision(particles, picks, 10) > 0.84


@pytest.mark.parametrize("settings", [{}, {"threshold": "recall:0.5"}])
@pytest.mark.parametrize("prior", [None, "estimate"])
def test_large_micrographs_are_learnt_and_picked_as_small_ones(
    monkeypatch, settings, prior
):
    micrographs, coordinates = make_micrographs(4, size=128, random_state=0)
    picker = quick_picker(prior=prior, **settings)
    picker.set_params(score__classifier__steps_per_epoch=3)
    expected = clone(picker).fit(micrographs[:2], coordinates[:2])
    monkeypatch.setattr("pusklearn.micrographs.images._lazy_rows.MOST_PIXELS", 1000)
    picker.fit(micrographs[:2], coordinates[:2])
    assert isinstance(picker[:3].transform(micrographs[2:]), LazyRows)
    assert picker["score"].classifier_.prior_ == expected["score"].classifier_.prior_
    with parallel_config("threading", n_jobs=2):
        picks = picker.predict(micrographs[2:])
    for ours, theirs in zip(picks, expected.predict(micrographs[2:]), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert picker.score(micrographs, coordinates) == expected.score(
        micrographs, coordinates
    )


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"prior": True}, ValueError, r"`prior` must be 'estimate' or .* Got True"),
        ({"prior": np.nan}, ValueError, r"`prior` must be .* Got nan"),
        ({"prior": "guess"}, ValueError, r"`prior` must be .* Got 'guess'"),
        ({"random_state": "x"}, ValueError, "'x' cannot be used to seed"),
        ({"classifier": "x"}, TypeError, "`classifier` must be an estimator"),
        ({"classifier": "x", "prior": 0.1}, TypeError, "must be an estimator"),
        ({"classifier": PUClassifier}, TypeError, r"give PUClassifier\(\), an object"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_once(parameters, error, message):
    with pytest.raises(error, match=message):
        make_picker(24, **parameters)


def phases(call, capsys):
    """Return what the bars say that a call shows, and check that all come to an end."""
    capsys.readouterr()
    call()
    shown = capsys.readouterr()
    assert not shown.out
    ends = re.findall(r"([a-z ]+): 100%[^\r\n]*? (\d+)/(\d+)", shown.err)
    assert all(done == total for _, done, total in ends)
    return list(dict.fromkeys(words for words, *_ in ends))


@pytest.mark.parametrize("threshold", [None, "recall:0.5"])
@pytest.mark.parametrize("large", [False, True])
def test_every_phase_has_its_bar(capsys, monkeypatch, large, threshold):
    if large:
        monkeypatch.setattr(
            "pusklearn.micrographs.images._lazy_rows.MOST_PIXELS", 1, raising=True
        )
    micrographs, particles = make_micrographs(2, size=64, random_state=0)
    classifier = PUClassifier(ConvNet(units=2), max_epochs=2, steps_per_epoch=3)
    picker = make_picker(
        24,
        classifier=classifier,
        prior="estimate",
        threshold=threshold,
        random_state=0,
        verbose=1,
    )
    before = (
        ["preparing micrographs", "checking micrographs"]
        if large
        else ["downsampling micrographs", "normalizing micrographs"]
    )
    fitted = phases(lambda: picker.fit(micrographs, particles), capsys)
    expected = [*before, "holding out micrographs", "training", "picking particles"]
    assert fitted == expected
    picked = phases(lambda: picker.predict(micrographs), capsys)
    assert picked[-1] == "picking particles"
    assert len(picked) == (1 if large else 4)
    silent = clone(picker).set_params(
        **{name: 0 for name in picker.get_params() if name.endswith("__verbose")}
    )
    assert phases(lambda: silent.fit(micrographs, particles), capsys) == []
    assert not capsys.readouterr().err
    for found, picks in zip(
        silent.predict(micrographs), picker.predict(micrographs), strict=True
    ):
        np.testing.assert_array_equal(found, picks)


def test_a_verbose_classifier_is_enough_for_the_bars_of_its_scorer(capsys):
    micrographs, particles = make_micrographs(2, size=64, random_state=0)
    classifier = PUClassifier(
        ConvNet(units=2), max_epochs=1, steps_per_epoch=2, verbose=1
    )
    picker = make_picker(24, classifier=classifier).fit(micrographs, particles)
    picked = phases(lambda: picker.predict(micrographs), capsys)
    assert picked == ["scoring micrographs"]
    assert picker.get_params()["score__classifier__verbose"] == 1


def test_how_much_is_shown_is_a_number():
    with pytest.raises(TypeError, match="`verbose` must be an integer"):
        make_picker(24, verbose="yes")
