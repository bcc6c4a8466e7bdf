"""The region around every pixel, as samples of a classifier."""

# Registers `TiledRegions` at the ground floor, whoever imports or unpickles one.
from pusklearn.micrographs.regions import _region_samples  # noqa: F401
