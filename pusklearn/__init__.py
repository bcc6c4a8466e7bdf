"""Positive-unlabeled learning as scikit-learn, and particle picking with it."""

from pusklearn import criteria, datasets, io, metrics, modules
from pusklearn.micrographs._make_picker import make_picker
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.peaks._peak_extractor import PeakExtractor
from pusklearn.micrographs.preprocessing._fourier_downsampler import FourierDownsampler
from pusklearn.micrographs.preprocessing._micrograph_normalizer import (
    MicrographNormalizer,
)
from pusklearn.micrographs.references._reference_picker import ReferencePicker
from pusklearn.micrographs.regions._region_scorer import RegionScorer
from pusklearn.micrographs.regions._tiled_regions import TiledRegions
from pusklearn.pu.network._pu_classifier import PUClassifier
from pusklearn.pu.priors._estimate_prior import estimate_prior
from pusklearn.pu.splits._pu_stratified_kfold import PUStratifiedKFold
from pusklearn.pu.wrappers._bagging_pu_classifier import BaggingPUClassifier
from pusklearn.pu.wrappers._cvir_classifier import CVIRClassifier
from pusklearn.pu.wrappers._elkan_noto_classifier import ElkanNotoClassifier
from pusklearn.pu.wrappers._prior_estimator import PriorEstimator
from pusklearn.pu.wrappers._pu_calibrated_classifier import PUCalibratedClassifier
from pusklearn.pu.wrappers._pu_threshold_classifier import PUThresholdClassifier

__version__ = "0.1.0.dev0"

__all__ = [
    "BaggingPUClassifier",
    "CVIRClassifier",
    "ElkanNotoClassifier",
    "FourierDownsampler",
    "Micrograph",
    "MicrographNormalizer",
    "PUCalibratedClassifier",
    "PUClassifier",
    "PUStratifiedKFold",
    "PUThresholdClassifier",
    "PeakExtractor",
    "PriorEstimator",
    "ReferencePicker",
    "RegionScorer",
    "TiledRegions",
    "criteria",
    "datasets",
    "estimate_prior",
    "io",
    "make_picker",
    "metrics",
    "modules",
]
