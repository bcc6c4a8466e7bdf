"""The pixel size of a TIFF file, if a program of microscopy has written it."""

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree

if TYPE_CHECKING:
    from tifffile import TiffFile, TiffPage

# Angstrom per unit.
_UNITS = {
    "a": 1.0,
    "å": 1.0,
    "\u212b": 1.0,
    "ang": 1.0,
    "angstrom": 1.0,
    "angstroms": 1.0,
    "ångström": 1.0,
    "pm": 0.01,
    "nm": 10.0,
    "nanometer": 10.0,
    "um": 1e4,
    "\u00b5m": 1e4,
    "\u03bcm": 1e4,
    "micron": 1e4,
    "microns": 1e4,
    "micrometer": 1e4,
}
_RESOLUTION_UNITS = {2: 2.54e8, 3: 1e8}  # inch and centimetre
_OLDEST_MICRON = "\\u00B5m"
# Pixel sizes of electron micrographs; beyond them, a resolution is that of a printer.
_PLAUSIBLE = (0.01, 10_000.0)
_ROUNDED = 0.01


def tiff_pixel_size(
    tiff: "TiffFile", page: "TiffPage", oddities: list[str]
) -> float | None:
    """Return the pixel size of a TIFF file in angstrom, None if it is unknown.

    The resolution is believed if ImageJ has written it with a unit of length, OME with
    its metadata, or SerialEM; in other files it is often that of a printer.

    Parameters
    ----------
    tiff : TiffFile
        The open file.
    page : TiffPage
        Its page.
    oddities : list of str
        Is appended if the pixels are not square.
    """
    sizes = _ome_sizes(tiff) if tiff.is_ome else _resolution_sizes(tiff, page)
    if sizes is None or not all(_PLAUSIBLE[0] < size < _PLAUSIBLE[1] for size in sizes):
        return None
    x, y = sizes
    if abs(x - y) > _ROUNDED * max(x, y):
        oddities.append(
            f"its pixels are not square: {x:.4g} angstrom along x and {y:.4g} along y; "
            "so its pixel size is left unknown, and `micrograph.pixel_size` sets it"
        )
        return None
    return x


def _resolution_sizes(tiff, page):
    unit = _resolution_unit(tiff, page)
    resolutions = [page.tags.valueof(tag) for tag in ("XResolution", "YResolution")]
    if unit is None or any(r is None or 0 in r for r in resolutions):
        return None
    # A resolution is a fraction: its pixels, and the units that they take.
    return [unit * r[1] / r[0] for r in resolutions]


def _resolution_unit(tiff, page):
    """Return the unit of the resolution in angstrom, None if it is not believed."""
    if tiff.is_imagej:
        unit = str((tiff.imagej_metadata or {}).get("unit", ""))
        return _UNITS.get(unit.replace(_OLDEST_MICRON, "\u00b5m").strip().lower())
    if re.search(r"\bSerialEM\b", page.description) or re.search(
        r"\bSerialEM\b", page.software
    ):
        return _RESOLUTION_UNITS.get(page.tags.valueof("ResolutionUnit", 2))
    return None


def _ome_sizes(tiff):
    root = ElementTree.fromstring(tiff.ome_metadata)
    pixels = next((e for e in root.iter() if e.tag.endswith("}Pixels")), None)
    if pixels is None:
        return None
    sizes = []
    for axis in "XY":
        unit = _UNITS.get(pixels.get(f"PhysicalSize{axis}Unit", "µm").strip().lower())
        size = pixels.get(f"PhysicalSize{axis}")
        if size is None or unit is None:
            return None
        sizes.append(unit * float(size))
    return sizes
