from types import SimpleNamespace

import numpy as np
import pytest

from pusklearn import PeakExtractor
from pusklearn.commands import _expected_quality as quality
from pusklearn.commands._pick_journal import Entry

KNOWN = {
    "n_picks": 200,
    "precision": 0.8,
    "precision_interval": (0.7, 0.9),
    "recall": 0.64,
    "recall_interval": (0.5, 0.75),
    "n_particles": 250.0,
    "n_particles_interval": (220.0, 290.0),
}


def picker_of(extractor):
    return SimpleNamespace(named_steps={"extract": extractor})


def test_what_scores_mean_is_told():
    extractor = PeakExtractor()
    assert "earlier version" in quality.meaning_of_scores(picker_of(extractor))
    extractor.calibration_ = None
    assert "--no-calibration" in quality.meaning_of_scores(picker_of(extractor))
    assert not quality.is_calibrated(picker_of(extractor))
    extractor.calibration_ = "any"
    assert "log-odds" in quality.meaning_of_scores(picker_of(extractor))
    assert quality.is_calibrated(picker_of(extractor))


def test_a_picker_that_is_not_calibrated_promises_nothing():
    extractor = PeakExtractor()
    assert quality.promises(picker_of(extractor)) == []
    entries = [Entry("a", [], "a")]
    assert quality.quality_of(picker_of(extractor), 0.0, entries) is None
    assert list(quality.describe_quality(None)) == [quality.NO_PROBABILITIES]


def test_nothing_is_expected_of_a_run_whose_other_peaks_are_lost():
    extractor = PeakExtractor()
    extractor.calibration_ = "any"
    entries = [Entry("a", [], "a", threshold=0.0)]
    assert quality.quality_of(picker_of(extractor), 0.0, entries) is None


def test_words_hold_the_numbers():
    first, second = quality.describe_quality(KNOWN)
    words = "Expected precision 0.80 (0.70 to 0.90): about 160 of these picks are"
    assert first == f"{words} particles."
    assert second == (
        "Expected recall 0.64 (0.50 to 0.75), of 250 (220 to 290) particles in these "
        "micrographs."
    )


def test_without_a_pick_there_is_no_precision():
    (line,) = quality.describe_quality(KNOWN | {"n_picks": 0, "precision": np.nan})
    assert line.startswith("Expected recall")


def test_a_table_has_a_row_for_each_rule():
    rows = [
        {"rule": "prior", "threshold": -0.314} | KNOWN,
        {"rule": None, "threshold": -np.inf} | KNOWN,
        {"rule": "fdr:0.1", "error": "out of reach"},
    ]
    assert list(quality.describe_promises(rows)) == [
        "rule       score  precision            recall",
        "prior      -0.31  0.80 (0.70 to 0.90)  0.64 (0.50 to 0.75)",
        "none        none  0.80 (0.70 to 0.90)  0.64 (0.50 to 0.75)",
        "fdr:0.1  out of reach",
    ]


@pytest.mark.parametrize(
    ("own", "rules"),
    [
        (None, list(quality.USUAL_RULES)),
        ("fdr:0.1", list(quality.USUAL_RULES)),
        ("recall:0.7", ["recall:0.7", *quality.USUAL_RULES]),
        (1.5, [1.5, *quality.USUAL_RULES]),
    ],
    ids=str,
)
def test_the_threshold_of_the_model_comes_first(own, rules):
    def expected_quality(rule):
        if rule == "fdr:0.1":
            raise ValueError("out of reach")
        return {"threshold": 0.5} | KNOWN

    extractor = SimpleNamespace(
        calibration_="any",
        threshold=own,
        peak_scores_=np.zeros(1),
        expected_quality=expected_quality,
    )
    rows = quality.promises(picker_of(extractor))
    assert [row["rule"] for row in rows] == rules
    assert [row["rule"] for row in rows if "error" in row] == ["fdr:0.1"]
    assert rows[0]["precision_interval"] == (0.7, 0.9)


def test_the_number_of_right_picks_is_the_sum_of_probabilities():
    points = np.array([[1, 2, 0.0], [3, 4, np.log(3)]])
    assert quality.n_right(points) == pytest.approx(0.5 + 0.75)
