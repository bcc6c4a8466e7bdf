"""The region around every pixel, as samples of a classifier."""

# This makes the ground floor know `TiledRegions`, even if one is only unpickled.
from pusklearn.micrographs.regions import _region_samples  # noqa: F401
