import pickle
from fractions import Fraction
from math import exp, log1p

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from skorch.callbacks import Callback, Checkpoint
from tqdm import tqdm

from pusklearn import PUClassifier
from pusklearn.criteria import NNPU, PN, GEBinomial
from pusklearn.modules import MLP, ConvNet
from pusklearn.pu.criteria._registry import CRITERIA

QUICK = {"max_epochs": 2, "steps_per_epoch": 4, "batch_size": 16, "random_state": 0}


def own_criterion(logits, is_positive, priors):
    """A criterion of a user's own."""
    return PN()(logits, is_positive, priors) + 0 * priors.unlabeled


def score_of(digits, criterion, **params):
    """Accuracy, on the other half of the digits, of what is learnt from PU labels."""
    X, y, y_pu = digits
    classifier = PUClassifier(
        MLP((100,)),
        criterion,
        max_epochs=6,
        steps_per_epoch=80,
        random_state=0,
        **params,
    )
    return classifier.fit(X[::2], y_pu[::2]).score(X[1::2], y[1::2])


@pytest.fixture(scope="module")
def ordinary_score(digits):
    return score_of(digits, "pn")


@pytest.mark.parametrize("criterion", ["nnpu", "ge-binomial", "ge-kl"])
def test_it_learns_the_true_classes_from_pu_labels(digits, ordinary_score, criterion):
    score = score_of(digits, criterion, prior=digits[1].mean())
    assert score > 0.88
    assert score > ordinary_score + 0.05


def test_the_wrong_scheme_costs_accuracy(digits):
    right, wrong = (
        score_of(digits, NNPU(), prior=digits[1].mean(), scheme=scheme)
        for scheme in ("single", "case-control")
    )
    assert right > wrong + 0.1


def test_a_prior_not_above_the_labelled_share_names_both(digits):
    X, _, y_pu = digits
    with pytest.raises(ValueError, match=r"`prior` must exceed .* Got 0.2 with"):
        PUClassifier(prior=0.2).fit(X, y_pu)


def test_the_fitted_priors_are_those_of_the_whole_data_set(digits):
    X, _, y_pu = digits
    classifier = PUClassifier(MLP((4,)), prior=0.5, **QUICK).fit(X, y_pu)
    h = y_pu.mean()
    assert classifier.prior_ == 0.5
    assert classifier.unlabeled_prior_ == pytest.approx((0.5 - h) / (1 - h))
    assert classifier.label_frequency_ == pytest.approx(h / 0.5)


def test_convolutions_learn_from_images():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 31, 31)).astype(np.float32)
    y = np.arange(300) % 3 == 0
    X[y, 10:20, 10:20] += 1.0
    classifier = PUClassifier(ConvNet(units=4), max_epochs=1, random_state=0)
    assert classifier.fit(X[::2], y[::2]).score(X[1::2], y[1::2]) > 0.95


@pytest.mark.parametrize(
    "labels", [(0, 1), (-1, 1), (False, True), ("background", "particle"), (1, 2)]
)
@pytest.mark.filterwarnings("ignore:The labels are:UserWarning")
def test_the_greater_of_two_labels_is_the_positives(digits, labels):
    X, _, y_pu = digits
    labels = np.array(labels)
    expected = PUClassifier(MLP((4,)), **QUICK).fit(X, y_pu).decision_function(X)
    classifier = PUClassifier(MLP((4,)), **QUICK).fit(X, labels[y_pu])
    np.testing.assert_array_equal(classifier.classes_, np.sort(labels))
    assert classifier.pos_label_ == labels[1]
    np.testing.assert_array_equal(classifier.decision_function(X), expected)
    np.testing.assert_array_equal(
        classifier.predict(X), labels[(expected > 0).astype(int)]
    )


def test_a_positive_label_that_sorts_first_can_be_named(digits):
    X, _, y_pu = digits
    labels = np.array(["unlabeled", "particle"])
    expected = PUClassifier(MLP((4,)), **QUICK).fit(X, y_pu)
    classifier = PUClassifier(MLP((4,)), pos_label="particle", **QUICK)
    classifier.fit(X, labels[y_pu])
    np.testing.assert_array_equal(classifier.classes_, ["particle", "unlabeled"])
    np.testing.assert_array_equal(
        classifier.decision_function(X), -expected.decision_function(X)
    )
    np.testing.assert_allclose(
        classifier.predict_proba(X), expected.predict_proba(X)[:, ::-1], rtol=1e-15
    )
    np.testing.assert_array_equal(
        classifier.predict_log_proba(X), expected.predict_log_proba(X)[:, ::-1]
    )
    np.testing.assert_array_equal(classifier.predict(X), labels[expected.predict(X)])


