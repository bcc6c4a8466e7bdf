import os
import pickle
import warnings

import joblib
import numpy as np
import pytest
import torch
from sklearn.base import BaseEstimator, clone
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from skorch.callbacks import (
    Callback,
    EarlyStopping,
    EpochScoring,
    GradientNormClipping,
    LRScheduler,
)
from torch import nn

import pusklearn
from pusklearn import (
    BaggingPUClassifier,
    CVIRClassifier,
    ElkanNotoClassifier,
    FourierDownsampler,
    MicrographNormalizer,
    PeakExtractor,
    PriorEstimator,
    PUCalibratedClassifier,
    PUClassifier,
    PUStratifiedKFold,
    PUThresholdClassifier,
    ReferencePicker,
    SAREMClassifier,
    load,
    make_picker,
    save,
)
from pusklearn.criteria import NNPU, Criterion, GEBinomial
from pusklearn.datasets import make_micrographs
from pusklearn.metrics import pu_scorer
from pusklearn.modules import MLP, ConvNet

pytestmark = pytest.mark.filterwarnings(
    "ignore::pusklearn.pu._pu_collapse_warning.PUCollapseWarning",
    "ignore:.*:UserWarning:pusklearn",
)
RNG = np.random.default_rng(0)
X = RNG.normal(size=(200, 5)).astype(np.float32)
TRUE = X[:, 0] + 0.3 * RNG.normal(size=200) > 0
Y = np.int64(TRUE & (RNG.random(200) < 0.5))
QUICK = {"max_epochs": 2, "steps_per_epoch": 2, "batch_size": 32, "random_state": 0}
NETWORK = PUClassifier(MLP((4,)), prior=0.5, **QUICK)
LINEAR = LogisticRegression()
METHODS = (
    *("predict", "predict_proba", "decision_function", "predict_log_proba"),
    "transform",
)
SEARCH = GridSearchCV(
    LINEAR, {"C": [0.1, 1]}, scoring=pu_scorer("f1", prior=0.5), cv=PUStratifiedKFold(2)
)
ESTIMATORS = {
    "network": NETWORK,
    "network of images": PUClassifier("auto", **QUICK),
    "criterion": clone(NETWORK).set_params(criterion=NNPU(beta=0.1)),
    "named criterion": clone(NETWORK).set_params(criterion__slack=0.2),
    "loss of torch": clone(NETWORK).set_params(
        criterion=nn.BCEWithLogitsLoss(pos_weight=torch.tensor(2.0))
    ),
    "function of torch": clone(NETWORK).set_params(
        criterion=nn.functional.binary_cross_entropy_with_logits
    ),
    "decoder": clone(NETWORK).set_params(reconstruction_weight=0.1),
    "sgd": clone(NETWORK).set_params(optimizer="sgd", optimizer__momentum=0.5),
    "adamw": clone(NETWORK).set_params(
        optimizer=torch.optim.AdamW, device=torch.device("cpu")
    ),
    "callbacks": clone(NETWORK).set_params(
        validation_fraction=0.3,
        callbacks=[
            EarlyStopping(patience=5),
            ("rate", LRScheduler("StepLR", step_size=3)),
            ("ranking", EpochScoring("roc_auc", lower_is_better=False)),
            GradientNormClipping(1.0),
        ],
    ),
    "schedule": clone(NETWORK).set_params(
        callbacks=[LRScheduler(torch.optim.lr_scheduler.ExponentialLR, gamma=0.9)]
    ),
    "estimated prior": clone(NETWORK).set_params(prior="estimate"),
    "random state": clone(NETWORK).set_params(random_state=np.random.RandomState(3)),
    "threshold": PUThresholdClassifier(
        RandomForestClassifier(5, max_depth=3, random_state=0), prior=0.5
    ),
    "isotonic": PUCalibratedClassifier(
        HistGradientBoostingClassifier(max_iter=3, random_state=0),
        prior=0.5,
        method="isotonic",
        random_state=0,
    ),
    "sigmoid": PUCalibratedClassifier(
        make_pipeline(StandardScaler(), NETWORK),
        prior=0.5,
        method="sigmoid",
        random_state=0,
    ),
    "beta": PUCalibratedClassifier(SEARCH, prior=0.5, method="beta", random_state=0),
    "shrunken average": PUCalibratedClassifier(
        clone(NETWORK).set_params(prior=0.6), random_state=0
    ),
    "average": PUCalibratedClassifier(
        LINEAR, prior=0.5, method="average", random_state=0
    ),
    "bagging": BaggingPUClassifier(LINEAR, n_estimators=2, random_state=0),
    "cvir": CVIRClassifier(LINEAR, prior=0.5, random_state=0),
    "elkan-noto": ElkanNotoClassifier(LINEAR, random_state=0),
    "prior": PriorEstimator(LINEAR, random_state=0),
    "sar-em": SAREMClassifier(LINEAR, propensity_columns=[0], n_rounds=2),
    "log": make_pipeline(FunctionTransformer(np.tanh), LINEAR),
}
each_estimator = pytest.mark.parametrize("name", ESTIMATORS)


