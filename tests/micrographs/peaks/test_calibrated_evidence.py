"""A `PeakExtractor` calibrates its scores by held-out maps of its training maps."""

import pickle

import numpy as np
import pytest
from scipy.special import expit, logit

from pusklearn import Micrograph, PeakExtractor
from pusklearn.metrics import match_coordinates
from pusklearn.micrographs.peaks._training_maps import HeldOutMaps, TrainingMaps

RADIUS = 6
N_MAPS, N_PARTICLES, N_OTHERS = 8, 30, 60


def score_map(rng, gain=1.0):
    """Return a map of peaks at places of a grid, and which of these are particles."""
    grid = np.stack(np.meshgrid(np.arange(10, 210, 20), np.arange(10, 190, 20)), -1)
    points = rng.permutation(grid.reshape(-1, 2))
    heights = rng.normal(4, 1, len(points))
    heights[:N_PARTICLES] += 2.5
    y, x = np.mgrid[:190, :210]
    scores = np.zeros(y.shape)
    for (u, v), height in zip(points, heights, strict=True):
        bump = height * np.exp(-((x - u) ** 2 + (y - v) ** 2) / 8)
        scores = np.maximum(scores, bump)
    return Micrograph(gain * scores), points[:N_PARTICLES].astype(float)


def identity(scores):
    return scores


@pytest.fixture(scope="module")
def scene():
    """Training maps with held-out maps on another scale, labels, new maps and truth."""
    rng = np.random.default_rng(0)
    maps, particles = zip(*(score_map(rng) for _ in range(N_MAPS)), strict=True)
    labels = [points[:15] for points in particles]
    held_out = HeldOutMaps(
        maps=[10 * scores for scores in maps],
        numbers=list(range(N_MAPS)),
        folds=[row % 3 for row in range(N_MAPS)],
        counts=[True] * N_MAPS,
        labels=labels,
        n_micrographs=N_MAPS,
        number_is_known=False,
    )
    training = TrainingMaps(identity, maps, keep=True, held_out=held_out)
    new, truth = zip(*(score_map(rng) for _ in range(6)), strict=True)
    return training, labels, list(new), truth


def fitted(scene, **parameters):
    return PeakExtractor(RADIUS, **parameters).fit(*scene[:2])


def test_the_number_of_particles_is_estimated(scene):
    extractor = fitted(scene)
    low, high = extractor.n_expected_interval_
    assert extractor.n_expected_ == pytest.approx(N_MAPS * N_PARTICLES, rel=0.15)
    assert low < N_MAPS * N_PARTICLES < high
    total = expit(extractor.peak_scores_).sum() / extractor.calibration_.share_found
    assert total == pytest.approx(extractor.n_expected_, rel=0.05)


def test_a_score_is_the_log_odds_that_a_pick_is_a_particle(scene):
    training, labels, new, truth = scene
    picks = fitted(scene).peaks(new)
    probability = np.concatenate([expit(p[:, 2]) for p in picks])
    hit = np.concatenate(
        [match_coordinates(t, p, RADIUS)[0] for t, p in zip(truth, picks, strict=True)]
    )
    assert probability.sum() == pytest.approx(hit.sum(), rel=0.15)
    sure = probability > 0.5
    assert hit[sure].mean() == pytest.approx(probability[sure].mean(), abs=0.1)
    raw = PeakExtractor(RADIUS).fit(list(training), labels).peaks(new)
    for one, other in zip(picks, raw, strict=True):
        np.testing.assert_array_equal(one[:, :2], other[:, :2])
        assert (np.diff(one[:, 2]) <= 0).all()


def test_a_number_that_is_given_is_kept(scene):
    extractor = fitted(scene, particles_per_micrograph=40)
    assert extractor.n_expected_ == 40 * N_MAPS
    assert extractor.n_expected_interval_ is None
    training = TrainingMaps(
        identity,
        scene[0].rows,
        held_out=scene[0].held_out._replace(number_is_known=True),
    )
    for row in training.rows:
        row._n_expected = 25.0
    told = PeakExtractor(RADIUS).fit(training, scene[1])
    assert told.n_expected_ == 25 * N_MAPS
    for row in training.rows:
        row._n_expected = None


@pytest.mark.parametrize("rule", ["probability:0.7", "recall:0.8", "fdr:0.1", "prior"])
def test_rules_keep_what_they_promise_by_the_probabilities(scene, rule):
    extractor = fitted(scene, threshold=rule)
    probability = expit(extractor.peak_scores_)
    picked = extractor.peak_scores_ > extractor.threshold_
    found = extractor.calibration_.share_found
    recall = probability[picked].sum() / probability.sum() * found
    weakest = probability[picked].min()
    one_less = picked & (probability > weakest)
    without = probability[one_less].sum() / probability.sum() * found
    next_one = probability[~picked].max()
    kept = {
        "probability:0.7": weakest > 0.7 >= next_one,
        "recall:0.8": recall >= 0.8 > without,
        "fdr:0.1": probability[picked].mean() >= 0.9
        and (probability[picked].sum() + next_one) / (picked.sum() + 1) < 0.9,
        "prior": picked.sum() == round(extractor.n_expected_),
    }
    assert kept[rule]
    picks = extractor.predict(scene[2])
    assert min(p[:, 2].min() for p in picks) > extractor.threshold_
    later = fitted(scene).set_params(threshold=rule)
    assert later.find_threshold() == extractor.threshold_


