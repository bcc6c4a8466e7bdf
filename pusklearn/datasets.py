"""Data made on the spot, for tests, examples and demonstrations."""

from pusklearn.micrographs.simulation._make_micrographs import make_micrographs
from pusklearn.pu._make_pu import make_pu

__all__ = ["make_micrographs", "make_pu"]
