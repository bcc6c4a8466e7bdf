"""Whole projects of RELION, as each of its versions lays them out."""

import shutil

import numpy as np
import pytest
from simulated_projects.relion import relion_project

from pusklearn.io import coordinates_for, read_coordinates, read_micrographs

VERSIONS = ["3.0", "3.1", "4.0", "5.0"]


@pytest.fixture(scope="module", params=VERSIONS)
def project(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(f"relion-{request.param}")
    return relion_project(folder, request.param, size=128)


@pytest.mark.parametrize(
    "place",
    [
        "MotionCorr/job002",
        "MotionCorr/job002/corrected_micrographs.star",
        "CtfFind/job003",
        "CtfFind/job003/micrographs_ctf.star",
        "ManualPick/job004",
        "ManualPick/job004/micrographs_selected.star",
        "AutoPick/job006",
        "Extract/job007/particles.star",
    ],
)
def test_micrographs_of_a_job(project, place):
    micrographs = read_micrographs(project.folder / place)
    assert [m.path for m in micrographs] == project.paths
    sizes = [m.pixel_size for m in micrographs]
    np.testing.assert_allclose(sizes, project.pixel_size, rtol=1e-6)
    for micrograph, image in zip(micrographs, project.images, strict=True):
        np.testing.assert_array_equal(micrograph, np.float32(image))


def test_selected_micrographs(project):
    selected = [path for row, path in enumerate(project.paths) if row != 1]
    micrographs = read_micrographs(project.folder / "Select/job005")
    assert [m.path for m in micrographs] == selected


def test_movies_are_no_micrographs(project):
    with pytest.raises(ValueError, match=r"movies\.star must contain .* lists movies"):
        read_micrographs(project.folder / "Import/job001")


@pytest.mark.parametrize(
    ("place", "apply_shifts"),
    [
        ("AutoPick/job006", False),
        ("Extract/job007", False),
        ("Extract/job007/particles.star", True),
        ("Select/job008", True),
    ],
)
def test_particles_of_a_job(project, place, apply_shifts):
    table = read_coordinates(project.folder / place, apply_shifts=apply_shifts)
    assert "score" in table
    assert not table.isna().any(axis=None)
    micrographs = read_micrographs(project.folder / "CtfFind/job003")
    found = coordinates_for(table, micrographs)
    for ours, truth in zip(found, project.particles, strict=True):
        np.testing.assert_allclose(ours, truth, atol=1e-3)


def test_clicks_have_no_score(project):
    table = read_coordinates(project.folder / "ManualPick/job004")
    assert table["score"].isna().all()
    found = coordinates_for(table, project.paths)
    for ours, truth in zip(found, project.labels, strict=True):
        np.testing.assert_allclose(ours, truth, atol=1e-3)


def test_aliases_and_copies_of_a_job(project, tmp_path):
    """An alias is a link beside the folder of the job; a copy may lie anywhere."""
    expected = read_coordinates(project.folder / "AutoPick/job006")
    for alias, job in [("AutoPick/log", "job006"), ("MotionCorr/own", "job002")]:
        (project.folder / alias).unlink(missing_ok=True)
        (project.folder / alias).symlink_to(job)
    (tmp_path / "elsewhere").symlink_to(project.folder / "AutoPick/log")
    for place in (project.folder / "AutoPick/log", tmp_path / "elsewhere"):
        assert read_coordinates(place).equals(expected)
    copy = shutil.copytree(project.folder / "AutoPick/job006", tmp_path / "job006")
    if (copy / "autopick.star").exists():
        assert read_coordinates(copy).equals(expected)
        copy = copy.rename(tmp_path / "job007")
        with pytest.raises(FileNotFoundError, match=r"lists AutoPick/job006/Movies"):
            read_coordinates(copy)
    else:
        with pytest.raises(FileNotFoundError, match=r"lists CtfFind/job003/microgr"):
            read_coordinates(copy)
    both = [project.folder / "MotionCorr" / name for name in ("own", "job002")]
    micrographs = read_micrographs(both)
    assert [m.path for m in micrographs] == project.paths


def test_damaged_lists_are_read_or_refused(project, tmp_path):
    """No damage brings another error, or micrographs that the list does not have."""
    rng = np.random.default_rng(1)
    list_of_all = project.folder / "CtfFind/job003/micrographs_ctf.star"
    raw = list_of_all.read_bytes()
    damaged = list_of_all.with_name("damaged.star")
    n_refused = 0
    for _ in range(150):
        start, length = int(rng.integers(len(raw))), int(rng.integers(30))
        insert = rng.bytes(int(rng.integers(3)))
        damaged.write_bytes(raw[:start] + insert + raw[start + length :])
        try:
            micrographs = read_micrographs(damaged, pixel_size=1)
        except (ValueError, FileNotFoundError):
            n_refused += 1
        else:
            assert {m.path for m in micrographs} <= set(project.paths)
    assert n_refused > 20
