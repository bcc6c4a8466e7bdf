import numpy as np
import pytest
from sklearn.utils.validation import check_is_fitted

from pusklearn import PUClassifier, RegionScorer
from pusklearn.datasets import make_micrographs
from pusklearn.micrographs.regions._without_training import fit_with_classifier
from pusklearn.modules import ConvNet


@pytest.fixture(scope="module")
def trained():
    micrographs, coordinates = make_micrographs(1, size=128, random_state=0)
    classifier = PUClassifier(
        ConvNet(31, units=2), max_epochs=1, steps_per_epoch=3, random_state=0
    )
    scorer = RegionScorer(classifier, particles_per_micrograph=12)
    return scorer.fit(micrographs, coordinates), micrographs


def test_it_gives_the_maps_of_its_classifier(trained):
    scorer, micrographs = trained
    other = RegionScorer(PUClassifier())
    assert fit_with_classifier(other, scorer.classifier_) is other
    check_is_fitted(other)
    np.testing.assert_array_equal(
        other.transform(micrographs)[0], scorer.transform(micrographs)[0]
    )


def test_it_has_the_attributes_of_a_fit(trained):
    scorer, _ = trained
    other = RegionScorer(PUClassifier(), particles_per_micrograph=7, label_radius="6A")
    fit_with_classifier(other, scorer.classifier_)
    assert set(vars(other)) == set(vars(scorer))
    assert other.region_size_ == scorer.region_size_ == 31
    assert other.particles_per_micrograph_ == 7
    assert other.label_radius_ == "6A"
    assert other.pixel_sizes_ is other.contrast_ is other.prior_ is None
