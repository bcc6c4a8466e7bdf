import pickle
import shutil

import numpy as np
import pytest
import torch
from scipy.sparse import coo_array, csc_array, hstack
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from skorch.callbacks import Callback, EarlyStopping

from pusklearn import PUClassifier, TiledRegions
from pusklearn.criteria import NNPU, PN, GEBinomial
from pusklearn.criteria._registry import CRITERIA
from pusklearn.modules import MLP, ConvNet, ResNet8

QUICK = {"max_epochs": 2, "steps_per_epoch": 4, "batch_size": 16, "random_state": 0}


@pytest.fixture(scope="module")
def digits():
    """Images of digits, whether each is even, and 60 % of the even ones labelled."""
    X, digit = load_digits(return_X_y=True)
    X, y = np.float32(X / 16), np.int64(digit % 2 == 0)
    labeled = np.random.default_rng(0).permutation(np.flatnonzero(y))
    y_pu = np.zeros_like(y)
    y_pu[labeled[: int(0.6 * len(labeled))]] = 1
    return X, y, y_pu


def images(digits, ndim):
    X, _, y_pu = digits
    shape = {2: (64,), 3: (8, 8), 4: (1, 8, 8)}[ndim]
    return X[:80].reshape(-1, *shape), y_pu[:80]


# Learning


@pytest.mark.parametrize("criterion", ["nnpu", "ge-binomial", "ge-kl"])
def test_it_learns_the_true_classes_from_pu_labels(digits, criterion):
    X, y, y_pu = digits
    classifier = PUClassifier(
        MLP((100,)), criterion, prior=y.mean(), max_epochs=6, random_state=0
    ).fit(X[::2], y_pu[::2])
    ordinary = clone(classifier).set_params(criterion="pn", prior=None)
    ordinary.fit(X[::2], y_pu[::2])
    assert classifier.score(X[1::2], y[1::2]) > 0.88
    assert classifier.score(X[1::2], y[1::2]) > ordinary.score(X[1::2], y[1::2]) + 0.05


def test_the_wrong_scheme_costs_accuracy(digits):
    X, y, y_pu = digits
    classifier = PUClassifier(
        MLP((100,)), NNPU(), prior=y.mean(), max_epochs=6, random_state=0
    )
    right = classifier.fit(X[::2], y_pu[::2]).score(X[1::2], y[1::2])
    classifier.set_params(scheme="case-control")
    wrong = classifier.fit(X[::2], y_pu[::2]).score(X[1::2], y[1::2])
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


# Labels


@pytest.mark.parametrize(
    "labels", [(0, 1), (-1, 1), (False, True), ("background", "particle"), (1, 2)]
)
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
        classifier.predict_proba(X), expected.predict_proba(X)[:, ::-1], atol=1e-6
    )
    np.testing.assert_array_equal(classifier.predict(X), labels[expected.predict(X)])


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (np.arange(80) % 3, "Only binary classification is supported"),
        (np.zeros(80, int), "Got 1 class"),
        (np.linspace(0, 1, 80), "Unknown label type"),
    ],
)
def test_other_than_two_labels_is_refused(digits, y, message):
    with pytest.raises(ValueError, match=message):
        PUClassifier(MLP((4,)), **QUICK).fit(images(digits, 2)[0], y)


def test_an_unknown_positive_label_is_refused(digits):
    with pytest.raises(ValueError, match="`pos_label` must be one of"):
        PUClassifier(MLP((4,)), pos_label=7, **QUICK).fit(*images(digits, 2))


# As a scikit-learn estimator


@pytest.mark.parametrize("ndim", [2, 3, 4])
def test_it_clones_pickles_and_searches_on_any_dimension(digits, ndim):
    X, y = images(digits, ndim)
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


def test_a_grid_does_not_reach_inside_a_network_that_is_not_chosen_yet():
    with pytest.raises(ValueError, match=r"give `module` .* Got 'auto'"):
        PUClassifier().set_params(module__units=8)
    classifier = PUClassifier().set_params(module=ConvNet(), module__units=8)
    assert classifier.module.units == 8