@pytest.mark.parametrize("ndim", [2, 3, 4])
def test_it_clones_pickles_and_searches_on_any_dimension(images, ndim):
    X, y = images(ndim)
    module = MLP((4,)) if ndim == 2 else ConvNet(units=2)
    classifier = PUClassifier(module, GEBinomial(), prior=0.6, **QUICK)
    assert clone(classifier).get_params().keys() == classifier.get_params().keys()
    classifier.fit(X, y)
    restored = pickle.loads(pickle.dumps(classifier))
    np.testing.assert_array_equal(
        restored.predict_proba(X), classifier.predict_proba(X)
    )
    assert classifier.predict_proba(X).shape == (80, 2)
    units = {"module__hidden": [(3,)]} if ndim == 2 else {"module__units": [3]}
    search = GridSearchCV(
        PUClassifier(module, **QUICK),
        [
            {"criterion": [PN(), "nnpu"], "prior": [0.6, 0.7]},
            {"criterion__slack": [0.1, 1.0], "prior": [0.6]},
            units,
        ],
        cv=2,
        error_score="raise",
    ).fit(X, y)
    assert len(search.cv_results_["params"]) == 7
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


def test_a_grid_reaches_inside_a_criterion_given_by_name():
    classifier = PUClassifier(criterion="ge-binomial")
    classifier.set_params(criterion__slack=0.7)
    assert classifier.criterion.slack == 0.7
    classifier.set_params(criterion="ge-kl", criterion__slack=3)
    assert classifier.get_params()["criterion__slack"] == 3


@pytest.mark.parametrize("name", sorted(CRITERIA))
def test_the_parameters_inside_a_named_criterion_are_listed(name):
    classifier = PUClassifier(criterion=name)
    inside = {
        key.removeprefix("criterion__"): value
        for key, value in classifier.get_params().items()
        if key.startswith("criterion__")
    }
    assert inside == CRITERIA[name]().get_params()
    assert set(classifier.get_params(deep=False)) == set(
        PUClassifier().get_params(deep=False)
    )
    for key, value in inside.items():
        # What is listed can be set, and the same value leaves the name.
        assert classifier.set_params(**{f"criterion__{key}": value}) is classifier
        assert classifier.criterion == name
    for key in inside:
        changed = clone(classifier).set_params(**{f"criterion__{key}": 0.123})
        assert changed.criterion.get_params() == {**inside, key: 0.123}
        assert changed.get_params()[f"criterion__{key}"] == 0.123


@pytest.mark.parametrize("criterion", ["ge-kl", GEBinomial(slack=0.5), own_criterion])
def test_setting_what_is_got_changes_nothing(criterion):
    classifier = PUClassifier(MLP((4,)), criterion, prior=0.5)
    before = classifier.get_params()
    assert repr(classifier.set_params(**before)) == repr(
        PUClassifier(
            **{name: value for name, value in before.items() if "__" not in name}
        )
    )
    assert classifier.get_params() == before
    assert repr(clone(classifier)) == repr(classifier)
    assert classifier._repr_html_()


def test_what_no_named_criterion_has_is_refused():
    with pytest.raises(ValueError, match=r"Invalid parameter 'beta' for .*GEKL"):
        PUClassifier(criterion="ge-kl").set_params(criterion__beta=1)
    with pytest.raises(ValueError, match=r"`criterion` must be .* Got 'hinge'"):
        PUClassifier(criterion="hinge").set_params(criterion__slack=1)
    assert not any("__" in key for key in PUClassifier(criterion="hinge").get_params())


def test_a_grid_does_not_reach_inside_a_network_that_is_not_chosen_yet():
    with pytest.raises(ValueError, match=r"give `module` .* Got 'auto'"):
        PUClassifier().set_params(module__units=8)
    classifier = PUClassifier().set_params(module=ConvNet(), module__units=8)
    assert classifier.module.units == 8


def test_it_stands_in_a_pipeline(images):
    X, y = images(2)
    pipeline = make_pipeline(StandardScaler(), PUClassifier(MLP((4,)), **QUICK))
    assert len(cross_val_score(pipeline, X, y, cv=2)) == 2


@pytest.mark.parametrize("shape", [(64,), (8, 8), (1, 8, 8)])
def test_module_auto_follows_the_samples(images, shape):
    X, y = images(len(shape) + 1)
    classifier = PUClassifier(**QUICK).fit(X, y)
    assert type(classifier.module_) is (MLP if len(shape) == 1 else ConvNet)


class OwnNetwork(torch.nn.Module):
    """A network of a user's own."""

    def __init__(self, outputs=1):
        super().__init__()
        self.layer = torch.nn.Linear(64, outputs)

    def forward(self, X):
        return self.layer(X)


def test_any_module_class_will_do(images):
    X, y = images(2)
    classifier = PUClassifier(OwnNetwork, **QUICK).fit(X, y)
    weights = classifier.net_.module_.network.layer
    expected = weights(torch.from_numpy(X))[:, 0].detach()
    np.testing.assert_allclose(classifier.decision_function(X), expected, rtol=1e-5)


def test_any_criterion_function_will_do(images):
    X, y = images(2)
    ours = PUClassifier(MLP((4,)), "pn", **QUICK).fit(X, y)
    custom = PUClassifier(MLP((4,)), own_criterion, **QUICK).fit(X, y)
    np.testing.assert_array_equal(
        custom.decision_function(X), ours.decision_function(X)
    )


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_predictions_are_in_single_precision(images, precision):
    X, y = images(3)
    classifier = PUClassifier(ConvNet(units=2), precision=precision, **QUICK).fit(X, y)
    with torch.inference_mode():
        network = classifier.net_.module_.network.eval()
        expected = network(torch.from_numpy(X[:, None])).flatten(1).mean(1)
    np.testing.assert_allclose(classifier.decision_function(X), expected, rtol=1e-5)