def round_trip(estimator, tmp_path):
    save(estimator, tmp_path / "a.pusk")
    return load(tmp_path / "a.pusk")


def data_of(name):
    """Return samples and labels for an estimator."""
    samples = X.repeat(5, axis=1)[:, :, None] * X[:, None] if "images" in name else X
    return samples, Y


def fitted(name):
    samples, labels = data_of(name)
    return clone(ESTIMATORS[name]).fit(samples, labels), samples, labels


def check_same(first, second, samples):
    found = [method for method in METHODS if hasattr(first, method)]
    for method in found:
        with np.errstate(divide="ignore"):  # the log of a forest's 0
            values, others = (getattr(e, method)(samples) for e in (first, second))
        assert np.array_equal(values, others), method
    first, second = map(public, (first, second))
    assert first.keys() == second.keys()


def public(estimator):
    return {k: v for k, v in vars(estimator).items() if k[-1] == "_"}


def texts_of(params):
    """Return parameters as text, without the places of objects in memory."""
    return {
        name: (type(v), vars(v)) if isinstance(v, Callback) else str(v).split(" at 0x")
        for name, v in params.items()
        if name != "callbacks"
    }


@each_estimator
def test_an_estimator_that_is_not_fitted(name, tmp_path):
    estimator = ESTIMATORS[name]
    loaded = round_trip(estimator, tmp_path)
    assert type(loaded) is type(estimator)
    assert texts_of(loaded.get_params()) == texts_of(estimator.get_params())
    assert texts_of(clone(loaded).get_params()) == texts_of(estimator.get_params())


@each_estimator
def test_a_fitted_estimator(name, tmp_path, few_trees):
    estimator, samples, labels = fitted(name)
    loaded = round_trip(estimator, tmp_path)
    check_same(estimator, loaded, samples)
    first = (tmp_path / "a.pusk").read_bytes()
    again = round_trip(loaded, tmp_path)
    check_same(estimator, again, samples)
    # The same estimator is the same file.
    assert (tmp_path / "a.pusk").read_bytes() == first
    check_same(estimator, pickle.loads(pickle.dumps(loaded)), samples)
    joblib.dump(loaded, tmp_path / "a.joblib")
    check_same(estimator, joblib.load(tmp_path / "a.joblib"), samples)
    check_same(estimator.fit(samples, labels), loaded.fit(samples, labels), samples)


def test_labels_that_are_words(tmp_path):
    words = np.where(Y, "particle", "unlabeled")
    for labels in (words, words.astype(object)):
        estimator = clone(NETWORK).fit(X, labels)
        check_same(estimator, loaded := round_trip(estimator, tmp_path), X)
        assert loaded.classes_.dtype == estimator.classes_.dtype
        assert type(loaded.pos_label_) is type(estimator.pos_label_)


def test_names_of_columns(tmp_path):
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame(X, columns=list("abcde"))
    estimator = clone(NETWORK).fit(table, Y)
    loaded = round_trip(estimator, tmp_path)
    check_same(estimator, loaded, table)
    with pytest.raises(ValueError, match="feature names"):
        loaded.predict(table[list("edcba")])


