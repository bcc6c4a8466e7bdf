import copy
import json
import pickle
import random
import warnings
import zipfile
from contextlib import suppress

import numpy as np
import pytest
import sklearn
import torch
from sklearn.base import clone
from sklearn.exceptions import InconsistentVersionWarning
from sklearn.linear_model import LogisticRegression
from sklearn.utils import check_random_state

from pusklearn import FourierDownsampler, PUClassifier, load, save
from pusklearn.modules import MLP
from pusklearn.saving._archive import read_archive, write_archive

pytestmark = pytest.mark.filterwarnings(
    "ignore::pusklearn.pu._pu_collapse_warning.PUCollapseWarning"
)
X = np.random.default_rng(0).normal(size=(60, 4)).astype(np.float32)
Y = np.arange(60) < 15
NETWORK = PUClassifier(
    MLP((3,)), max_epochs=1, steps_per_epoch=2, batch_size=8, random_state=0
).fit(X, Y)
LINEAR = LogisticRegression().fit(X, Y)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.pusk"


def saved(estimator, path):
    """Return the document and the tensors of an estimator."""
    save(estimator, path)
    documents, tensors = read_archive(path)
    return documents["estimator.json"], tensors


def check_refused(path, document, tensors, message=""):
    write_archive(path, {"estimator.json": document}, tensors)
    with pytest.raises(ValueError, match=rf"(?s)model\.pusk holds .*{message}"):
        load(path)


def node(cls, **state):
    return {"estimator": {"kind": "object", "class": cls, "state": state}}


def test_parameters_that_are_younger_than_the_file_have_their_default(path):
    downsampler = FourierDownsampler(2, on_error="warn")
    document, tensors = saved(downsampler, path)
    state = document["estimator"]["state"]
    for name in ("diameter", "spans", "verbose"):
        del state[name]
    write_archive(path, {"estimator.json": document}, tensors)
    loaded = load(path)
    assert loaded.get_params() == downsampler.get_params()
    (small,) = loaded.transform([np.arange(48.0).reshape(6, 8)])
    assert small.shape == (3, 4)


@pytest.mark.parametrize(
    "name",
    [
        "os.system",
        "builtins.eval",
        "subprocess.Popen",
        "pusklearn.PUClassifier.fit",
        "pusklearn.pu.network._pu_classifier.PUClassifier",
        "pusklearn.io.read_micrograph",
        "pusklearn.parts.TrainingNet",
        "pusklearn.Micrograph",
        "sklearn",
        "sklearn.base",
        "sklearn.base.clone",
        "sklearn.base.os.system",
        "sklearn.utils.Bunch",
        "sklearn.datasets.fetch_openml",
        "sklearn.tests.test_base.MyEstimator",
        "sklearn.externals._arff.ArffDecoder",
        "sklearn.conftest.pyplot",
        "sklearn.utils._testing.MinimalClassifier.fit",
        "sklearn.linear_model",
        "sklearn.linear_model.NoSuchEstimator",
        "sklearn.no_such_module.Estimator",
        "sklearn..LogisticRegression",
        "skorch.callbacks.Checkpoint",
        "skorch.NeuralNet",
        "torch.nn.Linear",
        "joblib.Memory",
        "",
        None,
        ["sklearn.linear_model.LogisticRegression"],
    ],
)
def test_foreign_classes_are_refused(name, path):
    check_refused(path, node(name), {})


@pytest.mark.parametrize(
    "name",
    [
        "os.system",
        "builtins.eval",
        "builtins.open",
        "numpy.load",
        "numpy.fromfile",
        "numpy.lib.format.open_memmap",
        "torch.load",
        "torch.hub.load",
        "torch.optim.os",
        "torch.optim.Optimizer.step",
        "sklearn.metrics.get_scorer",
        "sklearn.metrics.os.remove_score",
        "sklearn.model_selection.cross_val_score",
        "pusklearn.metrics.pu_scorer",
        "pusklearn.io.read_micrograph",
        "skorch.utils.open_file_like",
    ],
)
def test_foreign_functions_are_refused(name, path):
    state = {"module": {"kind": "name", "name": name}}
    check_refused(path, node("pusklearn.PUClassifier", **state), {}, "is not allowed")


