import starfile

from pusklearn.micrographs.io._pick_files import pick_files
from pusklearn.micrographs.io._write_pick_file import write_pick_file
from pusklearn.micrographs.io._write_relion_index import write_relion_index

NAMES = ["MotionCorr/job002/Movies/a.mrc", "MotionCorr/job002/Movies/b.mrc"]


def test_the_index_lists_the_files_that_exist(tmp_path):
    job = tmp_path / "AutoPick" / "job012"
    files = pick_files(job, NAMES, "relion")
    write_pick_file(files[1], [[1, 2, 3]], NAMES[1], "relion")
    write_pick_file(files[0], [], NAMES[0], "relion")
    write_relion_index(job, NAMES)
    index = starfile.read(job / "autopick.star", always_dict=True)["coordinate_files"]
    assert index.to_dict("list") == {
        "rlnMicrographName": [NAMES[1]],
        "rlnMicrographCoordinates": ["AutoPick/job012/Movies/b_autopick.star"],
    }


def test_a_job_may_have_no_picks(tmp_path):
    write_relion_index(tmp_path / "job012", ["a"], star_name="Movies/{name}.mrc")
    text = (tmp_path / "job012" / "autopick.star").read_text()
    assert "_rlnMicrographCoordinates" in text
    assert "Movies" not in text
