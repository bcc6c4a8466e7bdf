from xml.etree import ElementTree

import numpy as np
import pytest
from sklearn.utils import Bunch

from pusklearn import PeakExtractor, general_picker
from pusklearn.micrographs.summaries._picker_summary import picker_summary


def texts(extractor, tag="p"):
    html = picker_summary(extractor)
    return [element.text for element in ElementTree.fromstring(html).iter(tag)]


def fitted(n_labels=3, **parameters):
    scores = np.zeros((20, 60))
    scores[10, 12::12] = 4, 3, 2, 1
    labels = [[[12, 10], [24, 9], [50, 2]][:n_labels]] if n_labels else None
    return PeakExtractor(radius=4, **parameters).fit([scores], labels)


class Calibrated(PeakExtractor):
    """An extractor that promises what a test says."""

    def expected_quality(self, rule=None, picks=None):
        if rule not in self.calibration_:
            raise ValueError("out of reach")
        return self.calibration_[rule]


def quality(threshold, precision_interval, recall_interval):
    return Bunch(
        threshold=threshold,
        n_picks=1234,
        precision=0.91,
        precision_interval=precision_interval,
        recall=0.876,
        recall_interval=recall_interval,
    )


def test_picker_without_calibration():
    extractor = fitted(threshold="recall:0.5")
    assert texts(extractor) == [
        "Fitted picker",
        "It has learnt from 1 micrograph with 3 labelled particles.",
        "How many particles to expect is not known; `particles_per_micrograph` tells "
        "it.",
        "Scores rank the picks, but they are no probabilities.",
        "The threshold is recall:0.5: picks have a score above 3.00.",
    ]
    assert texts(extractor, "td") == []


@pytest.mark.parametrize(
    ("then", "now", "text"),
    [
        (None, None, "Every peak is a pick."),
        (1.5, 1.5, "The threshold is 1.5."),
        (None, 2, "The threshold is 2."),
        (None, "recall:0.5", "The threshold is recall:0.5."),
    ],
)
def test_threshold_in_use(then, now, text):
    extractor = fitted(threshold=then).set_params(threshold=now)
    assert texts(extractor)[-1] == text


@pytest.mark.parametrize("given", [40, np.float32(40)])
def test_number_of_particles_that_was_given(given):
    extractor = fitted(None, particles_per_micrograph=given)
    assert texts(extractor)[1:3] == [
        "It has learnt from 1 micrograph.",
        "40 particles per micrograph are expected, the number that was given.",
    ]


def test_general_picker_has_seen_no_labels():
    extractor = general_picker(24, threshold="prior", particles_per_micrograph=9)[-1]
    assert texts(extractor)[1:3] == [
        "It has learnt from simulated micrographs alone, and needs no labels.",
        "9 particles per micrograph are expected, the number that was given.",
    ]
    assert texts(extractor)[-1] == "The threshold is prior."


def test_general_picker_learns_the_number_from_what_it_picks():
    assert texts(general_picker(24)[-1])[2] == (
        "How many particles to expect follows from the micrographs: it is the sum of "
        "the probabilities of all peaks."
    )


def test_estimated_number_has_its_interval():
    extractor = fitted()
    extractor.n_expected_, extractor.n_micrographs_ = 4321.2, 10
    text = "About 4,321 particles are expected on these micrographs"
    assert texts(extractor)[2] == f"{text}, 432 on each in the mean."
    extractor.n_expected_interval_ = (3999.7, 5000)
    assert texts(extractor)[2] == (
        f"{text} (90 % interval 4,000 to 5,000), 432 on each in the mean."
    )


def test_calibrated_picker_has_a_table_of_thresholds():
    extractor = fitted(2, threshold="recall:0.9")
    extractor.__class__ = Calibrated
    extractor.calibration_ = {
        "recall:0.9": quality(-0.5, (0.8, 0.951), (0.7, 1)),
        "probability:0.5": quality(0.0, None, None),
    }
    assert texts(extractor)[3] == (
        "The score of a pick is the log-odds that it is a particle: 0 is an even "
        "chance."
    )
    row = ["-0.50", "1,234", "0.91 (0.80 to 0.95)", "0.88 (0.70 to 1.00)"]
    assert texts(extractor, "td") == [
        *("recall:0.9 (in use)", *row),
        *("probability:0.5", "0.00", "1,234", "0.91", "0.88"),
    ]
    extractor.calibration_ = {1.5: quality(1.5, None, None)}
    extractor.threshold = 1.5
    assert texts(extractor, "td")[0] == "1.5 (in use)"
    extractor.threshold = None
    assert texts(extractor, "td") == []
    nothing = quality(9.0, None, (0, 0))
    nothing.precision = np.nan
    extractor.calibration_ = {None: nothing}
    assert texts(extractor, "td")[3:] == ["\u2013", "0.88 (0.00 to 0.00)"]
    extractor.calibration_ = {None: quality(-np.inf, None, None)}
    assert texts(extractor, "td")[:2] == ["every peak (in use)", "any"]


def test_labels_that_were_chosen_are_named():
    extractor = fitted()
    before = texts(extractor)
    extractor.labels_at_random_ = {"pvalues": {"low x": 0.2, "high score": 0.011}}
    assert texts(extractor) == before
    extractor.labels_at_random_ = {"pvalues": {"low x": 0.2, "high score": 0.009}}
    assert texts(extractor)[-1].startswith("The labels prefer particles of high score")
    del extractor.labels_at_random_
    assert texts(extractor) == before
