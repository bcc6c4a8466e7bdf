from pathlib import Path

import mrcfile
import numpy as np
import pandas as pd
import pytest
import tifffile

from pusklearn.micrographs.io._header_pixel_size import header_pixel_size
from pusklearn.micrographs.io._micrograph_pixel_sizes import micrograph_pixel_sizes
from pusklearn.micrographs.io._sizes_in_project import sizes_in_project

LIST = (
    "data_optics\n\nloop_\n_rlnOpticsGroup #1\n_rlnMicrographPixelSize #2\n1 1.06\n\n"
    "data_micrographs\n\nloop_\n_rlnMicrographName #1\n_rlnOpticsGroup #2\n"
    "MotionCorr/job002/a.mrc 1\n"
)
A, B = "MotionCorr/job002/a.mrc", "MotionCorr/job002/b.mrc"


@pytest.fixture
def project(tmp_path):
    (tmp_path / "MotionCorr/job002").mkdir(parents=True)
    (tmp_path / "Extract/job003").mkdir(parents=True)
    (tmp_path / "Extract/job003/particles.star").write_text("")
    return tmp_path


def find(project, micrograph, movie, names=(A, A, B)):
    sizes = pd.DataFrame({"micrograph": micrograph, "movie": movie})
    owners = None if names is None else pd.Series(names)
    path = project / "Extract/job003/particles.star"
    return micrograph_pixel_sizes(sizes, owners, path).tolist()


NONE = [np.nan] * 3


def test_the_file_counts_then_the_project_then_the_header_then_the_movie(project):
    nan_equal = pytest.approx([np.nan] * 3, nan_ok=True)
    assert find(project, NONE, NONE) == nan_equal
    assert find(project, NONE, NONE, None) == nan_equal
    movie = [0.5, 0.5, 0.4]
    assert find(project, NONE, movie) == movie
    assert find(project, NONE, movie, None) == movie
    mrcfile.write(project / B, np.zeros((4, 5), "f4"), voxel_size=0.8)
    assert find(project, NONE, movie) == pytest.approx([0.5, 0.5, 0.8])
    (project / "MotionCorr/job002/corrected_micrographs.star").write_text(LIST)
    assert find(project, NONE, movie) == pytest.approx([1.06, 1.06, 0.8])
    assert find(project, [2.0, 2.0, np.nan], movie) == pytest.approx([2, 2, 0.8])


def test_a_header_of_1_angstrom_tells_nothing(project):
    for name in (A, B):
        mrcfile.write(project / name, np.zeros((4, 5), "f4"), voxel_size=1.0)
    assert np.isnan(find(project, NONE, NONE)).all()
    assert find(project, NONE, [0.5] * 3) == [0.5] * 3


def test_the_lists_of_jobs(project):
    index = project / "AutoPick/job004/autopick.star"
    assert sizes_in_project([A, "Movies/c.mrc"], index) == {}
    path = project / "MotionCorr/job002/corrected_micrographs.star"
    path.write_text(LIST)
    assert sizes_in_project([A, B], index) == {A: 1.06}
    # The list itself is asked before.
    assert sizes_in_project([A, B], path) == {}
    path.rename(path.with_name("coords_suffix_autopick.star"))
    assert sizes_in_project([A], index) == {}
    assert sizes_in_project([A], Path("/nowhere/autopick.star")) == {}


def test_the_lists_of_other_jobs(project):
    """Before 3.1, motion correction did not list the pixel size."""
    index = project / "Extract/job003/particles.star"
    text = "data_\n\nloop_\n_rlnMicrographName #1\n"
    (project / "MotionCorr/job002/corrected_micrographs.star").write_text(
        f"{text}{A}\n{B}\n"
    )
    for job, sizes in [("job005", (1.06, 1.06)), ("job006", (1.06, 2.12))]:
        path = project / "CtfFind" / job / "micrographs_ctf.star"
        path.parent.mkdir(parents=True)
        path.write_text(
            f"{text}_rlnMagnification #2\n_rlnDetectorPixelSize #3\n"
            f"{A} 10000 {sizes[0]}\n{B} 10000 {sizes[1]}\nMovies/c.mrc 10000 1.5\n"
        )
    assert sizes_in_project([A, B], index) == {A: 1.06}
    assert sizes_in_project(["Movies/c.mrc"], index) == {"Movies/c.mrc": 1.5}
    path.write_text("damaged")
    assert sizes_in_project([A, B], index) == {A: 1.06, B: 1.06}


def test_the_header_of_a_file(tmp_path):
    for name, size in [("a.mrc", 1.5), ("b.mrc.gz", 2.5), ("c.mrc", 0)]:
        mrcfile.write(tmp_path / name, np.zeros((4, 5), "f4"), voxel_size=size)
    (tmp_path / "d.mrc").write_text("no image")
    (tmp_path / "e.mrc.gz").write_bytes(b"\x1f\x8b broken")
    found = [header_pixel_size(tmp_path / n) for n in ("a.mrc", "b.mrc.gz", "c.mrc")]
    assert found == [1.5, 2.5, 0]
    tifffile.imwrite(tmp_path / "f.tif", np.zeros((4, 5), "f4"))
    for name in ("d.mrc", "e.mrc.gz", "f.tif", "gone.mrc", ""):
        assert header_pixel_size(Path(tmp_path, name)) is None