def test_it_stands_in_a_pipeline(digits):
    X, y = images(digits, 2)
    pipeline = make_pipeline(StandardScaler(), PUClassifier(MLP((4,)), **QUICK))
    assert len(cross_val_score(pipeline, X, y, cv=2)) == 2


@pytest.mark.parametrize("shape", [(64,), (8, 8), (1, 8, 8)])
def test_module_auto_follows_the_samples(digits, shape):
    X, y = images(digits, len(shape) + 1)
    classifier = PUClassifier(**QUICK).fit(X, y)
    assert type(classifier.module_) is (MLP if len(shape) == 1 else ConvNet)


class OwnNetwork(torch.nn.Module):
    """A network of a user's own."""

    def __init__(self, outputs=1):
        super().__init__()
        self.layer = torch.nn.Linear(64, outputs)

    def forward(self, X):
        return self.layer(X)


class TwoLogits(OwnNetwork):
    """A network that gives other than one logit."""

    def __init__(self):
        super().__init__(2)


def test_any_module_class_will_do(digits):
    X, y = images(digits, 2)
    classifier = PUClassifier(OwnNetwork, **QUICK).fit(X, y)
    weights = classifier.net_.module_.network.layer
    expected = weights(torch.from_numpy(X))[:, 0].detach()
    np.testing.assert_allclose(classifier.decision_function(X), expected, rtol=1e-5)


def own_criterion(logits, is_positive, priors):
    """A criterion of a user's own."""
    return PN()(logits, is_positive, priors) + 0 * priors.unlabeled


def test_any_criterion_function_will_do(digits):
    X, y = images(digits, 2)
    ours = PUClassifier(MLP((4,)), "pn", **QUICK).fit(X, y)
    own = PUClassifier(MLP((4,)), own_criterion, **QUICK).fit(X, y)
    np.testing.assert_array_equal(own.decision_function(X), ours.decision_function(X))


def test_the_same_seed_gives_the_same_bits_and_touches_no_global_state(digits):
    X, y = images(digits, 3)
    torch_state = torch.get_rng_state()
    classifier = PUClassifier(ConvNet(units=2, dropout=0.2), **QUICK)
    first = classifier.fit(X, y).decision_function(X)
    np.testing.assert_array_equal(
        clone(classifier).fit(X, y).decision_function(X), first
    )
    other = clone(classifier).set_params(random_state=1).fit(X, y).decision_function(X)
    assert not np.array_equal(other, first)
    assert torch.equal(torch.get_rng_state(), torch_state)


def test_the_samples_are_not_kept(digits):
    X, y = images(digits, 2)
    small = PUClassifier(MLP((4,)), **QUICK).fit(X, y)
    large = PUClassifier(MLP((4,)), **QUICK).fit(np.tile(X, (100, 1)), np.tile(y, 100))
    extra = len(pickle.dumps(large)) - len(pickle.dumps(small))
    assert extra < 100 * X.nbytes / 5


def test_an_interrupt_is_not_swallowed(digits):
    class Interrupt(Callback):
        def on_batch_end(self, net, **kwargs):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        PUClassifier(MLP((4,)), callbacks=[Interrupt()], **QUICK).fit(
            *images(digits, 2)
        )


def test_a_callback_that_has_seen_enough_ends_the_training(digits):
    stop = EarlyStopping(monitor="train_loss", patience=2, threshold=10)
    classifier = PUClassifier(
        MLP((4,)), callbacks=[stop], **{**QUICK, "max_epochs": 9}
    ).fit(*images(digits, 2))
    assert len(classifier.net_.history) == 3
    assert classifier.predict(images(digits, 2)[0]).shape == (80,)


def test_divergence_is_not_passed_over_in_silence(digits):
    classifier = PUClassifier(MLP(()), "upu", lr=1e38, optimizer="sgd", **QUICK)
    with pytest.raises(ValueError, match=r"Training diverged: .* lower `lr` than 1e"):
        classifier.fit(*images(digits, 2))


