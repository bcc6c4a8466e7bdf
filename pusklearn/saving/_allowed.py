"""The classes whose objects a file may hold, by the names that files give them.

A name of pusklearn stays when the code moves to another file. Of scikit-learn, every
estimator is allowed, and what the estimators are made of is listed.
"""

import re
from importlib import import_module
from typing import Any

# Where each class of pusklearn lies.
PUSKLEARN = {
    "pusklearn.BaggingPUClassifier": "pu.wrappers._bagging_pu_classifier",
    "pusklearn.CVIRClassifier": "pu.wrappers._cvir_classifier",
    "pusklearn.ElkanNotoClassifier": "pu.wrappers._elkan_noto_classifier",
    "pusklearn.FourierDownsampler": "micrographs.preprocessing._fourier_downsampler",
    "pusklearn.MicrographNormalizer": (
        "micrographs.preprocessing._micrograph_normalizer"
    ),
    "pusklearn.PUCalibratedClassifier": "pu.wrappers._pu_calibrated_classifier",
    "pusklearn.PUClassifier": "pu.network._pu_classifier",
    "pusklearn.PUStratifiedKFold": "pu.splits._pu_stratified_kfold",
    "pusklearn.PUThresholdClassifier": "pu.wrappers._pu_threshold_classifier",
    "pusklearn.PeakExtractor": "micrographs.peaks._peak_extractor",
    "pusklearn.PriorEstimator": "pu.wrappers._prior_estimator",
    "pusklearn.ReferencePicker": "micrographs.references._reference_picker",
    "pusklearn.RegionScorer": "micrographs.regions._region_scorer",
    "pusklearn.SAREMClassifier": "pu.wrappers._sar_em_classifier",
    "pusklearn.criteria.AbsPU": "pu.criteria._abs_pu",
    "pusklearn.criteria.CountLoss": "pu.criteria._count_loss",
    "pusklearn.criteria.DistPU": "pu.criteria._dist_pu",
    "pusklearn.criteria.GEBinomial": "pu.criteria._ge_binomial",
    "pusklearn.criteria.GEKL": "pu.criteria._ge_kl",
    "pusklearn.criteria.ImbalancedNNPU": "pu.criteria._imbalanced_nnpu",
    "pusklearn.criteria.MeanPriorVPU": "pu.criteria._mean_prior_vpu",
    "pusklearn.criteria.NNPU": "pu.criteria._nnpu",
    "pusklearn.criteria.PN": "pu.criteria._pn",
    "pusklearn.criteria.Priors": "pu.priors._priors",
    "pusklearn.criteria.UPU": "pu.criteria._upu",
    "pusklearn.criteria.VPU": "pu.criteria._vpu",
    "pusklearn.modules.ConvNet": "pu.modules._conv_net",
    "pusklearn.modules.MLP": "pu.modules._mlp",
    "pusklearn.modules.ResNet16": "pu.modules._resnet16",
    "pusklearn.modules.ResNet8": "pu.modules._resnet8",
    # Parts of them.
    "pusklearn.parts.AverageCalibrator": "pu.wrappers._pu_calibration",
    "pusklearn.parts.BetaCalibrator": "pu.wrappers._pu_calibration",
    "pusklearn.parts.Contrast": "micrographs.regions._contrast",
    "pusklearn.parts.Pipeline": "micrographs._pipeline",
    "pusklearn.parts.PickCalibration": "micrographs.peaks._pick_calibration",
    "pusklearn.parts.PixelSizes": "micrographs.images._pixel_sizes",
    "pusklearn.parts.PriorsWithNegatives": "pu.priors._priors",
    "pusklearn.parts.Scorer": "pu.metrics._pu_scorer:_PUScorer",
    "pusklearn.parts.ShrunkenCalibrator": "pu.wrappers._pu_calibration",
    "pusklearn.parts.SigmoidCalibrator": "pu.wrappers._pu_calibration",
    "pusklearn.parts.TwoArgumentLoss": "pu.criteria._two_argument_loss",
}
# The bases of what is allowed of scikit-learn. They are names, so that nothing is
# loaded that an estimator does not need.
SKLEARN_BASES = {
    "sklearn._loss.loss.BaseLoss",
    "sklearn.base.BaseEstimator",
    "sklearn.gaussian_process.kernels.Kernel",
    "sklearn.model_selection._split.BaseCrossValidator",
    "sklearn.model_selection._split.BaseShuffleSplit",
    "sklearn.model_selection._split._RepeatedSplits",
}
# What estimators of scikit-learn are made of.
SKLEARN_PARTS = (
    "sklearn._loss.link.HalfLogitLink",
    "sklearn._loss.link.IdentityLink",
    "sklearn._loss.link.Interval",
    "sklearn._loss.link.LogLink",
    "sklearn._loss.link.LogitLink",
    "sklearn._loss.link.MultinomialLogit",
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.metrics._scorer._Scorer",
    "sklearn.metrics._scorer._PassthroughScorer",
    "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
    "sklearn.neural_network._stochastic_optimizers.SGDOptimizer",
)
SKORCH = (
    "skorch.callbacks.EarlyStopping",
    "skorch.callbacks.EpochScoring",
    "skorch.callbacks.EpochTimer",
    "skorch.callbacks.GradientNormClipping",
    "skorch.callbacks.LRScheduler",
)
SKLEARN_NAME = re.compile(r"sklearn(\.[a-z_]\w*)+\.[A-Za-z_]\w*")
NOT_SKLEARN = {"conftest", "externals", "tests", "datasets", "setup"}


