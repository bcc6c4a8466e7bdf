from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pusklearn import (
    Micrograph,
    PeakExtractor,
    ReferencePicker,
    general_picker,
    make_picker,
)
from pusklearn.micrographs.report._describe_picker import describe_picker


@pytest.fixture
def extractor():
    scores = np.zeros((20, 30))
    scores[10, 12], scores[10, 25] = 3.0, 2.0
    return PeakExtractor(4, match_radius=15, threshold=2.5).fit([scores], [[[12, 10]]])


def test_a_fitted_extractor_tells_all(extractor):
    about = describe_picker(make_pipeline(extractor))
    assert about.diameter == 40
    assert about.threshold == 2.5
    assert about.rule == "2.5"
    assert about.parameters["labelled particles of the training"] == "1"
    assert about.parameters["micrographs of the training"] == "1"
    assert about.versions["numpy"] == np.__version__
    assert not about.calibrated
    assert about.quality is None


@pytest.mark.parametrize("diameter", [45, 45.7, "180A", "97.3A"])
def test_the_diameter_is_that_of_the_picker(diameter):
    picker = make_picker(diameter)
    picker["extract"].fit([Micrograph(np.zeros((9, 9)), pixel_size=2.0)])
    assert describe_picker(picker).diameter == diameter
    assert describe_picker(picker, diameter="90A").diameter == "90A"


def test_every_peak_is_no_threshold(extractor):
    about = describe_picker(extractor.set_params(threshold=None))
    assert about.threshold is None
    assert about.rule == "none: every peak is a pick"
    assert describe_picker(extractor, threshold=-1.0).threshold == -1.0


def test_a_calibrated_extractor_gives_intervals(extractor):
    extractor.calibration_ = SimpleNamespace(share_found=0.9)
    extractor.expected_quality = dict
    extractor.n_expected_ = 20.4
    said = describe_picker(extractor).parameters
    assert said["particles expected on the micrographs of the training"] == "20"
    extractor.n_expected_interval_ = (15.2, 27.9)
    about = describe_picker(extractor)
    assert about.calibrated
    assert about.share_found == 0.9
    assert about.quality is dict
    said = about.parameters["particles expected on the micrographs of the training"]
    assert said == "20 (90 % interval 15 to 28)"


def test_the_count_of_an_untrained_picker_chooses_later():
    picker = general_picker(24, particles_per_micrograph=40, threshold="prior")
    about = describe_picker(picker)
    assert about.threshold is None
    assert about.per_micrograph == 40


def test_a_reference_picker_tells_its_diameter():
    assert describe_picker(ReferencePicker(30)).diameter == 30


def test_a_diameter_that_nobody_tells_is_an_error(extractor):
    with pytest.raises(ValueError, match="match_radius"):
        describe_picker(extractor.set_params(match_radius=None))
    with pytest.raises(ValueError, match="Give `diameter`"):
        describe_picker(make_pipeline(StandardScaler()))