def test_a_fit_that_failed_leaves_nothing_to_predict_with(digits):
    X, y = images(digits, 2)
    classifier = PUClassifier(MLP((4,)), prior=0.01, **QUICK)
    with pytest.raises(ValueError, match="must exceed"):
        classifier.fit(X, y)
    with pytest.raises(NotFittedError):
        classifier.predict(X)


def test_a_network_in_place_of_its_class_is_refused(digits):
    with pytest.raises(TypeError, match="give OwnNetwork itself"):
        PUClassifier(OwnNetwork(), **QUICK).fit(*images(digits, 2))


def test_a_bar_shows_while_it_trains(digits, capsys):
    PUClassifier(MLP((4,)), verbose=1, **QUICK).fit(*images(digits, 2))
    bar = capsys.readouterr().err
    assert "training" in bar
    assert "8/8" in bar


# Bad input


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"lr": 0.0}, "lr"),
        ({"batch_size": 1}, "batch_size"),
        ({"max_epochs": 0}, "max_epochs"),
        ({"steps_per_epoch": 0}, "steps_per_epoch"),
        ({"positive_share": 1.0}, "positive_share"),
        ({"weight_decay": -1.0}, "weight_decay"),
        ({"reconstruction_weight": -1.0}, "reconstruction_weight"),
        ({"augment": "twice"}, "`augment` must be"),
        ({"augment": True}, "turns square images"),
        ({"criterion": "hinge"}, "`criterion` must be one of"),
        ({"module": "resnet"}, "`module` must be"),
        ({"optimizer": "lion"}, "`optimizer` must be one of"),
        ({"precision": "float8"}, "`precision` must be"),
        ({"scheme": "two"}, "`scheme` must be one of"),
        ({"prior": "guess"}, "`prior` must be"),
        ({"module": ConvNet()}, "ConvNet takes images"),
        ({"module": TwoLogits}, "one logit per sample"),
        ({"module": OwnNetwork, "reconstruction_weight": 1.0}, "network of pusklearn"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_parameter_out_of_its_range_is_refused(digits, parameters, message):
    X, y = images(digits, 2)
    with pytest.raises(ValueError, match=message):
        PUClassifier(**{"module": MLP((4,)), **QUICK, **parameters}).fit(X, y)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_samples_that_are_not_finite_are_refused(digits, value):
    X, y = images(digits, 3)
    X = X.copy()
    X[3, 2, 1] = value
    with pytest.raises(ValueError, match=r"NaN|infinity"):
        PUClassifier(**QUICK).fit(X, y)


def test_samples_of_another_shape_are_refused(digits):
    X, y = images(digits, 3)
    classifier = PUClassifier(ConvNet(units=2), **QUICK).fit(X, y)
    with pytest.raises(ValueError, match=r"shape \(8, 8\), as in fit. Got \(8, 7\)"):
        classifier.predict(X[:, :, :7])


def test_prediction_before_fit_is_refused():
    with pytest.raises(NotFittedError):
        PUClassifier().predict_proba(np.zeros((2, 3)))


# Regions


@pytest.fixture(scope="module")
def regions():
    rng = np.random.default_rng(0)
    return TiledRegions([rng.normal(size=(40, 37)), rng.normal(size=(33, 35))], 31)


@pytest.mark.parametrize("batch_norm", [True, False])
@pytest.mark.parametrize("size", [31, 40])
def test_dense_scores_are_those_region_by_region(regions, batch_norm, size):
    regions = TiledRegions(regions.micrographs, size)
    y = np.arange(len(regions)) % 50 == 0
    module = ConvNet(units=4, batch_norm=batch_norm, dropout=0.3)
    classifier = PUClassifier(module, **QUICK).fit(regions, y)
    rows = np.r_[:40, 700:720, len(regions) - 40 : len(regions)]
    dense = classifier.decision_function(regions)
    one_by_one = classifier.decision_function(np.asarray(regions[rows]))
    np.testing.assert_allclose(dense[rows], one_by_one, atol=1e-5)
    np.testing.assert_allclose(classifier.decision_function(regions[rows]), dense[rows])


def test_regions_smaller_than_the_network_sees_are_scored_one_by_one(regions):
    small = TiledRegions(regions.micrographs, 20)[:200]
    classifier = PUClassifier(ConvNet(units=2), **QUICK).fit(small, np.arange(200) < 50)
    np.testing.assert_allclose(
        classifier.decision_function(small),
        classifier.decision_function(np.asarray(small)),
        atol=1e-6,
    )


def test_regions_and_their_copies_train_alike(regions):
    some = regions[::7]
    y = np.arange(len(some)) % 5 == 0
    classifier = PUClassifier(ConvNet(units=2), augment=False, **QUICK)
    lazy = classifier.fit(some, y).decision_function(some)
    copied = classifier.fit(np.asarray(some), y).decision_function(some)
    np.testing.assert_allclose(lazy, copied, atol=1e-5)


def test_a_score_map_is_exact_at_every_step_and_follows_the_labels(regions):
    labels = np.array(["particle", "unknown"])[
        (np.arange(len(regions)) < 80).astype(int)
    ]
    classifier = PUClassifier(
        ConvNet(units=2), pos_label="particle", precision="float32", **QUICK
    ).fit(regions, labels)
    exact = regions.maps(classifier.decision_function(regions))
    for micrograph, expected in zip(regions.micrographs, exact, strict=True):
        np.testing.assert_allclose(
            classifier.score_map(micrograph, step=1), expected, atol=1e-5
        )
        scores = classifier.score_map(micrograph, step=4)
        np.testing.assert_allclose(scores[::4, ::4], expected[::4, ::4], atol=1e-5)


def test_only_a_convolutional_network_scores_a_micrograph_at_once(digits):
    classifier = PUClassifier(MLP((3,)), **QUICK).fit(*images(digits, 3))
    with pytest.raises(ValueError, match=r"scores a micrograph at once. Got MLP"):
        classifier.score_map(np.zeros((20, 20)))


def test_a_micrograph_to_score_must_be_finite(regions):
    labels = np.arange(len(regions)) < 80
    classifier = PUClassifier(ConvNet(units=2), **QUICK).fit(regions, labels)
    with pytest.raises(ValueError, match="x=5, y=3"):
        classifier.score_map(
            np.where(np.arange(1600) == 125, np.inf, 0).reshape(40, 40)
        )


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("g++") is None, reason="no compiler is at hand")
@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")
def test_a_compiled_training_is_saved_as_any_other(regions):
    labels = np.arange(len(regions)) < 80
    classifier = PUClassifier(ConvNet(units=2), compile=True, **QUICK)
    scores = classifier.fit(regions, labels).decision_function(regions)
    loaded = pickle.loads(pickle.dumps(classifier))
    np.testing.assert_array_equal(loaded.decision_function(regions), scores)
    assert type(loaded.net_.module_).__name__ == "TrainedNetwork"