def test_a_training_goes_on(tmp_path):
    estimator = clone(NETWORK).set_params(warm_start=True, optimizer="adam").fit(X, Y)
    loaded = round_trip(estimator, tmp_path)
    check_same(estimator.fit(X, Y), loaded.fit(X, Y), X)
    assert len(loaded.net_.history) == 4


def test_the_history_is_carried(tmp_path):
    estimator = fitted("callbacks")[0]
    loaded = round_trip(estimator, tmp_path)
    assert list(loaded.net_.history) == list(estimator.net_.history)
    assert (
        loaded.net_.history[:, "valid_loss"] == estimator.net_.history[:, "valid_loss"]
    )


def test_a_shared_random_state_stays_shared(tmp_path):
    state = np.random.RandomState(3)
    one, other = (clone(LINEAR).set_params(random_state=state) for _ in range(2))
    loaded = round_trip(make_pipeline(one, other), tmp_path)
    first, second = (step.random_state for _, step in loaded.steps)
    assert first is second
    assert first.randint(10**9) == state.randint(10**9)


MICROGRAPHS, PARTICLES = make_micrographs(3, size=160, random_state=0)


def make_quick_picker(diameter=24, **params):
    picker = make_picker(
        diameter,
        particles_per_micrograph=20,
        random_state=0,
        threshold="prior",
        **params,
    )
    inner = {f"score__classifier__{k}": v for k, v in QUICK.items()}
    return picker.set_params(score__classifier__module__units=4, **inner)


def same_picks(first, second):
    return all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_a_picker(tmp_path):
    picker = make_quick_picker(downsample=1.5)
    assert str(round_trip(picker, tmp_path)) == str(picker)
    picker.fit(MICROGRAPHS[:2], PARTICLES[:2])
    loaded = round_trip(picker, tmp_path)
    assert str(loaded.get_params()) == str(picker.get_params())
    picks = picker.predict(MICROGRAPHS)
    assert sum(map(len, picks))
    assert same_picks(loaded.predict(MICROGRAPHS), picks)
    assert loaded.score(MICROGRAPHS, PARTICLES) == picker.score(MICROGRAPHS, PARTICLES)
    again = loaded.fit(MICROGRAPHS[:2], PARTICLES[:2])
    assert same_picks(again.predict(MICROGRAPHS), picks)


def test_pickers_of_other_kinds(tmp_path):
    labels = [points[:5] for points in PARTICLES[:2]]
    reference = ReferencePicker(24, random_state=0)
    region = make_quick_picker(classifier=None)
    small = [m[:40, :40] for m in MICROGRAPHS[:2]]
    few = [[[20.0, 20.0]], [[10.0, 12.0]]]
    for estimator, micrographs, particles in (
        (reference, MICROGRAPHS[:2], labels),
        (region, MICROGRAPHS[:2], labels),
        (PeakExtractor(8, threshold=0.5), small, few),
        (FourierDownsampler(2), small, few),
        (MicrographNormalizer(), small, few),
    ):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            estimator.fit(micrographs, particles)
        loaded = round_trip(estimator, tmp_path)
        method = "predict" if hasattr(estimator, "predict") else "transform"
        assert same_picks(
            getattr(loaded, method)(micrographs),
            getattr(estimator, method)(micrographs),
        )


def test_criteria_and_modules_alone(tmp_path):
    for spec in (GEBinomial(slack=0.3), ConvNet(63, units=np.int64(3))):
        with pytest.raises(TypeError, match="must be an estimator with `fit`"):
            save(spec, tmp_path / "a.pusk")


def own_function(values):
    return values