@pytest.mark.parametrize("batch_size", [16, 30, 67, 250])
def test_a_sample_has_the_same_score_beside_any_others(images, batch_size):
    X, y = images(2)
    classifier = PUClassifier(MLP((20,)), **{**QUICK, "batch_size": batch_size})
    scores = classifier.fit(X, y).decision_function(X)
    one_by_one = [classifier.decision_function(X[i : i + 1])[0] for i in range(len(X))]
    np.testing.assert_array_equal(scores, one_by_one)
    order = np.random.default_rng(0).permutation(len(X))
    for method in ("decision_function", "predict_proba", "predict_log_proba"):
        predict = getattr(classifier, method)
        np.testing.assert_array_equal(predict(X[order]), predict(X)[order])


def fit_identity(logits):
    """A fitted classifier that gives the feature itself as log-odds."""

    class Identity(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.shift = torch.nn.Parameter(torch.zeros(1))

        def forward(self, samples):
            return samples + 0 * self.shift

    X = np.float32(logits)[:, None]
    classifier = PUClassifier(Identity, "pn", max_epochs=1, steps_per_epoch=1)
    return classifier.fit(X, np.arange(len(X)) % 2), X


def test_probabilities_and_their_logarithms_are_exact_in_the_tails():
    logits = [-700.0, -100.0, -30.0, -1.5, 0.0, 1e-6, 1.5, 30.0, 100.0, 700.0]
    classifier, X = fit_identity(logits)
    np.testing.assert_array_equal(classifier.decision_function(X), np.float32(logits))
    p, log_p = classifier.predict_proba(X), classifier.predict_log_proba(X)
    assert p.dtype == log_p.dtype == np.float64
    for row, log_row, logit in zip(p, log_p, X[:, 0].astype(float), strict=True):
        odds = Fraction(exp(-abs(logit)))
        less = float(odds / (1 + odds))
        columns = (1, 0) if logit < 0 else (0, 1)
        np.testing.assert_allclose(row[columns[0]], less, rtol=1e-14)
        np.testing.assert_allclose(row[columns[1]], float(1 / (1 + odds)), rtol=1e-15)
        more = -log1p(exp(-abs(logit)))
        np.testing.assert_allclose(log_row[columns[1]], more, rtol=1e-14)
        np.testing.assert_allclose(log_row[columns[0]], more - abs(logit), rtol=1e-14)
    np.testing.assert_allclose(p.sum(1), 1, rtol=0, atol=np.finfo(float).eps)
    np.testing.assert_allclose(np.exp(log_p), p, rtol=1e-12)


def test_the_score_is_the_accuracy_on_the_labels_it_is_given(images):
    X, y = images(2)
    classifier = PUClassifier(MLP((4,)), **QUICK).fit(X, y)
    weights = np.arange(len(X))
    is_right = classifier.predict(X) == y
    assert classifier.score(X, y) == pytest.approx(is_right.mean())
    expected = np.average(is_right, weights=weights)
    assert classifier.score(X, y, weights) == pytest.approx(expected)
    assert "pu_scorer" in PUClassifier.score.__doc__


def test_samples_may_be_read_only(images):
    X, y = images(2)
    X.flags.writeable = False
    PUClassifier(MLP((20,)), **QUICK).fit(X, y).predict(X)


@pytest.mark.parametrize("ndim", [2, 3])
def test_a_bar_counts_the_samples_that_are_predicted(images, capsys, ndim):
    X, y = images(ndim)
    module = MLP((4,)) if ndim == 2 else ConvNet(units=2)
    classifier = PUClassifier(module, verbose=1, **QUICK).fit(X, y)
    capsys.readouterr()
    shown = classifier.predict_proba(X)
    bar = capsys.readouterr().err
    assert "predicting: 100%" in bar
    assert "80/80" in bar
    np.testing.assert_array_equal(
        classifier.set_params(verbose=0).predict_proba(X), shown
    )
    assert not capsys.readouterr().err


def test_a_network_saved_while_it_is_trained_leaves_its_bar_out(images, tmp_path):
    saved = Checkpoint("train_loss_best", dirname=str(tmp_path), f_pickle="net.pkl")
    PUClassifier(MLP((4,)), verbose=1, callbacks=[saved], **QUICK).fit(*images(2))
    assert pickle.loads((tmp_path / "net.pkl").read_bytes()).history


def test_the_bar_of_a_training_that_fails_is_closed(images):
    class Fail(Callback):
        def on_epoch_end(self, net, **kwargs):
            raise ZeroDivisionError

    classifier = PUClassifier(MLP((4,)), verbose=1, callbacks=[Fail()], **QUICK)
    with pytest.raises(ZeroDivisionError):
        classifier.fit(*images(2))
    open_bars = [bar for bar in tqdm._instances if bar.desc.startswith("training")]
    assert not open_bars