def test_regions_are_cross_validated_by_micrograph(regions):
    y = np.arange(len(regions)) % 50 == 0
    scores = cross_val_score(
        PUClassifier(ConvNet(units=2), **QUICK),
        regions,
        y,
        cv=GroupKFold(2).split(regions, y, regions.groups),
        scoring="average_precision",
    )
    assert np.isfinite(scores).all()


def test_a_micrograph_that_is_not_finite_is_named():
    micrograph = np.zeros((40, 40))
    micrograph[3, 5] = np.nan
    regions = TiledRegions([micrograph], 31)
    with pytest.raises(ValueError, match=r"1 pixels .* x=5, y=3"):
        PUClassifier(ConvNet(units=2), **QUICK).fit(regions, np.arange(1600) < 50)


def test_a_fit_on_regions_forgets_the_features_of_an_array(digits, regions):
    classifier = PUClassifier(ConvNet(units=2), **QUICK).fit(*images(digits, 3))
    some = regions[:60]
    classifier.fit(some, np.arange(60) < 20)
    assert classifier.predict(np.asarray(some[:3])).shape == (3,)


# Autoencoder and precision


@pytest.mark.parametrize("ndim", [2, 3, 4])
@pytest.mark.parametrize("module", [MLP((6,)), ConvNet(units=2), ResNet8(units=2)])
def test_any_network_on_any_samples_takes_a_decoder(digits, ndim, module):
    if ndim == 2 and not isinstance(module, MLP):
        pytest.skip("convolutions take images")
    X, y = images(digits, ndim)
    quick = {**QUICK, "max_epochs": 1, "steps_per_epoch": 1}
    classifier = PUClassifier(module, reconstruction_weight=0.1, **quick).fit(X, y)
    assert np.isfinite(classifier.decision_function(X)).all()


