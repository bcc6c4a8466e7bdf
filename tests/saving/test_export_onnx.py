import os
import sys

import numpy as np
import onnxruntime
import pytest
import torch
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import nn

import pusklearn.saving._export_onnx as under_test
from pusklearn import (
    PUCalibratedClassifier,
    PUClassifier,
    RegionScorer,
    TiledRegions,
    export_onnx,
    make_picker,
)
from pusklearn.modules import MLP, ConvNet, ResNet8, ResNet16

RNG = np.random.default_rng(0)
# Some processors would train, and make score maps, in bfloat16.
QUICK = {"max_epochs": 1, "steps_per_epoch": 2, "batch_size": 8, "random_state": 0}
QUICK["precision"] = "float32"
pytestmark = pytest.mark.filterwarnings(
    "ignore::pusklearn.pu._pu_collapse_warning.PUCollapseWarning"
)
# Names, networks, and the edge of the regions that they are trained on.
DENSE = {
    "conv31": (ConvNet(31, units=3), 31),
    "conv31 of 40": (ConvNet(31, units=3), 40),
    "conv63": (ConvNet(63, units=2), 63),
    "conv63 halve": (ConvNet(63, units=2, halve=True), 63),
    "conv127 halve": (ConvNet(127, units=2, halve=True, dropout=0.1), 127),
    "no batch norm": (ConvNet(31, units=3, batch_norm=False), 31),
    "resnet8": (ResNet8(units=2), 71),
    "resnet8 of 80": (ResNet8(units=2, batch_norm=False), 80),
    "resnet16": (ResNet16(units=2), 99),
}


def run(path, values):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(path, options)
    name = session.get_inputs()[0].name
    return session.run(["log_odds"], {name: np.asarray(values, np.float32)})[0]


def fitted(module, shape, n=24, **params):
    """Fit, and give batch norms and slopes values that a mistake would show."""
    X = RNG.normal(size=(n, *shape)).astype(np.float32)
    classifier = PUClassifier(module, **QUICK, **params).fit(X, np.arange(n) < 8)
    with torch.no_grad():
        for values in classifier.net_.module_.state_dict().values():
            if values.dtype == torch.float32:
                noise = torch.from_numpy(RNG.uniform(0.7, 1.3, values.shape))
                values.mul_(noise.float())
    return classifier, X


@pytest.mark.parametrize("name", DENSE)
def test_a_dense_network_gives_the_score_map_of_every_size(name, tmp_path):
    module, size = DENSE[name]
    classifier, _ = fitted(module, (size, size))
    for step in (1, 2, 4):
        export_onnx(classifier, tmp_path / "a.onnx", step=step)
        for shape in ((64, 64), (41, 58), (7, 90), (1, 1)):
            image = RNG.normal(size=shape).astype(np.float32)
            result = run(tmp_path / "a.onnx", image[None, None])[0, 0]
            assert result.shape == shape
            expected = classifier.score_map(image, step=step)
            assert np.abs(result - expected).max() < 1e-4


def test_a_batch_of_micrographs_is_scored_one_by_one(tmp_path):
    classifier, _ = fitted(ConvNet(31, units=3), (31, 31))
    export_onnx(classifier, tmp_path / "a.onnx")
    images = RNG.normal(size=(3, 1, 45, 50))
    together = run(tmp_path / "a.onnx", images)
    for image, result in zip(images, together, strict=True):
        assert np.abs(run(tmp_path / "a.onnx", image[None])[0] - result).max() < 1e-5


def test_edges_are_those_of_regions(tmp_path):
    """The scores of regions one by one, which pad the micrograph themselves."""
    classifier, _ = fitted(ConvNet(31, units=3), (31, 31))
    export_onnx(classifier, tmp_path / "a.onnx")
    image = RNG.normal(size=(20, 26)).astype(np.float32)
    regions = np.asarray(TiledRegions([image], 31))
    one_by_one = classifier.decision_function(regions).reshape(image.shape)
    result = run(tmp_path / "a.onnx", image[None, None])[0, 0]
    assert np.abs(result - one_by_one).max() < 1e-4


def test_the_lesser_label_may_be_that_of_the_positives(tmp_path):
    classifier, _ = fitted(ConvNet(31, units=3), (31, 31), pos_label=False)
    export_onnx(classifier, tmp_path / "a.onnx")
    image = RNG.normal(size=(20, 26)).astype(np.float32)
    result = run(tmp_path / "a.onnx", image[None, None])[0, 0]
    assert np.abs(result - classifier.score_map(image, step=1)).max() < 1e-4


