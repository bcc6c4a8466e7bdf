import bz2
import gzip
import warnings

import mrcfile
import numpy as np
import pytest

from pusklearn import Micrograph
from pusklearn.io import read_micrograph

# Height and width differ and no two pixels agree, so a flip or a swap shows.
IMAGE = np.arange(12).reshape(3, 4)
COMPRESS = {".gz": gzip.compress, ".bz2": bz2.compress}
MAP_ID = slice(208, 212)
MACHINE_STAMP = slice(212, 216)


def write(path, image, **options):
    mrcfile.write(path, image, **options)
    return path


def damage(path, where, content=b"\0\0\0\0"):
    data = bytearray(path.read_bytes())
    data[where] = content
    path.write_bytes(data)
    return path


def is_mapped(array):
    while array is not None and not isinstance(array, np.memmap):
        array = getattr(array, "base", None)
    return array is not None


@pytest.mark.parametrize(
    ("mode", "dtype"),
    [(0, "int8"), (1, "int16"), (2, "float32"), (6, "uint16"), (12, "float16")],
)
def test_every_real_mode_is_read_as_it_stands(tmp_path, mode, dtype):
    path = write(tmp_path / "grid1.mrc", IMAGE.astype(dtype), voxel_size=1.5)
    with mrcfile.open(path) as mrc:
        assert mrc.header.mode == mode

    micrograph = read_micrograph(path)

    assert isinstance(micrograph, Micrograph)
    assert micrograph.dtype == dtype
    np.testing.assert_array_equal(micrograph, IMAGE)
    assert (micrograph.name, micrograph.scale) == ("grid1", 1.0)
    assert micrograph.pixel_size == 1.5


def test_pixels_are_read_from_disk_when_they_are_used(tmp_path):
    path = write(tmp_path / "a.mrc", IMAGE.astype("int8"))
    micrograph = read_micrograph(path)
    assert is_mapped(micrograph)

    with path.open("r+b") as file:
        file.seek(1024 + 4)
        file.write(b"\x63")
    assert micrograph[1, 0] == 99


def test_a_file_is_never_changed_through_its_micrograph(tmp_path):
    micrograph = read_micrograph(write(tmp_path / "a.mrc", IMAGE.astype("int8")))
    with pytest.raises(ValueError, match="read-only"):
        micrograph[0, 0] = 1


def test_a_path_may_be_a_string(tmp_path):
    path = write(tmp_path / "May08_03.05.02.mrc", IMAGE.astype("int8"))
    assert read_micrograph(str(path)).name == "May08_03.05.02"


@pytest.mark.parametrize("suffix", [".gz", ".bz2"])
def test_compressed_files_are_read_into_memory(tmp_path, suffix):
    path = write(tmp_path / f"a.mrc{suffix}", IMAGE.astype("int16"), voxel_size=2.0)
    micrograph = read_micrograph(path)
    np.testing.assert_array_equal(micrograph, IMAGE)
    assert (micrograph.name, micrograph.pixel_size) == ("a", 2.0)
    assert not is_mapped(micrograph)


def test_an_unknown_pixel_size_is_none(tmp_path):
    path = write(tmp_path / "a.mrc", IMAGE.astype("int8"))
    assert read_micrograph(path).pixel_size is None


def test_a_pixel_size_without_a_grid_is_none(tmp_path):
    path = write(tmp_path / "a.mrc", IMAGE.astype("int8"), voxel_size=2.0)
    for along_x_or_y in (slice(28, 32), slice(32, 36)):
        damage(path, along_x_or_y)
    assert read_micrograph(path).pixel_size is None


def test_one_section_is_one_image(tmp_path):
    path = write(tmp_path / "a.mrc", IMAGE[np.newaxis].astype("int8"))
    with mrcfile.open(path) as mrc:
        assert mrc.data.shape == (1, 3, 4)
    np.testing.assert_array_equal(read_micrograph(path), IMAGE)


def test_big_endian_files_are_read(tmp_path):
    path = write(tmp_path / "a.mrc", IMAGE.astype(">i2"))
    np.testing.assert_array_equal(read_micrograph(path), IMAGE)


def test_an_extended_header_is_stepped_over(tmp_path):
    path = tmp_path / "a.mrc"
    with mrcfile.new(path, IMAGE.astype("int8")) as mrc:
        mrc.set_extended_header(np.full(80, 7, dtype="V1"))
    np.testing.assert_array_equal(read_micrograph(path), IMAGE)


@pytest.mark.parametrize(
    ("image", "shape", "mode"),
    [
        (np.zeros((2, 3, 4), "int8"), r"\(2, 3, 4\)", 0),
        (np.zeros((3, 4), "complex64"), r"\(1, 3, 4\)", 4),
    ],
)
def test_stacks_and_complex_images_are_refused(tmp_path, image, shape, mode):
    path = write(tmp_path / "a.mrc", image)
    with pytest.raises(ValueError, match=rf"a.mrc must .* shape {shape}, mode {mode}"):
        read_micrograph(path)


@pytest.mark.parametrize("mode", [3, 16, 101])
def test_modes_without_real_numbers_are_refused(tmp_path, mode):
    path = write(tmp_path / "a.mrc", np.zeros((3, 4), "float32"))
    damage(path, slice(12, 16), mode.to_bytes(4, "little"))
    with pytest.raises(ValueError, match=rf"real numbers.* \(1, 3, 4\), mode {mode}"):
        read_micrograph(path)


def read_with_one_warning(path):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        micrograph = read_micrograph(path)
    [warning] = caught
    assert warning.category is UserWarning
    assert str(path) in str(warning.message)
    assert warning.filename == __file__
    return micrograph, str(warning.message)