@pytest.mark.parametrize("criterion", sorted(CRITERIA))
def test_any_criterion_takes_a_decoder(digits, criterion):
    X, y = images(digits, 3)
    plain, coded = (
        PUClassifier(
            ConvNet(units=2),
            criterion,
            prior=0.5,
            reconstruction_weight=weight,
            max_epochs=1,
            steps_per_epoch=1,
            random_state=0,
        ).fit(X, y)
        for weight in (0.0, 0.1)
    )
    losses = [c.net_.history[-1, "train_loss"] for c in (plain, coded)]
    # The same networks see the same batch.
    assert np.isfinite(losses).all()
    assert losses[1] > losses[0]


@pytest.mark.parametrize("module", [ConvNet(units=4), ResNet8(units=2)])
def test_the_decoder_learns_to_reconstruct(module):
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:32, :32][:, None] - rng.uniform(8, 24, (2, 200, 1, 1))
    X = np.exp(-(x**2 + y**2) / 40).astype(np.float32)
    classifier = PUClassifier(
        module,
        PN(),
        reconstruction_weight=1.0,
        max_epochs=1,
        steps_per_epoch=150,
        batch_size=32,
        lr=5e-3,
        random_state=0,
    ).fit(X, np.arange(200) < 50)
    with torch.inference_mode():
        _, error = classifier.net_.module_.eval()(torch.from_numpy(X[:, None]))
    spread = ((X - X.mean(0)) ** 2).sum((1, 2)).mean()
    assert error.mean() < 0.7 * spread


def test_a_reconstruction_weight_of_zero_is_exactly_off(digits):
    X, y = images(digits, 3)
    classifier = PUClassifier(ConvNet(units=2), **QUICK).fit(X, y)
    assert classifier.net_.module_.decoder is None


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_predictions_are_in_single_precision(digits, precision):
    X, y = images(digits, 3)
    classifier = PUClassifier(ConvNet(units=2), precision=precision, **QUICK).fit(X, y)
    with torch.inference_mode():
        network = classifier.net_.module_.network.eval()
        expected = network(torch.from_numpy(X[:, None])).flatten(1).mean(1)
    np.testing.assert_allclose(classifier.decision_function(X), expected, rtol=1e-5)


@pytest.mark.parametrize("kind", [str, object])
def test_text_is_refused_even_where_it_reads_as_numbers(digits, kind):
    X, _, y_pu = digits
    with pytest.raises(ValueError, match=r"`X` must hold numbers. Got text"):
        PUClassifier(**QUICK).fit(X[:80].astype(str).astype(kind), y_pu[:80])


def test_the_automatic_reconstruction_weight_goes_down_with_the_labels(digits):
    X, y = images(digits, 3)
    classifier = PUClassifier(
        ConvNet(31, units=2), reconstruction_weight="auto", **QUICK
    ).fit(X, y)
    assert classifier.reconstruction_weight_ == 10 / y.sum()


def test_labelled_regions_that_touch_are_one_label():
    rng = np.random.default_rng(0)
    regions = TiledRegions(list(rng.normal(size=(2, 40, 40)).astype(np.float32)), 31)
    labels = regions.labels([[[10, 10], [30, 30]], [[5, 20]]], 3)
    classifier = PUClassifier(
        ConvNet(31, units=2), reconstruction_weight="auto", **QUICK
    ).fit(regions, labels)
    assert classifier.reconstruction_weight_ == 10 / 3


