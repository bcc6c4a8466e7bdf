import pytest

from pusklearn.io import read_coordinates

INDEX = """
data_coordinate_files

loop_
_rlnMicrographName #1
_rlnMicrographCoordinates #2
Movies/a.mrc ManualPick/job004/Movies/a_manualpick.star
"""
CLICKS = """
data_

loop_
_rlnCoordinateX #1
_rlnCoordinateY #2
_rlnParticleSelectionType #3
_rlnAnglePsi #4
_rlnAutopickFigureOfMerit #5
 100.000000   200.000000            2   -999.00000   -999.00000
 300.000000   250.000000            2   -999.00000   -999.00000
"""
JOB_STAR = """
data_joboptions_values

loop_
_rlnJobOptionVariable #1
_rlnJobOptionValue #2
  diameter        200
do_startend        {}
     fn_in         ""
"""
RUN_JOB = """job_type == 3
Particle diameter (A): == 200
Pick start-end coordinates helices? == {}
"""


@pytest.fixture
def job(tmp_path):
    job = tmp_path / "ManualPick" / "job004"
    (job / "Movies").mkdir(parents=True)
    (job / "manualpick.star").write_text(INDEX)
    (job / "Movies" / "a_manualpick.star").write_text(CLICKS)
    return job


@pytest.mark.parametrize(
    ("name", "text"), [("job.star", JOB_STAR), ("run.job", RUN_JOB)], ids=["5", "3"]
)
@pytest.mark.parametrize("path", ["", "manualpick.star", "Movies/a_manualpick.star"])
def test_start_and_end_of_a_helix_are_refused(job, name, text, path):
    assert len(read_coordinates(job / path)) == 2
    (job / name).write_text(text.format("No"))
    assert len(read_coordinates(job / path)) == 2
    (job / name).write_text(text.format("Yes"))
    with pytest.raises(ValueError, match=rf"the end of helices, as .*{name} says"):
        read_coordinates(job / path)


def test_other_files_of_a_job_of_helices_are_read(job):
    (job / "job.star").write_text(JOB_STAR.format("Yes"))
    (job / "segments.star").write_text(CLICKS)
    assert len(read_coordinates(job / "segments.star")) == 2
