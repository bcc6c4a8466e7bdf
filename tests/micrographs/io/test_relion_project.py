import os
from pathlib import Path

import pytest

from pusklearn.micrographs.io._relion_project import (
    find_project,
    path_in_project,
    without_job,
)

MICROGRAPH = "MotionCorr/job002/Movies/a.mrc"


@pytest.fixture
def project(tmp_path):
    """Return the folder of a project that has one micrograph."""
    folder = tmp_path / "project"
    (folder / MICROGRAPH).parent.mkdir(parents=True)
    (folder / MICROGRAPH).touch()
    return folder


def test_the_project_is_where_a_micrograph_is_found(project):
    job = project / "deep" / "er" / "picks"
    assert find_project(job, ["Movies/none.mrc", MICROGRAPH]) == project


@pytest.mark.parametrize("mark", ["default_pipeline.star", ".gui_projectdir"])
def test_relion_leaves_a_mark_in_a_project(tmp_path, mark):
    (tmp_path / mark).touch()
    assert find_project(tmp_path / "a" / "b", ["a.mrc"]) == tmp_path


def test_a_mark_tells_the_project_from_where_the_paths_begin(tmp_path, monkeypatch):
    # A folder of micrographs, given from outside of the project.
    (tmp_path / "data" / "Movies").mkdir(parents=True)
    (tmp_path / "data" / "Movies" / "a.mrc").touch()
    monkeypatch.chdir(tmp_path)
    job, listed = Path("data/AutoPick/job001"), "data/Movies/a.mrc"
    assert find_project(job, [listed]) == tmp_path
    (tmp_path / "data" / "default_pipeline.star").touch()
    assert find_project(job, [listed]) == tmp_path / "data"
    assert path_in_project(listed, tmp_path / "data") == "Movies/a.mrc"
    # RELION leaves a copy in the folder of each job.
    job.mkdir(parents=True)
    (job / "default_pipeline.star").touch()
    assert find_project(job / "more", [listed]) == tmp_path / "data"


def test_a_job_lies_two_folders_deep(tmp_path):
    job = tmp_path / "AutoPick" / "job012"
    assert find_project(job, ["a.mrc", "/data/b.mrc"]) == tmp_path
    job.mkdir(parents=True)
    (tmp_path / "AutoPick" / "best").symlink_to("job012")
    assert find_project(tmp_path / "AutoPick" / "best", ["a.mrc"]) == tmp_path


def test_the_project_may_be_the_working_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert find_project(tmp_path / "picks", ["a.mrc"]) == tmp_path


def test_a_job_outside_of_any_project_is_refused(tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    with pytest.raises(
        ValueError, match=r"cannot be found: .*holds a\.mrc, .* Give the"
    ):
        find_project(tmp_path / "picks", ["a.mrc"])


def test_a_path_may_start_at_the_project_or_anywhere(project, monkeypatch):
    monkeypatch.chdir(project / "MotionCorr")
    for listed in (
        MICROGRAPH,
        os.fspath(project / MICROGRAPH),
        "job002/Movies/a.mrc",
        "../MotionCorr/job002/Movies/a.mrc",
        "./job002/Movies/a.mrc",
    ):
        assert path_in_project(listed, project) == MICROGRAPH
    # A file that is found nowhere is named as it is.
    assert path_in_project("Movies/b.mrc", project) == "Movies/b.mrc"


def test_links_of_the_project_are_kept(project, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "b.mrc").touch()
    (project / "Micrographs").symlink_to(tmp_path / "data")
    for listed in ("Micrographs/b.mrc", os.fspath(project / "Micrographs" / "b.mrc")):
        assert path_in_project(listed, project) == "Micrographs/b.mrc"
    (tmp_path / "other").symlink_to(project)
    listed = os.fspath(tmp_path / "other" / MICROGRAPH)
    assert path_in_project(listed, project) == MICROGRAPH


def test_a_micrograph_outside_of_the_project_is_refused(project):
    with pytest.raises(ValueError, match=r"/data/a\.mrc lies outside of .*`star_name`"):
        path_in_project("/data/a.mrc", project)


@pytest.mark.parametrize(
    ("file", "rest"),
    [
        ("MotionCorr/job002/Movies/grid/a.mrc", "Movies/grid/a.mrc"),
        ("MotionCorr/job1234/a.mrc", "a.mrc"),
        ("Import/job001/Select/job002/a.mrc", "Select/job002/a.mrc"),
        ("Movies/a.mrc", "Movies/a.mrc"),
        ("job002/Movies/a.mrc", "job002/Movies/a.mrc"),
        ("MotionCorr/job02/a.mrc", "MotionCorr/job02/a.mrc"),
        ("MotionCorr/myjob002/a.mrc", "MotionCorr/myjob002/a.mrc"),
    ],
)
def test_the_job_that_made_a_file_is_left_out(file, rest):
    assert without_job(file) == rest