def name_of(cls: type) -> str | None:
    """Return the name of a class in files, or None if it is not allowed."""
    module, _, rest = cls.__module__.partition(".")
    if module == "pusklearn":
        return next((n for n, place in PUSKLEARN.items() if is_at(cls, n, rest)), None)
    name = f"{cls.__module__}.{cls.__qualname__}"
    if module == "skorch":
        name = f"skorch.callbacks.{cls.__qualname__}"
    if module == "sklearn" and bases_of(cls) & SKLEARN_BASES:
        name = public_name(cls, name)
    return name if find_class(name) is cls else None


def bases_of(cls: type) -> set[str]:
    """Return the full names of a class and of all that it inherits from."""
    return {f"{base.__module__}.{base.__qualname__}" for base in cls.__mro__}


def is_at(cls: type, name: str, place: str) -> bool:
    """Tell whether a class of pusklearn is the one of that name."""
    where, _, own = PUSKLEARN[name].partition(":")
    return where == place and cls.__qualname__ == (own or name.rpartition(".")[2])


def public_name(cls: type, name: str) -> str:
    """Return the name that scikit-learn's users know, which stays when code moves."""
    parts = cls.__module__.split(".")
    private = [i for i, part in enumerate(parts) if part.startswith("_")]
    public = ".".join(parts[: private[0]] if private else parts)
    is_there = getattr(import_module(public), cls.__qualname__, None) is cls
    return f"{public}.{cls.__qualname__}" if is_there else name


def is_known(name: str) -> bool:
    """Tell whether a name may be looked up."""
    is_sklearn = SKLEARN_NAME.fullmatch(name) is not None
    return is_listed(name) or (is_sklearn and not NOT_SKLEARN & set(name.split(".")))


def is_listed(name: str) -> bool:
    """Tell whether a class is allowed by its name."""
    return name in PUSKLEARN or name in SKLEARN_PARTS or name in SKORCH


def class_of(name: str) -> Any:
    """Return the class of a name, or raise a ValueError for one that is not allowed."""
    cls = find_class(name)
    if cls is None:
        raise ValueError(f"An object of {name!r} is not allowed.")
    return cls


def find_class(name: str) -> Any:
    """Return the class of a name, or None for one that is not allowed."""
    if not is_known(name):
        return None
    module, _, own = name.rpartition(".")
    if name in PUSKLEARN:
        place, _, private = PUSKLEARN[name].partition(":")
        module, own = f"pusklearn.{place}", private or own
    cls = getattr(import_module(module), own, None)
    if not isinstance(cls, type) or is_listed(name):
        return cls
    is_base = cls.__module__.startswith("sklearn.") and bases_of(cls) & SKLEARN_BASES
    return cls if is_base else None
