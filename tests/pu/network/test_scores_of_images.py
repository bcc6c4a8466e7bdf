import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.metrics import roc_auc_score

from pusklearn import PUClassifier
from pusklearn.datasets import make_pu
from pusklearn.modules import MLP
from pusklearn.pu._samples import as_samples
from pusklearn.pu.network import _scores_of_images
from pusklearn.pu.network._scores_of_images import scores_of_images
from pusklearn.pu.priors._estimate_prior import estimate_from_repeats


@pytest.fixture(scope="module")
def digits():
    images, digit = load_digits().images[:900], load_digits().target[:900]
    return make_pu(np.float32(images / 16), digit % 2 == 0, n_labeled=90)


def classifier_of(**params):
    return PUClassifier(MLP((40,)), prior="estimate", random_state=0, **params)


def test_unseen_positives_are_ranked_above_negatives(digits):
    X, y_pu, y = digits
    scores = scores_of_images(
        classifier_of(), as_samples(X), y_pu == 1, np.random.RandomState(0)
    )
    assert scores.shape == (1, len(X))
    unlabeled = y_pu == 0
    assert roc_auc_score(y[unlabeled], scores[0, unlabeled]) > 0.85


def test_the_prior_of_images_is_the_estimate_from_these_scores(digits):
    X, y_pu, y = digits
    classifier = classifier_of(max_epochs=1, steps_per_epoch=20).fit(X, y_pu)
    scores = scores_of_images(
        classifier, as_samples(X), y_pu == 1, np.random.RandomState(0)
    )
    share, _ = estimate_from_repeats(scores[:, y_pu == 1], scores[:, y_pu == 0])
    assert classifier.unlabeled_prior_ == pytest.approx(share)
    assert classifier.prior_ == pytest.approx(y.mean(), abs=0.2)


@pytest.mark.parametrize(
    ("given", "n_labeled", "expected"), [(None, 90, 60), (None, 700, 70), (7, 90, 7)]
)
def test_each_network_takes_60_updates_or_an_epoch_of_more(
    monkeypatch, digits, given, n_labeled, expected
):
    made = []

    def make(classifier, seed):
        one = PUClassifier(MLP((2,)), max_epochs=1, batch_size=8, random_state=seed)
        made.append(one)
        return one

    monkeypatch.setattr(_scores_of_images, "make_nontraditional_classifier", make)
    X = digits[0]
    is_positive = np.arange(len(X)) < n_labeled
    scores_of_images(
        classifier_of(steps_per_epoch=given),
        as_samples(X),
        is_positive,
        np.random.RandomState(0),
    )
    assert [one.steps_per_epoch for one in made] == [expected] * 9
    assert len({one.random_state for one in made}) == 9