class OwnNetwork(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(5, 1)

    def forward(self, samples):
        return self.layer(samples)


class OwnCriterion(Criterion):
    def compute(self, logits, is_positive, priors):
        return logits.mean()


class OwnCallback(Callback):
    pass


class OwnEstimator(BaseEstimator):
    def fit(self, X, y):
        return self


@pytest.mark.parametrize(
    ("params", "place", "kind"),
    [
        ({"module": OwnNetwork}, "module", "type"),
        ({"module": nn.Linear}, "module", "type"),
        ({"module": own_function}, "module", "function"),
        ({"criterion": OwnCriterion()}, "criterion", "OwnCriterion"),
        ({"criterion": nn.CrossEntropyLoss()}, "criterion", "CrossEntropyLoss"),
        ({"callbacks": [OwnCallback()]}, r"callbacks\[0\]", "OwnCallback"),
        ({"callbacks": [("a", OwnCallback)]}, r"callbacks\[0\]\[1\]", "type"),
        (
            {"callbacks": [EpochScoring(own_function)]},
            r"callbacks\[0\]\.scoring",
            "function",
        ),
        ({"optimizer": own_function}, "optimizer", "function"),
        ({"random_state": iter([])}, "random_state", "list_iterator"),
        ({"prior": np.longdouble(0.5)}, "prior", "longdouble"),
    ],
    ids=range(11),
)
def test_what_cannot_be_carried_is_named_with_the_way_out(
    params, place, kind, tmp_path
):
    (tmp_path / "a.pusk").write_text("before")
    estimator = make_pipeline(StandardScaler(), PUClassifier(**params))
    place = r"Pipeline\.steps\[1\]\[1\]\." + place
    with pytest.raises(TypeError, match=rf"cannot carry {place}, a .*{kind}.*joblib"):
        save(estimator, tmp_path / "a.pusk")
    assert (tmp_path / "a.pusk").read_text() == "before"


def test_estimators_of_others_are_refused(tmp_path):
    with pytest.raises(TypeError, match=r"cannot carry OwnEstimator, a .*OwnEstimator"):
        save(OwnEstimator(), tmp_path / "a.pusk")
    with pytest.raises(TypeError, match=r"PriorEstimator\.estimator, a .*OwnEstimator"):
        save(PriorEstimator(OwnEstimator()), tmp_path / "a.pusk")
    for other in ("text", PUClassifier, np.zeros(3)):
        with pytest.raises(TypeError, match="`estimator` must be an"):
            save(other, tmp_path / "a.pusk")
    assert not os.listdir(tmp_path)


def test_a_class_derived_from_ours_is_refused(tmp_path):
    class Derived(PUClassifier):
        pass

    with pytest.raises(TypeError, match=r"cannot carry Derived, a .*Derived"):
        save(Derived(), tmp_path / "a.pusk")


def test_the_cache_of_a_pipeline_is_refused(tmp_path):
    model = make_pipeline(StandardScaler(), LINEAR, memory=str(tmp_path))
    with pytest.raises(ValueError, match=r"`memory`.*set_params\(memory=None\)"):
        save(model, tmp_path / "a.pusk")
    assert round_trip(model.set_params(memory=None), tmp_path)


def test_an_object_that_holds_itself_is_refused(tmp_path):
    parameters = []
    parameters.append(parameters)
    with pytest.raises(ValueError, match=r"PUClassifier\.callbacks\[0\] holds itself"):
        save(PUClassifier(callbacks=parameters), tmp_path / "a.pusk")


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "a.pusk"
    save(LINEAR, path)
    before = path.read_bytes()

    def fail(*_):
        raise OSError("No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="No space left"):
        save(NETWORK, path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["a.pusk"]


def test_a_link_is_replaced_and_not_followed(tmp_path):
    (tmp_path / "victim").write_text("precious")
    (tmp_path / "a.pusk").symlink_to("victim")
    assert str(round_trip(LINEAR, tmp_path)) == str(LINEAR)
    assert (tmp_path / "victim").read_text() == "precious"


def test_texts_are_paths_too(tmp_path):
    save(LINEAR, str(tmp_path / "a"))
    assert str(load(str(tmp_path / "a"))) == str(LINEAR)


def test_a_device_that_is_not_here(tmp_path, monkeypatch):
    estimator = fitted("network")[0]
    expected = estimator.predict(X)
    save(estimator.set_params(device="cuda"), tmp_path / "a.pusk")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.warns(UserWarning, match="loaded to the CPU"):
        loaded = load(tmp_path / "a.pusk")
    assert np.array_equal(loaded.predict(X), expected)


def test_the_three_names_are_public():
    assert {"save", "load", "export_onnx"} <= set(pusklearn.__all__)
