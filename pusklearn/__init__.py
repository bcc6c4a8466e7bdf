"""Positive-unlabeled learning as scikit-learn, and particle picking with it."""

from pusklearn._micrograph import Micrograph
from pusklearn._tiled_regions import TiledRegions

__version__ = "0.1.0.dev0"

__all__ = ["Micrograph", "TiledRegions"]
