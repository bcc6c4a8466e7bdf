"""Positive-unlabeled learning as scikit-learn, and particle picking with it."""

from pusklearn import criteria, datasets, io, metrics, modules
from pusklearn._bagging_pu_classifier import BaggingPUClassifier
from pusklearn._cvir_classifier import CVIRClassifier
from pusklearn._elkan_noto_classifier import ElkanNotoClassifier
from pusklearn._estimate_prior import estimate_prior
from pusklearn._fourier_downsampler import FourierDownsampler
from pusklearn._make_picker import make_picker
from pusklearn._micrograph import Micrograph
from pusklearn._micrograph_normalizer import MicrographNormalizer
from pusklearn._peak_extractor import PeakExtractor
from pusklearn._prior_estimator import PriorEstimator
from pusklearn._pu_calibrated_classifier import PUCalibratedClassifier
from pusklearn._pu_classifier import PUClassifier
from pusklearn._pu_stratified_kfold import PUStratifiedKFold
from pusklearn._pu_threshold_classifier import PUThresholdClassifier
from pusklearn._reference_picker import ReferencePicker
from pusklearn._region_scorer import RegionScorer
from pusklearn._tiled_regions import TiledRegions

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