@pytest.mark.parametrize(
    "estimator",
    [
        None,
        True,
        1,
        1.5,
        "text",
        [],
        {},
        {"kind": "no such kind"},
        {"kind": ["object"]},
        {"kind": "object"},
        {"kind": "object", "class": "pusklearn.PUClassifier"},
        {"kind": "object", "class": "pusklearn.PUClassifier", "state": []},
        {"kind": "object", "class": "pusklearn.parts.Contrast", "state": {}},
        {"kind": "named tuple", "class": "pusklearn.PUClassifier", "items": []},
        {"kind": "named tuple", "class": "pusklearn.parts.Contrast", "items": [1]},
        {"kind": "tuple", "items": {}},
        {"kind": "tuple", "items": [{"kind": "tuple"}]},
        {"kind": "slice", "items": [1, 2]},
        {"kind": "set", "items": [[]]},
        {"kind": "dict", "items": [[1]]},
        {"kind": "dict", "items": [[[], 1]]},
        {"kind": "dict", "values": []},
        {"kind": "float", "value": "1.5"},
        {"kind": "float", "value": []},
        {"kind": "scalar", "dtype": "<f8", "value": "1"},
        {"kind": "scalar", "dtype": "<i1", "value": 300},
        {"kind": "scalar", "dtype": "|O", "value": 1},
        {"kind": "dtype", "dtype": "|O"},
        {"kind": "dtype", "dtype": "<f1000"},
        {"kind": "dtype", "dtype": {"names": ["a"], "formats": ["|O"]}},
        {
            "kind": "dtype",
            "dtype": {
                "names": ["a"],
                "formats": ["|O"],
                "offsets": [0],
                "itemsize": 8,
            },
        },
        {"kind": "type", "numpy": "ndarray"},
        {"kind": "type", "python": "eval"},
        {"kind": "array", "tensor": "missing", "dtype": "<f8", "shape": [1]},
        {"kind": "array", "tensor": [], "dtype": "<f8", "shape": [1]},
        {"kind": "array", "tensor": "a", "dtype": "<f8", "shape": [2]},
        {"kind": "array", "tensor": "a", "dtype": "<f4", "shape": [1]},
        {"kind": "array", "tensor": "a", "dtype": "|O", "shape": [1]},
        {"kind": "array", "tensor": "a", "dtype": "<f8", "shape": [-1]},
        {"kind": "array", "tensor": "a", "dtype": "<f8", "shape": [True]},
        {"kind": "array", "tensor": "a", "dtype": "<f8", "shape": [2**60]},
        {"kind": "array", "tensor": "a", "dtype": "<f8", "shape": [1] * 100},
        {"kind": "array", "tensor": "a", "dtype": "<U999999999", "shape": [1]},
        {"kind": "object array", "shape": [2], "items": [1]},
        {"kind": "masked array", "data": 1, "mask": 2, "fill_value": 3},
        {"kind": "sparse array", "class": "dia_array", "shape": [1, 1], "parts": {}},
        {"kind": "random state", "number": 3},
        {"kind": "net"},
        {"kind": "net", "network": [], "in_half": True},
        {"kind": "device", "name": "abacus"},
        {"kind": "torch loss", "class": "Module", "parameters": {}},
        {"kind": "partial", "function": 1, "parameters": {}, "set": True},
        {"kind": "partial", "function": 1, "parameters": {}},
        {"kind": "loss", "class": "sklearn._loss._loss.os", "arguments": []},
        {"kind": "loss", "class": "sklearn._loss._loss.CyHalfX", "arguments": []},
        {"kind": "tree"},
        {"kind": "neighbours", "class": "os.system", "distance": "euclidean"},
        {"kind": "tensor", "tensor": None},
        {"kind": "requests", "methods": []},
    ],
    ids=range(59),
)
def test_wrong_nodes_are_refused(estimator, path):
    tensors = {"a": torch.zeros(1, dtype=torch.float64)}
    check_refused(path, {"estimator": estimator}, tensors)
    whole = node("sklearn.linear_model.LogisticRegression", C=estimator)
    if type(estimator) is dict:
        check_refused(path, whole, tensors)


@pytest.mark.parametrize("document", [None, [], {}, {"estimators": 1}, "text"])
def test_documents_without_an_estimator_are_refused(document, path):
    check_refused(path, document, {})


def test_a_file_of_another_command_holds_no_estimator(path):
    write_archive(path, {"scoring.json": {}}, {})
    with pytest.raises(ValueError, match=r"model\.pusk holds no estimator"):
        load(path)


def test_what_others_store_beside_the_estimator_is_left_alone(path):
    document, tensors = saved(LINEAR, path)
    more = {**tensors, "scoring/a": torch.zeros(3)}
    write_archive(path, {"estimator.json": document, "scoring.json": [1]}, more)
    assert np.array_equal(load(path).predict(X), LINEAR.predict(X))


