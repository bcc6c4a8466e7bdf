import mrcfile
import numpy as np
import pytest

from pusklearn.io import read_masks, read_micrographs


@pytest.fixture
def folder(tmp_path):
    """A folder with two micrographs, and one with their masks."""
    for name, number in (("a", 1), ("b", 2)):
        (tmp_path / "masks").mkdir(exist_ok=True)
        pixels = np.arange(24, dtype="f4").reshape(4, 6)
        mrcfile.write(tmp_path / f"{name}.mrc", pixels, voxel_size=1.5)
        mask = np.arange(6).reshape(2, 3) < number
        mrcfile.write(tmp_path / "masks" / f"{name}_mask.mrc", mask.astype("i1"))
    return tmp_path


def test_masks_are_read_as_images_of_true_and_false(folder):
    masks = read_masks(folder / "masks")
    assert [(m.name, m.dtype.kind, m.sum()) for m in masks] == [
        ("a_mask", "b", 1),
        ("b_mask", "b", 2),
    ]
    assert [m.sum() for m in read_masks(folder / "masks", invert=True)] == [5, 4]
    assert [m.sum() for m in read_masks(folder / "masks", threshold=1)] == [0, 0]


@pytest.mark.parametrize("kind", ["folder", "pattern", "files", "masks", "arrays"])
def test_micrographs_are_read_with_their_masks(folder, kind):
    masks = {
        "folder": folder / "masks",
        "pattern": f"{folder}/masks/*.mrc",
        "files": [folder / "masks" / "b_mask.mrc", f"{folder}/masks/a_mask.mrc"],
        "masks": read_masks(folder / "masks"),
        "arrays": [np.asarray(mask) for mask in read_masks(folder / "masks")],
    }[kind]
    micrographs = read_micrographs(folder, masks=masks)
    assert [m.name for m in micrographs] == ["a", "b"]
    for number, micrograph in enumerate(micrographs, start=1):
        small = np.arange(6).reshape(2, 3) < number
        np.testing.assert_array_equal(micrograph.mask, np.kron(small, np.ones((2, 2))))
        np.testing.assert_array_equal(micrograph, np.arange(24).reshape(4, 6))


def test_a_folder_without_masks_is_an_error(folder, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="At least 1 mask is needed"):
        read_micrographs(folder, masks=tmp_path / "empty")


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"threshold": "high"}, TypeError),
        ({"threshold": np.nan}, ValueError),
        ({"invert": 1}, TypeError),
    ],
)
def test_wrong_parameters_are_refused(folder, parameters, error):
    with pytest.raises(error, match=next(iter(parameters))):
        read_masks(folder / "masks", **parameters)
