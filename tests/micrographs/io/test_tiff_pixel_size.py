import numpy as np
import pytest
import tifffile

from pusklearn.io import read_micrograph

IMAGE = np.arange(12, dtype=np.uint16).reshape(3, 4)


def pixel_size(tmp_path, **options):
    tifffile.imwrite(tmp_path / "a.tif", IMAGE, **options)
    return read_micrograph(tmp_path / "a.tif").pixel_size


@pytest.mark.parametrize(
    ("unit", "per_pixel"),
    [
        ("nm", 0.15),
        ("um", 1.5e-4),
        ("\\u00B5m", 1.5e-4),
        ("micron", 1.5e-4),
        ("A", 1.5),
    ],
)
def test_imagej_tells_its_unit(tmp_path, unit, per_pixel):
    options = {"imagej": True, "metadata": {"unit": unit}}
    resolution = (1 / per_pixel, 1 / per_pixel)
    size = pixel_size(tmp_path, resolution=resolution, **options)
    assert size == pytest.approx(1.5, rel=1e-4)


@pytest.mark.parametrize("unit", ["", "pixel", "inch"])
def test_other_units_of_imagej_tell_nothing(tmp_path, unit):
    options = {"imagej": True, "metadata": {"unit": unit}}
    assert pixel_size(tmp_path, resolution=(72, 72), **options) is None


def test_ome_tells_its_unit(tmp_path):
    sizes = {"PhysicalSizeX": 0.15, "PhysicalSizeY": 0.15}
    units = {"PhysicalSizeXUnit": "nm", "PhysicalSizeYUnit": "nm"}
    assert pixel_size(tmp_path, ome=True, metadata=sizes | units) == 1.5
    assert pixel_size(tmp_path, ome=True) is None


def test_serialem_is_believed_and_others_are_not(tmp_path):
    options = {"resolution": ((2 * 10**8, 3),) * 2, "resolutionunit": "CENTIMETER"}
    said = "SerialEM: Digital Micrograph"
    size = pixel_size(tmp_path, description=said, metadata=None, **options)
    assert size == pytest.approx(1.5, rel=1e-4)
    assert pixel_size(tmp_path, **options) is None
    printer = {"resolution": (300, 300), "resolutionunit": "INCH"}
    assert pixel_size(tmp_path, description=said, metadata=None, **printer) is None


def test_pixels_that_are_not_square_are_told(tmp_path):
    options = {"imagej": True, "metadata": {"unit": "nm"}}
    with pytest.warns(UserWarning, match="are not square"):
        assert pixel_size(tmp_path, resolution=(5, 6), **options) is None
