import numpy as np
import pytest
import torch
from scipy.sparse import coo_array, csc_array, hstack
from sklearn.exceptions import NotFittedError
from skorch.callbacks import Callback

from pusklearn import PUClassifier, TiledRegions
from pusklearn.criteria import NNPU
from pusklearn.modules import MLP, ConvNet

QUICK = {"max_epochs": 2, "steps_per_epoch": 4, "batch_size": 16, "random_state": 0}


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (np.arange(80) % 3, "Only binary classification is supported"),
        (np.zeros(80, int), "Got 1 class"),
        (np.linspace(0, 1, 80), "Unknown label type"),
    ],
)
def test_other_than_two_labels_is_refused(images, y, message):
    with pytest.raises(ValueError, match=message):
        PUClassifier(MLP((4,)), **QUICK).fit(images(2)[0], y)


def test_an_unknown_positive_label_is_refused(images):
    with pytest.raises(ValueError, match="`pos_label` must be one of"):
        PUClassifier(MLP((4,)), pos_label=7, **QUICK).fit(*images(2))


class OwnNetwork(torch.nn.Linear):
    """A network of a user's own."""

    def __init__(self):
        super().__init__(64, 1)


class TwoLogits(torch.nn.Linear):
    """A network that gives other than one logit."""

    def __init__(self):
        super().__init__(64, 2)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"lr": 0.0}, r"`lr` must be a number in \(0, inf\). Got 0.0"),
        ({"lr": np.nan}, r"`lr` must be a number in \(0, inf\). Got nan"),
        ({"lr": np.inf}, r"`lr` must be a number in \(0, inf\). Got inf"),
        ({"batch_size": 1}, r"`batch_size` must be an integer in \[2, inf\). Got 1"),
        ({"max_epochs": 0}, r"`max_epochs` must be an integer in \[1, inf\). Got 0"),
        ({"steps_per_epoch": 0}, r"`steps_per_epoch` must be .* \[1, inf\). Got 0"),
        ({"positive_share": 1.0}, r"`positive_share` must be .* \(0, 1\). Got 1.0"),
        ({"weight_decay": -1.0}, r"`weight_decay` must be .* \[0, inf\). Got -1.0"),
        ({"weight_decay": np.inf}, r"`weight_decay` must be .* \[0, inf\). Got inf"),
        ({"weight_decay": np.nan}, r"`weight_decay` must be .* \[0, inf\). Got nan"),
        ({"reconstruction_weight": -1.0}, r"weight` must be 'auto' or .* Got -1.0"),
        ({"reconstruction_weight": np.nan}, r"weight` must be 'auto' or .* Got nan"),
        ({"reconstruction_weight": None}, r"weight` must be 'auto' or .* Got None"),
        ({"verbose": -1}, r"`verbose` must be an integer in \[0, inf\). Got -1"),
        ({"device": "gpu"}, "`device` must be 'auto', .*'cuda'.* Got 'gpu'"),
        ({"device": "cuda:x"}, "`device` must be 'auto', .*'cuda'.* Got 'cuda:x'"),
        ({"augment": "twice"}, "`augment` must be"),
        ({"augment": True}, "turns square images"),
        ({"augment": "shift"}, "shifts images"),
        ({"criterion": "hinge"}, "`criterion` must be one of"),
        ({"module": "resnet"}, "`module` must be"),
        ({"optimizer": "lion"}, "`optimizer` must be one of"),
        ({"precision": "float8"}, "`precision` must be"),
        ({"scheme": "two"}, "`scheme` must be 'single' or 'case-control'"),
        ({"prior": "guess"}, "`prior` must be"),
        ({"module": ConvNet()}, "ConvNet takes images"),
        ({"module": TwoLogits}, "one logit per sample"),
        ({"module": OwnNetwork, "reconstruction_weight": 1.0}, "network of pusklearn"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_parameter_out_of_its_range_is_refused(images, parameters, message):
    X, y = images(2)
    with pytest.raises(ValueError, match=message):
        PUClassifier(**{"module": MLP((4,)), **QUICK, **parameters}).fit(X, y)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"verbose": "x"}, r"`verbose` must be an integer in \[0, inf\). Got 'x'"),
        ({"compile": "no"}, "`compile` must be True or False. Got 'no'"),
        ({"lr": "0.1"}, r"`lr` must be a number in \(0, inf\). Got '0.1'"),
        ({"max_epochs": 2.0}, "`max_epochs` must be an integer .* Got 2.0"),
        ({"device": 0}, "`device` must be 'auto', .*or a torch.device. Got 0"),
        ({"device": None}, "`device` must be 'auto', .*or a torch.device. Got None"),
        ({"optimizer": dict}, "`optimizer` must be one of .* Got <class 'dict'>"),
        ({"optimizer": 3}, "`optimizer` must be one of .* Got 3"),
        ({"module": MLP}, r"Got the class MLP; give MLP\(\), an object"),
        ({"module": OwnNetwork()}, "not a network: give OwnNetwork itself"),
        ({"module": 3}, "`module` must be 'auto', .* Got 3"),
        ({"module": list}, r"`module` must be .* It returned <class 'list'>"),
        ({"criterion": NNPU}, r"Got the class NNPU; give NNPU\(\), an object"),
        ({"callbacks": ["x"]}, "Callback. Got 'x' as entry 0"),
        ({"callbacks": [Callback(), ("x", 1)]}, r"Got \('x', 1\) as entry 1"),
        ({"callbacks": [Callback, dict]}, "Got <class 'dict'> as entry 1"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_parameter_of_another_type_is_refused(images, parameters, message):
    X, y = images(2)
    with pytest.raises(TypeError, match=message):
        PUClassifier(**{"module": MLP((4,)), **QUICK, **parameters}).fit(X, y)


@pytest.mark.parametrize(
    "parameters",
    [
        {"callbacks": [Callback, ("named", Callback())]},
        {"callbacks": ()},
        {"augment": np.False_},
        {"compile": np.False_},
        {"verbose": False},
        {"lr": np.float32(1e-3)},
        {"device": torch.device("cpu")},
        {"batch_size": np.int64(16)},
        {"max_epochs": np.int64(2), "steps_per_epoch": np.int32(3)},
        {"optimizer": torch.optim.Adagrad},
        {"optimizer": "SGD"},
    ],
    ids=lambda parameters: str(parameters)[:40],
)
def test_a_parameter_of_a_similar_type_is_taken(images, parameters):
    X, y = images(2)
    PUClassifier(**{"module": MLP((4,)), **QUICK, **parameters}).fit(X, y)


@pytest.mark.parametrize("module", [MLP, 3])
def test_a_wrong_module_is_seen_before_a_prior_is_estimated(
    images, module, monkeypatch
):
    def estimate(*args):
        raise AssertionError("estimated")

    name = "pusklearn.pu.network._pu_classifier.find_priors"
    monkeypatch.setattr(name, estimate)
    with pytest.raises(TypeError, match="`module` must be"):
        PUClassifier(module, prior="estimate", **QUICK).fit(*images(2))


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_gpu_that_is_missing_is_named(images):
    with pytest.raises(ValueError, match=r"Got 'cuda', but torch finds no GPU"):
        PUClassifier(MLP((4,)), device="cuda", **QUICK).fit(*images(2))


def test_callbacks_are_a_list(images):
    with pytest.raises(TypeError, match=r"`callbacks` must be a list .* Got 'early'"):
        PUClassifier(MLP((4,)), callbacks="early").fit(*images(2))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_samples_that_are_not_finite_are_refused(images, value):
    X, y = images(3)
    X = X.copy()
    X[3, 2, 1] = value
    with pytest.raises(ValueError, match=r"NaN|infinity"):
        PUClassifier(**QUICK).fit(X, y)


def test_samples_of_another_shape_are_refused(images):
    X, y = images(3)
    classifier = PUClassifier(ConvNet(units=2), **QUICK).fit(X, y)
    with pytest.raises(ValueError, match=r"shape \(8, 8\), as in fit. Got \(8, 7\)"):
        classifier.predict(X[:, :, :7])


def test_prediction_before_fit_is_refused():
    with pytest.raises(NotFittedError):
        PUClassifier().predict_proba(np.zeros((2, 3)))


def test_a_label_on_a_missing_pixel_of_a_micrograph_is_left_out():
    micrograph = np.zeros((40, 40))
    micrograph[0, 5] = np.nan
    regions = TiledRegions([micrograph], 31)
    classifier = PUClassifier(ConvNet(units=2), **QUICK)
    with pytest.warns(UserWarning, match="1 of 50 labelled"):
        classifier.fit(regions, np.arange(1600) < 50)
    assert classifier.prior_ == 49 / 1599


@pytest.mark.parametrize("kind", [str, object])
def test_text_is_refused_even_where_it_reads_as_numbers(digits, kind):
    X, _, y_pu = digits
    with pytest.raises(ValueError, match=r"`X` must hold numbers. Got text"):
        PUClassifier(**QUICK).fit(X[:80].astype(str).astype(kind), y_pu[:80])


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
