"""Positive-unlabeled learning as scikit-learn, and particle picking with it."""

from pusklearn._micrograph import Micrograph
from pusklearn._pu_classifier import PUClassifier
from pusklearn._region_scorer import RegionScorer
from pusklearn._tiled_regions import TiledRegions

__version__ = "0.1.0.dev0"

__all__ = ["Micrograph", "PUClassifier", "RegionScorer", "TiledRegions"]
