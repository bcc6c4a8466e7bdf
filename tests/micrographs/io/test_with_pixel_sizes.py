from pathlib import Path

import mrcfile
import numpy as np
import pytest

from pusklearn.io import read_micrographs
from pusklearn.micrographs.io._listed_file import ListedFile
from pusklearn.micrographs.io._with_pixel_sizes import with_pixel_sizes


def test_doubts_are_told_once_and_never_again(tmp_path):
    for name, size in [("a", 1.0), ("b", 1.0), ("c", 1.5), ("d", 2.5), ("e", 0)]:
        image = np.zeros((4, 5), "f4")
        mrcfile.write(tmp_path / f"{name}.mrc", image, voxel_size=size)
    a, b, c, d, e = sorted(tmp_path.glob("*.mrc"))
    files = [a, str(b), c, ListedFile(d, "d.mrc", 2.0, uid=7), e, tmp_path / "gone.mrc"]
    with pytest.warns(UserWarning, match="pixel size") as caught:
        settled = with_pixel_sizes(files)
    said = sorted(str(warning.message) for warning in caught)
    assert len(said) == 3
    assert "0 angstrom, which is none (e)" in said[0]
    assert "exactly 1 angstrom (a, b)" in said[1]
    assert "(d: 2, header 2.5 angstrom)" in said[2]
    assert [file.pixel_size for file in settled] == [1, 1, 1.5, 2, None, None]
    assert [file.listed for file in settled] == [
        *map(str, (a, b, c)),
        "d.mrc",
        *map(str, (e, tmp_path / "gone.mrc")),
    ]
    assert [Path(file) for file in settled] == [Path(file) for file in files]
    read = [read_micrographs([file])[0] for file in settled[:5]]
    assert [micrograph.pixel_size for micrograph in read] == [1, 1, 1.5, 2, None]
    assert read[3].uid == 7