def test_a_number_is_log_odds(scene):
    extractor = fitted(scene)
    even = extractor.set_params(threshold=0).predict(scene[2])
    same = extractor.set_params(threshold="probability:0.5").predict(scene[2])
    every = extractor.set_params(threshold=None).predict(scene[2])
    for zero, half, peaks in zip(even, same, every, strict=True):
        np.testing.assert_array_equal(zero, half)
        np.testing.assert_array_equal(zero, peaks[peaks[:, 2] > 0])
    assert extractor.find_threshold("probability:0.9") == pytest.approx(logit(0.9))


def test_a_recall_or_a_rate_out_of_reach_is_told(scene):
    extractor = fitted(scene)
    extractor.calibration_.share_found = 0.9
    with pytest.warns(
        UserWarning, match=r"recall:0\.95' is out of reach: .* hold 0\.9"
    ):
        assert extractor.find_threshold("recall:0.95") == -np.inf
    with pytest.raises(ValueError, match="even the highest peak is wrong with a prob"):
        extractor.find_threshold("fdr:0")


def test_the_expected_quality_of_training_and_of_new_maps(scene):
    extractor = fitted(scene, threshold="recall:0.8")
    trained = extractor.expected_quality()
    assert trained.threshold == extractor.threshold_
    assert trained.recall == pytest.approx(0.8, abs=0.01)
    low, high = trained.precision_interval
    assert low < trained.precision < high
    _, _, new, truth = scene
    peaks = extractor.peaks(new)
    quality = extractor.expected_quality(0.0, peaks)
    hit = np.concatenate(
        [match_coordinates(t, p, RADIUS)[0] for t, p in zip(truth, peaks, strict=True)]
    )
    scores = np.concatenate(peaks)[:, 2]
    low, high = quality.precision_interval
    assert low < hit[scores > 0].mean() < high
    assert quality.n_picks == (scores > 0).sum()


def test_raw_scores_are_no_probabilities(scene):
    extractor = PeakExtractor(RADIUS).fit(list(scene[0]), scene[1])
    assert extractor.calibration_ is None
    message = "needs calibrated scores, and these are raw"
    with pytest.raises(ValueError, match=message):
        extractor.expected_quality()
    with pytest.raises(ValueError, match=f"threshold='probability:0.5' {message}"):
        extractor.find_threshold("probability:0.5")


def test_a_part_of_the_training_maps_brings_no_held_out_maps(scene):
    part = scene[0][:4]
    assert PeakExtractor(RADIUS).fit(part, scene[1][:4]).calibration_ is None


def test_maps_without_labels_are_not_calibrated(scene):
    assert PeakExtractor(RADIUS).fit(scene[0]).calibration_ is None


def test_maps_without_peaks_are_not_calibrated_and_that_is_told(scene):
    training, labels, *_ = scene
    flat = [Micrograph(np.zeros((30, 40))) for _ in range(N_MAPS)]
    held_out = training.held_out._replace(maps=flat)
    without = TrainingMaps(identity, training.rows, held_out=held_out)
    with pytest.warns(UserWarning, match="not calibrated.* held-out .* have 0"):
        extractor = PeakExtractor(RADIUS).fit(without, labels)
    assert extractor.calibration_ is None
    without = TrainingMaps(identity, flat, held_out=training.held_out)
    nothing = [np.empty((0, 2))] * N_MAPS
    with pytest.warns(UserWarning, match="maps of the training have 0 peaks"):
        extractor = PeakExtractor(RADIUS).fit(without, nothing)
    assert extractor.calibration_ is None


def test_it_survives_pickling_and_old_objects_have_no_calibration(scene):
    extractor = fitted(scene)
    again = pickle.loads(pickle.dumps(extractor))
    assert again.calibration_ == extractor.calibration_
    np.testing.assert_array_equal(
        again.predict(scene[2])[0], extractor.predict(scene[2])[0]
    )
    old = PeakExtractor(RADIUS).fit(list(scene[0]), scene[1])
    del old.calibration_, old.n_expected_interval_
    assert len(old.predict(scene[2])[0])


def test_bands_of_one_micrograph_are_held_out_one_by_one(scene):
    """Each half of a map is known to one fold, and NaN in the map of the other."""
    training, labels, *_ = scene
    halves, numbers, folds = [], [], []
    for row, scores in enumerate(training.rows):
        for fold, rows in enumerate((slice(0, 95), slice(95, None))):
            half = np.full(scores.shape, np.nan)
            half[rows] = (fold + 2) * np.asarray(scores)[rows]
            halves.append(Micrograph(half, mask=np.isnan(half)))
            numbers.append(row)
            folds.append(fold)
    held_out = training.held_out._replace(
        maps=halves,
        numbers=numbers,
        folds=folds,
        counts=[True] * len(halves),
        labels=[labels[row] for row in numbers],
    )
    maps = TrainingMaps(identity, training.rows, held_out=held_out)
    extractor = PeakExtractor(RADIUS).fit(maps, labels)
    assert extractor.n_expected_ == pytest.approx(N_MAPS * N_PARTICLES, rel=0.15)


@pytest.mark.parametrize("changed", [{"radius": 9}, {"smoothing": 1.0}])
def test_log_odds_of_other_peaks_are_refused(scene, changed):
    extractor = fitted(scene).set_params(**changed)
    (name,) = changed
    for pick in (extractor.predict, extractor.peaks):
        with pytest.raises(ValueError, match=f"learnt from the peaks .* {name}="):
            pick(scene[2])
    assert 0 < extractor.score(scene[2], scene[3]) <= 1  # ranks need no log-odds
    extractor.set_params(radius=RADIUS, smoothing=0.0, margin=20)
    assert len(extractor.predict(scene[2])) == len(scene[2])
    raw = PeakExtractor(RADIUS).fit(list(scene[0]), scene[1])
    assert len(raw.set_params(**changed).predict(scene[2])) == len(scene[2])
