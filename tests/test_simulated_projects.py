"""The simulated projects hold what they say, as other libraries read them."""

import mrcfile
import numpy as np
import pytest
import starfile
from simulated_projects import cryolo_project, cryosparc_project, relion_project
from simulated_projects.relion import SHIFTS

each_version = pytest.mark.parametrize("version", ["3.0", "3.1", "4.0", "5.0"])


def read(path):
    return starfile.read(path, always_dict=True)


def check_images(project):
    for path, image in zip(project.paths, project.images, strict=True):
        with mrcfile.open(project.folder / path) as file:
            assert file.data.shape == (192, 256)
            np.testing.assert_array_equal(file.data, image)
            assert float(file.voxel_size.x) == pytest.approx(6.0)


@each_version
def test_each_job_of_relion_lists_files_that_exist(tmp_path, version):
    project = relion_project(tmp_path, version)
    check_images(project)
    name = "micrographs" if version != "3.0" else ""
    for path in (
        "MotionCorr/job002/corrected_micrographs.star",
        "CtfFind/job003/micrographs_ctf.star",
        "ManualPick/job004/micrographs_selected.star",
    ):
        blocks = read(tmp_path / path)
        assert blocks[name]["rlnMicrographName"].tolist() == project.paths
        assert ("optics" in blocks) == (version != "3.0")
    corrected = read(tmp_path / "MotionCorr/job002/corrected_micrographs.star")[name]
    for column in ("rlnCtfPowerSpectrum", "rlnMicrographMetadata"):
        assert all((tmp_path / path).is_file() for path in corrected[column])
    assert len({path.rpartition("/")[0] for path in project.paths}) == 2


@each_version
def test_the_clicks_of_relion_are_whole_pixels_without_a_score(tmp_path, version):
    project = relion_project(tmp_path, version)
    files = sorted((tmp_path / "ManualPick/job004").rglob("*_manualpick.star"))
    files = [file for file in files if file.parent.name == "Data"]
    assert len(files) == 3
    for file, clicks in zip(files, project.labels[:3], strict=True):
        [table] = read(file).values()
        np.testing.assert_array_equal(
            table[["rlnCoordinateX", "rlnCoordinateY"]], clicks
        )
        assert (table["rlnAutopickFigureOfMerit"] == -999).all()
    assert not len(project.labels[3])


@pytest.mark.parametrize("version", ["4", 5.0])
@pytest.mark.parametrize(
    "index", ["ManualPick/job004/manualpick.star", "AutoPick/job006/autopick.star"]
)
def test_the_index_of_a_job_of_relion_lists_its_files(tmp_path, version, index):
    project = relion_project(tmp_path, version)
    [table] = read(tmp_path / index).values()
    number = 3 if "manual" in index else 4
    assert table["rlnMicrographName"].tolist() == project.paths[:number]
    for path in table["rlnMicrographCoordinates"]:
        assert (tmp_path / path).is_file()


@each_version
def test_shifts_bring_displaced_particles_back(tmp_path, version):
    project = relion_project(tmp_path, version)
    table = read(tmp_path / "Select/job008/particles.star")
    table = table["" if version == "3.0" else "particles"]
    unit = "" if version == "3.0" else "Angst"
    shifts = table[[f"rlnOriginX{unit}", f"rlnOriginY{unit}"]].to_numpy()
    in_angstrom = shifts * (6.0 if version == "3.0" else 1.0)
    np.testing.assert_allclose(in_angstrom[:3], SHIFTS, atol=1e-5)
    centres = table[["rlnCoordinateX", "rlnCoordinateY"]] - in_angstrom / 6.0
    np.testing.assert_allclose(centres, np.concatenate(project.particles), atol=1e-5)


def test_names_of_movies_may_be_given(tmp_path):
    names = ["Movies/grid1/stack_0001", "Movies/grid2/stack_0001"]
    project = relion_project(tmp_path, n_micrographs=2, names=names)
    assert project.paths[1] == "MotionCorr/job002/Movies/grid2/stack_0001.mrc"
    assert (tmp_path / project.paths[1]).is_file()


def test_locations_of_cryosparc_are_fractions_of_the_micrograph(tmp_path):
    project = cryosparc_project(tmp_path)
    check_images(project)
    picked = np.load(tmp_path / "J5/picked_particles.cs")
    kept = np.load(tmp_path / "J6/J6_passthrough_particles.cs")
    for table, points in ((picked, project.labels), (kept, project.particles)):
        for uid, path, xys in zip(project.uids, project.paths, points, strict=True):
            rows = table[table["location/micrograph_uid"] == uid]
            assert (rows["location/micrograph_path"] == path.encode()).all()
            height, width = rows["location/micrograph_shape"].T
            x = rows["location/center_x_frac"] * width
            y = rows["location/center_y_frac"] * height
            assert set(zip(height, width, strict=True)) <= {(192, 256)}
            np.testing.assert_allclose(np.c_[x, y], xys, atol=1e-4)


def test_the_micrographs_of_cryosparc_are_found_by_their_numbers(tmp_path):
    project = cryosparc_project(tmp_path)
    main = np.load(tmp_path / "J4/exposures_accepted.cs")
    more = np.load(tmp_path / "J4/J4_passthrough_exposures_accepted.cs")
    assert main["uid"].tolist() == project.uids == more["uid"][::-1].tolist()
    assert "micrograph_blob/path" not in main.dtype.names
    for uid, path in zip(more["uid"], more["micrograph_blob/path"], strict=True):
        file = tmp_path / path.decode()
        assert file.is_file()
        assert file.name.startswith(f"{uid:021d}_")
    [export] = tmp_path.glob("exports/groups/*/*.cs")
    assert export.name == "P1_J4_exposures_accepted_exported.cs"


def test_the_boxes_of_cryolo_lie_around_the_particles(tmp_path):
    project = cryolo_project(tmp_path)
    check_images(project)
    for path, points, clicks in zip(
        project.paths, project.particles, project.labels, strict=True
    ):
        stem = path.removeprefix("full_data/").removesuffix(".mrc")
        boxes = read(tmp_path / f"boxes/CBOX/{stem}.cbox")["cryolo"]
        size = boxes[["Width", "Height"]].to_numpy()
        assert (size == 30).all()
        corners = boxes[["CoordinateX", "CoordinateY"]]
        np.testing.assert_allclose(corners + size / 2, points)
        old = np.loadtxt(tmp_path / f"boxes/EMAN/{stem}.box", ndmin=2)
        np.testing.assert_allclose(old[:, :2] + old[:, 2:] / 2, points)
        [star] = read(tmp_path / f"boxes/STAR/{stem}.star").values()
        np.testing.assert_allclose(star[["rlnCoordinateX", "rlnCoordinateY"]], points)
        file = tmp_path / f"train_annot/CBOX/{stem}.cbox"
        assert file.is_file() == (len(clicks) > 0)
