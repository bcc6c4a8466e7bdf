import pytest

from pusklearn.micrographs.io._relion_job import (
    coordinate_files,
    ending_of_index,
    is_job_folder,
    is_suffix_index,
    job_of,
    micrograph_lists,
    path_in_job,
)

PARTICLES = "data_particles\n\nloop_\n_rlnCoordinateX #1\n_rlnMicrographName #2\n"
MICROGRAPHS = "data_\n\nloop_\n_rlnMicrographName #1\n"
INDEX = MICROGRAPHS + "_rlnMicrographCoordinates #2\n"


def fill(folder, **files):
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.star").write_text(text)
    return folder


def names(files):
    return [file.name for file in files]


@pytest.mark.parametrize(
    ("name", "is_job"),
    [("job012", True), ("job1234", True), ("job12", False), ("myjob012", False)],
)
def test_the_folder_of_a_job_has_its_number(tmp_path, name, is_job):
    assert is_job_folder(fill(tmp_path / name)) is is_job
    (tmp_path / "alias").symlink_to(name)
    assert is_job_folder(tmp_path / "alias") is is_job


@pytest.mark.parametrize("mark", ["job.star", "run.job", "job_pipeline.star"])
def test_the_folder_of_a_job_has_marks(tmp_path, mark):
    (tmp_path / mark).write_text("")
    assert is_job_folder(tmp_path)


def test_the_index_of_a_job_comes_first(tmp_path):
    job = fill(tmp_path / "any", autopick=INDEX, local_selection=MICROGRAPHS)
    assert names(coordinate_files(job)) == ["autopick.star"]
    fill(job, manualpick=INDEX, coords_suffix_autopick="a.star", particles=PARTICLES)
    assert names(coordinate_files(job)) == ["autopick.star", "manualpick.star"]


def test_the_index_of_relion_3(tmp_path):
    fill(tmp_path, coords_suffix_topaz="a.star", a_topaz=PARTICLES)
    assert names(coordinate_files(tmp_path)) == ["coords_suffix_topaz.star"]
    assert is_suffix_index(tmp_path / "coords_suffix_x.box")
    assert ending_of_index(tmp_path / "coords_suffix_x.box") == "_x.box"
    assert ending_of_index(tmp_path / "coords_suffix.star") == ".star"


@pytest.mark.parametrize(
    ("files", "found"),
    [
        (["particles", "extractpick", "run_data"], ["particles.star"]),
        (["run_it000_data", "run_it025_data"], ["run_it025_data.star"]),
        (["run_it025_data", "run_ct25_it100_data"], ["run_ct25_it100_data.star"]),
        (["run_it025_data", "run_data"], ["run_data.star"]),
        (
            ["particles_split1", "particles_split2"],
            ["particles_split1.star", "particles_split2.star"],
        ),
        (["shiny", "class_averages", "run_it025_model"], ["shiny.star"]),
        ([], []),
    ],
)
def test_particles_of_a_job(tmp_path, files, found):
    job = fill(tmp_path / "job007", **dict.fromkeys(files, PARTICLES))
    fill(job, job="data_job\n", micrographs=MICROGRAPHS)
    assert names(coordinate_files(job)) == found
    plain = fill(tmp_path / "plain", **dict.fromkeys(files, PARTICLES))
    assert coordinate_files(plain) == []


def test_any_index_of_a_job_counts_if_there_is_nothing_else(tmp_path):
    job = fill(tmp_path / "job009", input_training_coords=INDEX)
    assert names(coordinate_files(job)) == ["input_training_coords.star"]
    fill(job, a=PARTICLES)
    assert names(coordinate_files(job)) == ["input_training_coords.star"]


@pytest.mark.parametrize(
    ("files", "found"),
    [
        (["corrected_micrographs", "autopick"], ["corrected_micrographs.star"]),
        (["micrographs_selected", "local_selection"], ["micrographs_selected.star"]),
        (["local_selection", "manualpick"], ["local_selection.star"]),
        (
            ["micrographs_split1", "micrographs_split2"],
            ["micrographs_split1.star", "micrographs_split2.star"],
        ),
    ],
)
def test_lists_of_micrographs(tmp_path, files, found):
    folder = fill(tmp_path / "any", **dict.fromkeys(files, MICROGRAPHS))
    assert names(micrograph_lists(folder)) == found


def test_other_lists_count_in_the_folder_of_a_job(tmp_path):
    for folder in (tmp_path / "job010", tmp_path / "any"):
        fill(folder, movies=PARTICLES.replace("Micrograph", "MicrographMovie"))
    job = tmp_path / "job010"
    assert names(micrograph_lists(job)) == ["movies.star"]
    fill(job, autopick=INDEX)
    assert names(micrograph_lists(job)) == ["autopick.star"]
    fill(job, grouped_micrographs=MICROGRAPHS, class_averages=MICROGRAPHS)
    assert names(micrograph_lists(job)) == ["grouped_micrographs.star"]
    assert micrograph_lists(tmp_path / "any") == []


@pytest.mark.parametrize(
    ("listed", "job", "below"),
    [
        ("MotionCorr/job002/a.mrc", "MotionCorr/job002", "a.mrc"),
        (
            "/data/p/External/job1002/x/job003/a",
            "/data/p/External/job1002",
            "x/job003/a",
        ),
        ("job002/a.mrc", "job002", "a.mrc"),
        ("MotionCorr/myjob002/a.mrc", None, None),
        ("MotionCorr/job02/a.mrc", None, None),
        ("MotionCorr/job002", None, None),
    ],
)
def test_a_path_in_a_job(listed, job, below):
    assert job_of(listed) == job
    assert path_in_job(listed) == below
