import numpy as np
import pytest
import tifffile

from pusklearn.io import read_micrograph

IMAGE = np.arange(35 * 40).reshape(35, 40)


def is_mapped(array):
    while array is not None and not isinstance(array, np.memmap):
        array = getattr(array, "base", None)
    return array is not None


@pytest.mark.parametrize("dtype", ["u1", "i1", "u2", "i2", "f2", "f4", "f8", "u4"])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("bigtiff", [False, True])
def test_an_image_in_grey_is_mapped(tmp_path, dtype, order, bigtiff):
    image = (IMAGE % 100).astype(dtype)
    tifffile.imwrite(tmp_path / "a.tif", image, byteorder=order, bigtiff=bigtiff)
    micrograph = read_micrograph(tmp_path / "a.tif")
    assert is_mapped(micrograph)
    assert not micrograph.flags.writeable
    assert (micrograph.name, micrograph.pixel_size) == ("a", None)
    assert micrograph.path == str(tmp_path / "a.tif")
    assert micrograph.dtype == np.dtype(dtype).newbyteorder(order)
    np.testing.assert_array_equal(micrograph, image)


@pytest.mark.parametrize(
    "options",
    [
        {"compression": "zlib", "rowsperstrip": 8},
        {"compression": "zlib", "predictor": True},
        {"tile": (16, 32)},
        {"tile": (16, 16), "compression": "zlib"},
    ],
)
@pytest.mark.parametrize("order", ["<", ">"])
def test_other_pixels_are_read_at_once(tmp_path, options, order):
    image = IMAGE.astype("u2")
    tifffile.imwrite(tmp_path / "a.tif", image, byteorder=order, **options)
    micrograph = read_micrograph(tmp_path / "a.tif")
    assert not is_mapped(micrograph)
    assert not micrograph.flags.writeable
    np.testing.assert_array_equal(micrograph, image)


def test_the_first_bytes_tell_the_format(tmp_path):
    tifffile.imwrite(tmp_path / "a.mrc", IMAGE.astype("u2"))
    np.testing.assert_array_equal(read_micrograph(tmp_path / "a.mrc"), IMAGE)


@pytest.mark.parametrize(
    ("image", "options", "said"),
    [
        (np.zeros((5, 20, 30), "u2"), {}, "with several, such as a movie"),
        (np.zeros((3, 20, 30), "u2"), {"imagej": True}, "with several"),
        (np.zeros((20, 30, 3), "u1"), {"photometric": "rgb"}, "3 values per pixel"),
        (np.zeros((20, 30), "bool"), {}, "dtype bool"),
        (np.zeros((20, 30), "complex64"), {}, "dtype complex64"),
        (
            np.zeros((20, 30), "u1"),
            {"photometric": "palette", "colormap": np.zeros((3, 256), "u2")},
            "colours of the kind PALETTE",
        ),
    ],
)
def test_other_images_are_refused(tmp_path, image, options, said):
    tifffile.imwrite(tmp_path / "a.tif", image, **options)
    with pytest.raises(ValueError, match=rf"a.tif must contain one image.*{said}"):
        read_micrograph(tmp_path / "a.tif")


def test_a_compression_of_eer_is_told(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", IMAGE.astype("u2"))
    with tifffile.TiffFile(tmp_path / "a.tif", mode="r+") as tiff:
        tiff.pages[0].tags["Compression"].overwrite(65001)
    with pytest.raises(ValueError, match=r"a.tif is an EER movie.*Correct its motion"):
        read_micrograph(tmp_path / "a.tif")


def test_a_compression_that_needs_a_package_is_told(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", IMAGE.astype("u2"))
    with tifffile.TiffFile(tmp_path / "a.tif", mode="r+") as tiff:
        tiff.pages[0].tags["Compression"].overwrite(34887)
    with pytest.raises(ValueError, match="pip install imagecodecs"):
        read_micrograph(tmp_path / "a.tif")


@pytest.mark.parametrize(
    ("tag", "value", "said"),
    [
        ("Orientation", 3, "turned or mirrored"),
        ("PhotometricInterpretation", 0, "white"),
    ],
)
def test_other_ways_to_show_an_image_are_told(tmp_path, tag, value, said):
    extra = [(274, "H", 1, 1, True)]
    tifffile.imwrite(tmp_path / "a.tif", IMAGE.astype("u2"), extratags=extra)
    with tifffile.TiffFile(tmp_path / "a.tif", mode="r+") as tiff:
        tiff.pages[0].tags[tag].overwrite(value)
    with pytest.warns(UserWarning, match=said):
        np.testing.assert_array_equal(read_micrograph(tmp_path / "a.tif"), IMAGE)


@pytest.mark.parametrize("options", [{}, {"compression": "zlib"}])
def test_a_file_that_is_cut_short_is_refused(tmp_path, options):
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, IMAGE.astype("u2"), **options)
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(ValueError, match=r"a.tif is a TIFF .* is cut short"):
        read_micrograph(path)


@pytest.mark.parametrize("options", [{}, {"compression": "zlib"}])
@pytest.mark.parametrize(
    ("tag", "value"),
    [
        ("ImageWidth", 39),
        ("ImageWidth", 400),
        ("ImageLength", 900),
        ("BitsPerSample", 32),
    ],
)
def test_a_size_that_does_not_fit_is_told(tmp_path, options, tag, value):
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, IMAGE.astype("u2"), rowsperstrip=8, **options)
    with tifffile.TiffFile(path, mode="r+") as tiff:
        tiff.pages[0].tags[tag].overwrite(value)
    with pytest.raises((ValueError, UserWarning), match=r"takes?|cut short"):
        read_micrograph(path)
