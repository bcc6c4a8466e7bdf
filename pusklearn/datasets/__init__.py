"""Data made on the spot, for tests, examples and demonstrations."""

from pusklearn.datasets._make_micrographs import make_micrographs
from pusklearn.datasets._make_pu import make_pu

__all__ = ["make_micrographs", "make_pu"]
