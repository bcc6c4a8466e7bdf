import numpy as np
import pytest
import torch

from pusklearn import PUClassifier
from pusklearn.datasets import make_micrographs
from pusklearn.modules import MLP
from pusklearn.pu.network._sample_weights import weighted_counts


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 3)).astype(np.float32)
    y = (np.arange(200) < 40).astype(int)
    X[:80] += 1.5
    return X, y


def new_classifier(**kwargs):
    settings = {"prior": 0.4, "max_epochs": 2, "steps_per_epoch": 20, "batch_size": 32}
    return PUClassifier(MLP((8,)), **settings | kwargs, random_state=0)


def test_samples_of_weight_0_are_as_if_they_were_not_there(data):
    X, y = data
    weight = np.ones(200)
    weight[::3] = 0
    weighted = new_classifier().fit(X, y, sample_weight=weight)
    without = new_classifier().fit(X[weight > 0], y[weight > 0])
    np.testing.assert_array_equal(
        weighted.decision_function(X), without.decision_function(X)
    )
    assert weighted.label_frequency_ == without.label_frequency_


@pytest.mark.parametrize("weight", [1.0, 0.2])
def test_equal_weights_change_no_bit(data, weight):
    X, y = data
    weighted = new_classifier().fit(X, y, sample_weight=np.full(200, weight))
    np.testing.assert_array_equal(
        weighted.decision_function(X), new_classifier().fit(X, y).decision_function(X)
    )


def test_priors_count_weights(data):
    X, y = data
    weight = np.where(y == 1, 3.0, 1.0)
    fitted = new_classifier(prior=None).fit(X, y, sample_weight=weight)
    assert fitted.prior_ == pytest.approx(120 / 280)


def test_heavy_samples_are_learnt_first(data):
    """Two groups of positives are told apart by their weights alone."""
    X, y = data
    X[:20, 2] += 4
    X[20:40, 2] -= 4
    scores = []
    for heavy in (slice(0, 20), slice(20, 40)):
        weight = np.ones(200)
        weight[heavy] = 30
        classifier = new_classifier(steps_per_epoch=60, scheme="case-control")
        fitted = classifier.fit(X, y, sample_weight=weight)
        scores.append(fitted.decision_function([[1.5, 1.5, 4], [1.5, 1.5, -4]]))
    assert scores[0][0] - scores[0][1] > 1 + scores[1][0] - scores[1][1]


def test_held_out_samples_keep_their_weights(data):
    X, y = data
    weight = np.random.default_rng(1).uniform(0.5, 2, 200)
    fitted = new_classifier(validation_fraction=0.2).fit(X, y, sample_weight=weight)
    assert np.isfinite(fitted.net_.history[:, "valid_loss"]).all()


def criterion_without_weights(logits, is_positive, priors):
    return torch.nn.functional.softplus(
        torch.where(is_positive, -logits, logits)
    ).mean()


def test_weights_that_cannot_be_taken_are_refused(data):
    X, y = data
    uneven = np.linspace(1, 2, 200)
    plain = new_classifier(criterion=criterion_without_weights)
    with pytest.raises(TypeError, match="`sample_weight` needs a criterion"):
        plain.fit(X, y, sample_weight=uneven)
    plain.fit(X, y, sample_weight=np.ones(200))
    with pytest.raises(ValueError, match="takes no `sample_weight`"):
        new_classifier(prior="estimate").fit(X, y, sample_weight=uneven)
    with pytest.raises(ValueError, match="0 for a whole class"):
        new_classifier().fit(X, y, sample_weight=y)
    hidden = np.ma.masked_array(uneven, uneven > 1.5)
    with pytest.raises(ValueError, match=r"`sample_weight` may .* 100 of 200 values"):
        new_classifier().fit(X, y, sample_weight=hidden)
    with pytest.raises(ValueError, match=r"at least 0.*Got -2 for sample 199"):
        new_classifier().fit(X, y, sample_weight=-uneven)
    with pytest.raises(ValueError, match="shape"):
        new_classifier().fit(X, y, sample_weight=uneven[:5])


def test_regions_take_no_weights():
    from pusklearn import TiledRegions

    micrographs, coordinates = make_micrographs(1, size=64, random_state=0)
    regions = TiledRegions(micrographs, 31)
    labels = regions.labels(coordinates, 2)
    with pytest.raises(ValueError, match="a mask of the micrographs"):
        PUClassifier().fit(regions, labels, sample_weight=np.ones(len(regions)))


def test_counts_are_whole_numbers_without_weights():
    assert weighted_counts(np.array([1, 2]), 5, None) == (2, 5, 0)
    assert weighted_counts(np.array([1]), 3, np.array([0.5, 2.0, 0.5])) == (
        2.0,
        3.0,
        0.0,
    )


def test_a_batch_of_one_positive_takes_no_weights_that_differ():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 2)), np.arange(60) < 10
    weight = np.where(np.arange(60) < 5, 2.0, 0.5)
    classifier = PUClassifier(MLP(()), prior=0.5, batch_size=16)
    with pytest.raises(ValueError, match="a batch holds one of them"):
        classifier.fit(X, y, sample_weight=weight)
    quick = {"max_epochs": 1, "steps_per_epoch": 2}
    classifier.set_params(**quick).fit(X, y, sample_weight=np.where(y, 1.0, weight))
    classifier.set_params(batch_size=32).fit(X, y, sample_weight=weight)


class OwnModule(torch.nn.Module):
    """A criterion that is a module of torch, and takes no weights."""

    def forward(self, logits, is_positive, priors):
        return (logits - is_positive.float()).square().mean()


class WeightedModule(OwnModule):
    """The same with weights."""

    def forward(self, logits, is_positive, priors, sample_weight=None):
        return (sample_weight * (logits - is_positive.float()).square()).mean()


def test_a_module_of_torch_takes_weights_if_its_forward_does(data):
    X, y = data
    weight = np.linspace(1, 2, 200)
    with pytest.raises(TypeError, match="`sample_weight` needs a criterion with an"):
        new_classifier(criterion=OwnModule()).fit(X, y, sample_weight=weight)
    new_classifier(criterion=WeightedModule()).fit(X, y, sample_weight=weight)