@pytest.mark.parametrize(
    "name", ["fit", "get_params", "__class__", "__dict__", "a b", "", "__setstate__"]
)
def test_attributes_that_replace_methods_are_refused(name, path):
    wrong = node("sklearn.linear_model.LogisticRegression", **{name: 1})
    check_refused(path, wrong, {}, "has no attribute")


def test_a_cache_of_pickles_is_refused(path):
    wrong = node("sklearn.pipeline.Pipeline", steps=[], memory="/tmp/evil")
    check_refused(path, wrong, {}, "`memory`")


def test_weights_of_other_shapes_are_refused(path):
    document, tensors = saved(NETWORK, path)
    for name, tensor in tensors.items():
        if "net_" not in name or tensor.numel() < 2:
            continue
        for wrong in (tensor[..., :1], tensor[None], tensor.double(), tensor.long()):
            check_refused(path, document, {**tensors, name: wrong}, "weights")


def test_weights_that_are_missing_are_refused(path):
    document, tensors = saved(NETWORK, path)
    net = document["estimator"]["state"]["net_"]
    for name in list(net["network"]):
        wrong = copy.deepcopy(document)
        del wrong["estimator"]["state"]["net_"]["network"][name]
        check_refused(path, wrong, tensors, "weights do not fit the network")


def test_a_net_that_is_no_attribute_is_refused(path):
    document, tensors = saved(NETWORK, path)
    net = document["estimator"]["state"]["net_"]
    check_refused(path, {"estimator": net}, tensors, "must be an attribute")
    document["estimator"]["state"]["net_"] = [net]
    check_refused(path, document, tensors, "must be an attribute")
    of_now = {"_sklearn_version": sklearn.__version__}
    linear = node("sklearn.linear_model.LogisticRegression", net_=net, **of_now)
    check_refused(path, linear, tensors)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("module_",), {"kind": "name", "name": "builtins.print"}),
        (("module_",), "auto"),
        (("module_", "state", "hidden"), [10**9]),
        (("module_", "state", "hidden"), "text"),
        (("sample_shape_",), 4),
        (("sample_shape_",), {"kind": "tuple", "items": [10**12]}),
        (("net_", "settings", "values", "optimizer"), "adam"),
        (
            ("net_", "settings", "values", "optimizer"),
            {"kind": "name", "name": "builtins.print"},
        ),
        (("net_", "settings", "values", "callbacks"), []),
        (("net_", "in_half"), 1),
        (("net_", "history"), 1),
    ],
    ids=range(11),
)
def test_wrong_networks_are_refused(place, value, path, capsys):
    document, tensors = saved(NETWORK, path)
    *inside, last = place
    part = document["estimator"]["state"]
    for name in inside:
        part = part[name]
    part[last] = value
    check_refused(path, document, tensors)
    assert not capsys.readouterr().out


def test_another_version_of_scikit_learn_is_told(path):
    document, tensors = saved(LINEAR, path)
    assert document["estimator"]["state"]["_sklearn_version"] == sklearn.__version__
    document["estimator"]["state"]["_sklearn_version"] = "1.0"
    write_archive(path, {"estimator.json": document}, tensors)
    with pytest.warns(InconsistentVersionWarning, match="LogisticRegression.* 1.0"):
        loaded = load(path)
    assert np.array_equal(loaded.predict(X), LINEAR.predict(X))
    # Errors are made of warnings in these tests, and stay what they are.
    with pytest.raises(InconsistentVersionWarning):
        load(path)


