import numpy as np
import pytest

from pusklearn import PeakExtractor
from pusklearn.micrographs.peaks._peak_settings import check_same_peaks, peak_settings


def test_no_match_radius_is_the_radius():
    assert peak_settings(PeakExtractor(7))["match_radius"] == 7
    assert peak_settings(PeakExtractor(7, match_radius="9A"))["match_radius"] == "9A"


@pytest.mark.parametrize("rule", ["prior", "recall:0.5", "fdr:0.5"])
def test_what_peaks_do_not_depend_on_may_change(rule):
    extractor = PeakExtractor(7).fit([np.eye(9)])
    extractor.set_params(margin=3, verbose=1, on_error="warn", radius="7px")
    check_same_peaks(extractor, rule)


def test_the_message_names_both_values_and_the_way_out():
    extractor = PeakExtractor(7).fit([np.eye(9)]).set_params(radius="8A")
    message = (
        r"threshold='prior' is chosen from the peaks that `fit` found with radius=7, "
        r"and `radius` was set to '8A' after it\. Fit the PeakExtractor again, or give "
        r"a number as `threshold`\."
    )
    with pytest.raises(ValueError, match=message):
        check_same_peaks(extractor, "prior")


def test_a_radius_that_stands_for_the_match_radius_is_compared_too():
    extractor = PeakExtractor(7).fit([np.eye(9)]).set_params(match_radius=8)
    check_same_peaks(extractor, "prior")
    with pytest.raises(ValueError, match=r"match_radius=7, and `match_radius` was set"):
        check_same_peaks(extractor, "fdr:0.5")


def test_a_fit_of_an_earlier_version_has_its_own_threshold_alone():
    maps = [np.eye(9)]
    extractor = PeakExtractor(2, particles_per_micrograph=1, threshold="prior")
    threshold = extractor.fit(maps).threshold_
    for name in ("peak_settings_", "peak_scores_", "match_scores_", "n_expected_"):
        delattr(extractor, name)
    assert extractor.find_threshold() == threshold
    assert (extractor.predict(maps)[0][:, 2] > threshold).all()
    assert extractor.set_params(threshold=0.5).find_threshold() == 0.5
    with pytest.raises(ValueError, match="An earlier version of pusklearn"):
        extractor.find_threshold("recall:0.5")
