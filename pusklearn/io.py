"""Read micrographs and coordinates from files, and write picks to them."""

from pusklearn.micrographs.io._coordinates_for import coordinates_for
from pusklearn.micrographs.io._corrections_of_selection import corrections_of_selection
from pusklearn.micrographs.io._read_coordinates import read_coordinates
from pusklearn.micrographs.io._read_corrections import read_corrections
from pusklearn.micrographs.io._read_masks import read_masks
from pusklearn.micrographs.io._read_micrograph import read_micrograph
from pusklearn.micrographs.io._read_micrographs import read_micrographs
from pusklearn.micrographs.io._write_coordinates import write_coordinates

__all__ = [
    "coordinates_for",
    "corrections_of_selection",
    "read_coordinates",
    "read_corrections",
    "read_masks",
    "read_micrograph",
    "read_micrographs",
    "write_coordinates",
]
