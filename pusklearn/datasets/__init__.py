"""Data made on the spot, for tests, examples and demonstrations."""

from pusklearn.datasets._make_micrographs import make_micrographs

__all__ = ["make_micrographs"]