def test_another_word_for_the_reconstruction_weight_is_refused(digits):
    with pytest.raises(ValueError, match=r"'auto' or a number\. Got 'much'"):
        PUClassifier(reconstruction_weight="much", **QUICK).fit(*images(digits, 2))


def test_a_sample_has_the_same_score_beside_any_others(digits):
    X, y = images(digits, 2)
    classifier = PUClassifier(MLP((20,)), **QUICK).fit(X, y)
    one_by_one = [classifier.decision_function(X[i : i + 1])[0] for i in range(len(X))]
    np.testing.assert_array_equal(classifier.decision_function(X), one_by_one)


def test_samples_may_be_read_only(digits):
    X, y = images(digits, 2)
    X.flags.writeable = False
    PUClassifier(MLP((20,)), **QUICK).fit(X, y).predict(X)


@pytest.mark.parametrize("prior", [None, 0.1, "estimate"])
def test_sparse_labels_of_regions_train_the_same_network(prior):
    rng = np.random.default_rng(0)
    regions = TiledRegions(rng.normal(size=(2, 50, 40)).astype(np.float32), 31)
    points = [[(10, 12), (30, 33)], [(20, 20)]]
    classifier = quick_regions(prior=prior, reconstruction_weight="auto")
    dense = clone(classifier).fit(regions, regions.labels(points, 2))
    labels = regions.labels(points, 2, sparse_output=True)
    sparse = clone(classifier).fit(regions, labels)
    assert sparse.classes_.tolist() == [0, 1]
    for name in ("pos_label_", "prior_", "label_frequency_", "reconstruction_weight_"):
        assert getattr(sparse, name) == getattr(dense, name)
    np.testing.assert_array_equal(
        sparse.decision_function(regions), dense.decision_function(regions)
    )


def quick_regions(**kwargs):
    return PUClassifier(
        ConvNet(units=2),
        max_epochs=1,
        steps_per_epoch=3,
        batch_size=16,
        random_state=0,
        **kwargs,
    )


def test_sparse_labels_need_a_positive_and_mark_it_by_one():
    regions = TiledRegions([np.random.default_rng(0).normal(size=(40, 40))], 31)
    with pytest.raises(ValueError, match=r"Got 1 class: 0"):
        quick_regions().fit(regions, csc_array((1600, 1), dtype=np.int8))
    labels = regions.labels([[(20, 20)]], 2, sparse_output=True)
    with pytest.raises(ValueError, match=r"sparse labels are 1\. Got 0"):
        quick_regions(pos_label=0).fit(regions, labels)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        quick_regions().fit(regions, labels[:-1])


def test_sparse_labels_stored_twice_count_once():
    regions = TiledRegions([np.random.default_rng(0).normal(size=(40, 40))], 31)
    labels = regions.labels([[(20, 20)]], 2, sparse_output=True)
    rows = np.tile(labels.nonzero()[0], 2)
    ones, columns = np.ones(len(rows)), np.zeros(len(rows), int)
    twice = coo_array((ones, (rows, columns)), labels.shape)
    once, again = (quick_regions().fit(regions, y) for y in (labels, twice))
    assert again.prior_ == once.prior_
    np.testing.assert_array_equal(
        again.decision_function(regions), once.decision_function(regions)
    )


def test_sparse_labels_are_one_column_of_zeros_and_ones():
    regions = TiledRegions([np.random.default_rng(0).normal(size=(40, 40))], 31)
    labels = regions.labels([[(20, 20)]], 2, sparse_output=True)
    with pytest.raises(ValueError, match=r"must have shape \(n, 1\)"):
        quick_regions().fit(regions, hstack([labels, labels]))
    with pytest.raises(ValueError, match="must be 0 or 1"):
        quick_regions().fit(regions, labels * 2)