SAMPLES = {
    "table": (MLP((5, 4)), (6,)),
    "table batch norm": (MLP((5,), batch_norm=True, dropout=0.2), (6,)),
    "linear": (MLP(()), (6,)),
    "images": (MLP((5,)), (6, 7)),
    "channels": (ConvNet(31, units=2), (2, 31, 31)),
    "small images": (ConvNet(31, units=2), (20, 20)),
    "not square": (ConvNet(31, units=2), (31, 38)),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_other_networks_give_one_logit_per_sample(name, tmp_path):
    module, shape = SAMPLES[name]
    classifier, X = fitted(module, shape)
    export_onnx(classifier, tmp_path / "a.onnx")
    samples = X[:, None] if X.ndim == 3 else X
    for n in (1, 24):
        result = run(tmp_path / "a.onnx", samples[:n])
        expected = classifier.decision_function(X[:n])
        assert result.shape == expected.shape
        assert np.abs(result - expected).max() < 1e-4
    with pytest.raises(ValueError, match="`step` needs a network"):
        export_onnx(classifier, tmp_path / "a.onnx", step=1)


@pytest.fixture(scope="module")
def picker():
    rng = np.random.default_rng(0)
    micrographs = [rng.normal(size=(60, 70)).astype(np.float32) for _ in range(2)]
    labels = [[[20, 20], [40, 30]], [[30, 30]]]
    classifier = PUClassifier(ConvNet(31, units=3), **QUICK)
    picker = make_picker(24, classifier=classifier, particles_per_micrograph=9)
    return picker.fit(micrographs, labels), micrographs


def test_a_picker_gives_the_maps_of_its_scorer(picker, tmp_path):
    picker, micrographs = picker
    export_onnx(picker, tmp_path / "a.onnx")
    prepared = picker[:2].transform(micrographs)
    for image, expected in zip(
        prepared, picker[:3].transform(micrographs), strict=True
    ):
        result = run(tmp_path / "a.onnx", np.asarray(image)[None, None])[0, 0]
        assert np.abs(result - expected).max() < 1e-4
    export_onnx(picker["score"], tmp_path / "b.onnx")
    assert (tmp_path / "a.onnx").read_bytes() == (tmp_path / "b.onnx").read_bytes()
    export_onnx(picker["score"].classifier_, tmp_path / "c.onnx", step=2)
    assert (tmp_path / "a.onnx").read_bytes() == (tmp_path / "c.onnx").read_bytes()


def test_a_pipeline_of_tables(tmp_path):
    X = RNG.normal(size=(30, 4)).astype(np.float32)
    model = make_pipeline(StandardScaler(), PUClassifier(MLP((3,)), **QUICK))
    model.fit(X, np.arange(30) < 9)
    export_onnx(model, tmp_path / "a.onnx")
    result = run(tmp_path / "a.onnx", model[:1].transform(X))
    assert np.abs(result - model.decision_function(X)).max() < 1e-4


def test_what_has_no_network_is_refused(tmp_path):
    path = tmp_path / "a.onnx"
    X, y = RNG.normal(size=(60, 4)), np.arange(60) < 20
    wrapper = PUCalibratedClassifier(PUClassifier(MLP((3,)), **QUICK), prior=0.5)
    for estimator in (LogisticRegression().fit(X, y), wrapper, make_pipeline(wrapper)):
        with pytest.raises(TypeError, match="must be a PUClassifier, a RegionScorer"):
            export_onnx(estimator, path)
    for estimator in (PUClassifier(), RegionScorer(PUClassifier()), make_picker(24)):
        with pytest.raises(NotFittedError):
            export_onnx(estimator, path)
    with pytest.raises(TypeError, match="must be an object, not a class"):
        export_onnx(PUClassifier, path)
    assert not os.listdir(tmp_path)


class Own(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 1)

    def forward(self, samples):
        return self.layer(samples)


def test_a_network_of_the_user_is_refused_with_the_way_out(tmp_path):
    classifier, _ = fitted(Own, (4,))
    with pytest.raises(TypeError, match=r"a layer of type Own; .*torch\.onnx\.export"):
        export_onnx(classifier, tmp_path / "a.onnx")


def test_wrong_steps_are_refused(tmp_path):
    classifier, _ = fitted(ConvNet(31, units=2), (31, 31))
    for step in (0, 3, 8):
        with pytest.raises(ValueError, match="`step` must be a power of 2"):
            export_onnx(classifier, tmp_path / "a.onnx", step=step)


def test_the_missing_package_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(under_test, "find_spec", {}.get)
    with pytest.raises(ImportError, match=r"pip install pusklearn\[onnx\]"):
        export_onnx(PUClassifier(), tmp_path / "a.onnx")


def test_exporting_loads_no_tracer(tmp_path):
    classifier, _ = fitted(MLP((3,)), (4,))
    export_onnx(classifier, tmp_path / "a.onnx")
    assert "onnxscript" not in sys.modules
