import numpy as np
import pytest
from sklearn.utils.validation import check_is_fitted

from pusklearn import Micrograph, PeakExtractor
from pusklearn.micrographs.images._lazy_rows import LazyRows
from pusklearn.micrographs.peaks._pick_calibration import PickCalibration
from pusklearn.micrographs.peaks._without_training import fit_without_maps


@pytest.fixture
def maps():
    rng = np.random.default_rng(0)
    return [Micrograph(rng.normal(size=(40, 50)), name=f"m{i}") for i in range(4)]


def untrained(**parameters):
    return fit_without_maps(PeakExtractor(5, **parameters))


def test_it_has_the_attributes_of_a_fit(maps):
    extractor = untrained()
    check_is_fitted(extractor)
    assert set(vars(extractor)) == set(vars(PeakExtractor(5).fit(maps)))


@pytest.mark.parametrize("threshold", [None, 1.5, -np.inf])
def test_without_a_rule_it_picks_as_one_that_was_trained(maps, threshold):
    ours = untrained(threshold=threshold)
    theirs = PeakExtractor(5, threshold=threshold).fit(maps)
    assert ours.threshold_ == theirs.threshold_ == ours.find_threshold()
    for picks, expected in zip(ours.predict(maps), theirs.predict(maps), strict=True):
        np.testing.assert_array_equal(picks, expected)


def test_prior_keeps_the_best_picks_of_all_maps_that_are_given(maps):
    extractor = untrained(threshold="prior", particles_per_micrograph=6)
    assert np.isnan(extractor.threshold_)
    peaks = PeakExtractor(5).fit(maps).predict(maps)
    for part in (maps, maps[:2], maps[3:]):
        every = np.concatenate(peaks[[int(m.name[1]) for m in part]])[:, 2]
        best = np.sort(every)[-6 * len(part) :]
        picks = extractor.predict(part)
        found = np.concatenate(picks)[:, 2]
        np.testing.assert_array_equal(np.sort(found), best)
        # It is the rule of a fit on the same maps.
        trained = PeakExtractor(5, threshold="prior", particles_per_micrograph=6)
        for ours, theirs in zip(picks, trained.fit_transform(part), strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_prior_looks_at_maps_that_do_not_stay_in_memory(maps):
    extractor = untrained(threshold="prior", particles_per_micrograph=6)
    expected = extractor.predict(maps)
    computed = []

    def show(one):
        computed.append(one.name)
        return one

    picks = extractor.predict(LazyRows(show, maps))
    for ours, theirs in zip(picks, expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert sorted(computed) == ["m0", "m1", "m2", "m3"]


def test_prior_does_not_count_maps_that_are_not_there(maps):
    extractor = untrained(threshold="prior", particles_per_micrograph=6)
    gone = Micrograph(np.full((40, 50), np.nan))
    picks = extractor.predict([*maps, gone])
    assert sum(map(len, picks)) == 24
    assert len(picks[4]) == 0
    assert extractor.predict([gone])[0].shape == (0, 3)


def test_prior_warns_of_too_few_peaks(maps):
    extractor = untrained(threshold="prior", particles_per_micrograph=1000)
    with pytest.warns(UserWarning, match="should keep 4000 picks"):
        picks = extractor.predict(maps)
    np.testing.assert_array_equal(picks[0], extractor.peaks(maps)[0])


@pytest.mark.parametrize("threshold", ["recall:0.9", "fdr:0.1"])
def test_rules_that_need_labels_say_so(maps, threshold):
    message = f"threshold='{threshold}' needs labelled particles.* Fit it first"
    with pytest.raises(ValueError, match=message):
        untrained(threshold=threshold, particles_per_micrograph=6)
    extractor = untrained(particles_per_micrograph=6)
    with pytest.raises(ValueError, match=message):
        extractor.find_threshold(threshold)
    extractor.set_params(threshold=threshold)
    with pytest.raises(ValueError, match=message):
        extractor.predict(maps)


def test_prior_is_not_known_before_there_are_maps():
    extractor = untrained(threshold="prior", particles_per_micrograph=6)
    with pytest.raises(ValueError, match="chosen from the micrographs that are picked"):
        extractor.find_threshold()


def test_prior_needs_the_number_of_particles(maps):
    with pytest.raises(ValueError, match=r"needs `particles_per_micrograph`\. Got"):
        untrained(threshold="prior")
    extractor = untrained().set_params(threshold="prior")
    with pytest.raises(ValueError, match=r"needs `particles_per_micrograph`\. Got"):
        extractor.predict(maps)
    extractor.set_params(particles_per_micrograph=6)
    assert sum(map(len, extractor.predict(maps))) == 24


def test_another_radius_may_be_set_later(maps):
    extractor = untrained(threshold="prior", particles_per_micrograph=6)
    extractor.set_params(radius=12)
    expected = PeakExtractor(12, threshold="prior", particles_per_micrograph=6)
    for ours, theirs in zip(
        extractor.predict(maps), expected.fit_transform(maps), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)


def test_a_fit_takes_its_place(maps):
    extractor = untrained(threshold="prior", particles_per_micrograph=6)
    extractor.fit(maps)
    assert np.isfinite(extractor.threshold_)
    assert extractor.find_threshold() == extractor.threshold_


def test_scores_become_log_odds_if_a_calibration_is_given(maps):
    raw, calibration = untrained(), PickCalibration([-1.0, 2.0], [-4.0, 5.0])
    extractor = fit_without_maps(PeakExtractor(5), calibration)
    assert (raw.calibration_, extractor.calibration_) == (None, calibration)
    for ours, theirs in zip(extractor.predict(maps), raw.predict(maps), strict=True):
        np.testing.assert_array_equal(ours[:, :2], theirs[:, :2])
        np.testing.assert_allclose(ours[:, 2], 3 * theirs[:, 2] - 1)


def test_prior_keeps_the_same_picks_if_scores_are_log_odds(maps):
    calibration = PickCalibration([-1.0, 2.0], [-4.0, 5.0])
    given = {"threshold": "prior", "particles_per_micrograph": 6}
    extractor = fit_without_maps(PeakExtractor(5, **given), calibration)
    for ours, theirs in zip(
        extractor.predict(maps), untrained(**given).predict(maps), strict=True
    ):
        np.testing.assert_array_equal(ours[:, :2], theirs[:, :2])


def test_a_probability_is_a_threshold_if_scores_are_log_odds(maps):
    calibration = PickCalibration([-1.0, 2.0], [-4.0, 5.0])
    extractor = fit_without_maps(
        PeakExtractor(5, threshold="probability:0.9"), calibration
    )
    assert extractor.threshold_ == pytest.approx(np.log(9))
    assert min(one[:, 2].min() for one in extractor.predict(maps)) > np.log(9)
    with pytest.raises(ValueError, match="probability"):
        untrained(threshold="probability:0.9")