@pytest.mark.parametrize("suffix", ["", ".gz", ".bz2"])
@pytest.mark.parametrize(
    ("where", "said"),
    [
        (MAP_ID, ["Map ID"]),
        (MACHINE_STAMP, ["machine stamp"]),
        (slice(208, 216), ["Map ID", "machine stamp"]),
    ],
)
def test_a_wrong_header_is_one_warning(tmp_path, suffix, where, said):
    path = write(tmp_path / "a.mrc", IMAGE.astype("float32"), voxel_size=1.5)
    damage(path, where, bytes(where.stop - where.start))
    if suffix:
        content = path.read_bytes()
        path = tmp_path / f"a.mrc{suffix}"
        path.write_bytes(COMPRESS[suffix](content))

    micrograph, message = read_with_one_warning(path)

    assert all(part in message for part in said)
    np.testing.assert_array_equal(micrograph, IMAGE)
    assert micrograph.pixel_size == 1.5
    assert is_mapped(micrograph) == (suffix == "")


def test_data_longer_than_announced_are_one_warning(tmp_path):
    path = write(tmp_path / "a.mrc", IMAGE.astype("int8"))
    path.write_bytes(path.read_bytes() + b"xyz")
    micrograph, message = read_with_one_warning(path)
    assert "3 bytes larger" in message
    np.testing.assert_array_equal(micrograph, IMAGE)


@pytest.mark.parametrize("header", ["right", "wrong"])
@pytest.mark.parametrize("compressed", [False, True])
def test_data_shorter_than_announced_are_refused(tmp_path, header, compressed):
    path = write(tmp_path / "a.mrc", IMAGE.astype("float32"))
    if header == "wrong":
        damage(path, MAP_ID)
    content = path.read_bytes()[:-1]
    path = tmp_path / ("b.mrc.gz" if compressed else "b.mrc")
    path.write_bytes(gzip.compress(content) if compressed else content)
    with pytest.raises(ValueError, match=r"b.mrc.* cut short.* shape \(1, 3, 4\)"):
        read_micrograph(path)


@pytest.mark.parametrize(
    "content", [b"", b"image_name\tx\ty\n", b"image_name\tx\ty\n" * 1000]
)
def test_files_of_another_kind_are_refused(tmp_path, content):
    path = tmp_path / "a.mrc"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"a.mrc is not an MRC file"):
        read_micrograph(path)


@pytest.mark.parametrize("suffix", [".gz", ".bz2"])
@pytest.mark.parametrize("n_bytes", [2, 40, None])
def test_broken_compression_is_refused(tmp_path, suffix, n_bytes):
    path = write(tmp_path / f"a.mrc{suffix}", np.arange(6e4, dtype="f4")[np.newaxis])
    content = path.read_bytes()
    path.write_bytes(content[:n_bytes] if n_bytes else b"nothing of the kind" * 100)
    with pytest.raises(ValueError, match=rf"a.mrc{suffix} cannot be decompressed"):
        read_micrograph(path)


@pytest.mark.parametrize("suffix", [".gz", ".bz2"])
@pytest.mark.parametrize("harm", ["cut", "overwritten"])
def test_compressed_data_that_are_damaged_are_refused(tmp_path, suffix, harm):
    noise = np.random.default_rng(0).normal(size=(600, 700)).astype("float32")
    path = write(tmp_path / f"a.mrc{suffix}", noise)
    content = path.read_bytes()
    # Past the first block, which bzip2 would turn into another header.
    where = len(content) * 3 // 4
    gap = b"" if harm == "cut" else b"\xff" * 500
    path.write_bytes(content[:where] + gap + content[where + 500 :])
    with pytest.raises(ValueError, match=rf"a.mrc{suffix} cannot be decompressed"):
        read_micrograph(path)


@pytest.mark.parametrize("name", ["a.mrc", "a.mrc.gz", "a.mrc.bz2"])
def test_a_missing_file_is_not_found(tmp_path, name):
    with pytest.raises(FileNotFoundError, match=name):
        read_micrograph(tmp_path / name)


@pytest.fixture
def few_files():
    """Lower the limit of open files to a few more than are open."""
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    with open(__file__) as file:
        next_free = file.fileno()
    resource.setrlimit(resource.RLIMIT_NOFILE, (next_free + 20, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, limits)


@pytest.mark.usefixtures("few_files")
def test_too_many_open_files_are_explained(tmp_path):
    path = write(tmp_path / "a.mrc", IMAGE.astype("int8"))
    with pytest.raises(OSError, match="Too many open files") as raised:
        [read_micrograph(path) for _ in range(40)]
    assert "ulimit -n" in raised.value.__notes__[0]


@pytest.mark.parametrize(
    ("folder", "name", "dtype", "shape", "pixel_size"),
    [
        ("empiar-10017", "Falcon_2012_06_12-14_33_35_0", "int8", (976, 976), 7.08),
        ("empiar-10146", "May08_03.05.02", "float16", (600, 620), 3.0),
        (
            "empiar-10025",
            "14sep05c_00024sq_00003hl_00002es",
            "float16",
            (639, 618),
            7.89,
        ),
    ],
)
def test_real_micrographs(data_dir, folder, name, dtype, shape, pixel_size):
    micrograph = read_micrograph(data_dir / folder / "micrographs" / f"{name}.mrc")
    assert (micrograph.name, micrograph.dtype, micrograph.shape) == (name, dtype, shape)
    assert micrograph.pixel_size == pytest.approx(pixel_size, abs=0.005)