def test_right_files_bring_no_warning(path):
    save(NETWORK, path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        load(path)


def test_pickles_are_refused(path):
    path.write_bytes(pickle.dumps(LINEAR))
    with pytest.raises(ValueError, match=r"model\.pusk .*Pickles run code"):
        load(path)


def test_a_file_is_read_again_after_it_was_zipped_again(path):
    """Members in another order, with the dates of today, are the same file."""
    save(LINEAR, path)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name in reversed(members):
            archive.writestr(name, members[name])
    assert np.array_equal(load(path).predict(X), LINEAR.predict(X))


def test_loading_does_not_change_the_random_states(path):
    save(NETWORK, path)
    before = torch.get_rng_state(), pickle.dumps(check_random_state(None))
    load(path)
    assert torch.equal(torch.get_rng_state(), before[0])
    assert pickle.dumps(check_random_state(None)) == before[1]


def damaged(data, rng):
    """Return data with a few bits turned, cut short, or with a piece moved."""
    data = bytearray(data)
    kind = rng.randrange(4)
    if kind < 2:
        for _ in range(rng.choice([1, 1, 1, 8])):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    elif kind == 2:
        del data[rng.randrange(len(data)) :]
    else:
        start = rng.randrange(len(data))
        del data[start : start + rng.randrange(1, 64)]
    return bytes(data)


def loaded_or_refused(path):
    """Return the estimator, or None if there is an error that names the file."""
    try:
        return load(path)
    except ValueError as error:
        message = str(error)
    assert str(path) in message
    return None


def check_damaged_files(path, n, seed):
    expected = [estimator.decision_function(X) for estimator in (NETWORK, LINEAR)]
    rng = random.Random(seed)
    n_refused = 0
    for estimator, values in zip((NETWORK, LINEAR), expected, strict=True):
        save(estimator, path)
        whole = path.read_bytes()
        for _ in range(n // 2):
            path.write_bytes(damaged(whole, rng))
            loaded = loaded_or_refused(path)
            if loaded is None:
                n_refused += 1
            else:
                assert np.array_equal(loaded.decision_function(X), values)
                assert str(loaded.get_params()) == str(estimator.get_params())
    assert n_refused > 0.8 * n


def test_damage_is_found_or_does_no_harm(path):
    check_damaged_files(path, 500, 0)


@pytest.mark.slow
def test_much_damage_is_found_or_does_no_harm(path):
    check_damaged_files(path, 2000, 1)


def changed(document, rng):
    """Return a document with one value in it replaced by another."""
    document = copy.deepcopy(document)
    places = []

    def walk(part):
        keys = part if isinstance(part, dict) else range(len(part))
        for key in keys:
            places.append((part, key))
            if isinstance(part[key], dict | list):
                walk(part[key])

    walk(document)
    part, key = rng.choice(places)
    other = rng.choice(places)
    values = (None, True, -1, 10**6, 1e300, "", "text", [], {}, other[0][other[1]])
    part[key] = copy.deepcopy(rng.choice(values))
    return document


@pytest.mark.parametrize("estimator", [NETWORK, LINEAR], ids=["network", "linear"])
def test_changed_documents_are_refused_or_loaded(estimator, path):
    document, tensors = saved(clone(estimator).fit(X, Y), path)
    rng = random.Random(0)
    n_refused = 0
    for _ in range(150):
        wrong = changed(document, rng)
        json.dumps(wrong)
        write_archive(path, {"estimator.json": wrong}, tensors)
        with suppress(UserWarning):  # of another version, or of no such device
            n_refused += loaded_or_refused(path) is None
    assert n_refused > 30


def test_a_tensor_comes_once(path):
    weights = {"kind": "array", "tensor": "x", "dtype": "|u1", "shape": [9]}
    document = node("sklearn.linear_model.LinearRegression", a=[weights] * 2)
    tensors = {"x": torch.zeros(9, dtype=torch.uint8)}
    check_refused(path, document, tensors, "'x', or it is named twice")


@pytest.mark.parametrize("dtype", ["<U0", "|V0", "|S0"])
def test_nothing_does_not_become_a_great_array(path, dtype):
    nothing = {"kind": "array", "tensor": "x", "dtype": dtype, "shape": [2**40]}
    document = node("sklearn.linear_model.LinearRegression", a=nothing)
    tensors = {"x": torch.zeros(0, dtype=torch.uint8)}
    check_refused(path, document, tensors, "cannot have 0 B|not allowed")


def test_a_small_mask_does_not_grow(path):
    parts = {
        name: {"kind": "array", "tensor": name, "dtype": "|u1", "shape": shape}
        for name, shape in (("data", [9]), ("mask", [1]), ("fill_value", []))
    }
    document = node(
        "sklearn.linear_model.LinearRegression", a={"kind": "masked array", **parts}
    )
    tensors = {
        name: torch.zeros(part["shape"], dtype=torch.uint8)
        for name, part in parts.items()
    }
    check_refused(path, document, tensors, "cannot have a mask")


def test_a_classifier_that_has_learnt_known_negatives(path):
    classifier = clone(NETWORK).set_params(warm_start=True)
    known = np.arange(60) > 50
    classifier.fit(X, Y, known_negative=known)
    save(classifier, path)
    loaded = load(path)
    priors = loaded.net_.criterion_.priors
    assert priors == classifier.net_.criterion_.priors
    assert priors.unlabeled == loaded.unlabeled_prior_
    np.testing.assert_array_equal(
        loaded.decision_function(X), classifier.decision_function(X)
    )
    loaded.fit(X, Y, known_negative=known)
