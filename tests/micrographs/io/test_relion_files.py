import pytest

from pusklearn.micrographs.io._relion_files import relion_files


def listed_of(tmp_path, micrographs, star_name=None):
    files = relion_files(tmp_path / "AutoPick" / "job012", micrographs, star_name)
    for one in files:
        assert tmp_path / one.listed == one.file
    return {one.micrograph: one.listed for one in files}


def test_files_lie_below_the_job_as_relion_puts_them(tmp_path):
    names = [
        "MotionCorr/job002/Movies/GridSquare_1/Data/foo.mrc",
        "MotionCorr/job002/Movies/GridSquare_2/Data/foo.mrc",
        "Micrographs/May08_03.05.02.mrc",
    ]
    assert list(listed_of(tmp_path, names).items()) == [
        (names[0], "AutoPick/job012/Movies/GridSquare_1/Data/foo_autopick.star"),
        (names[1], "AutoPick/job012/Movies/GridSquare_2/Data/foo_autopick.star"),
        (names[2], "AutoPick/job012/Micrographs/May08_03.05.02_autopick.star"),
    ]


def test_micrographs_of_two_jobs_do_not_share_a_file(tmp_path):
    names = [f"MotionCorr/job00{i}/Movies/a.mrc" for i in (2, 3)]
    names.append("MotionCorr/job003/Movies/b.mrc")
    assert list(listed_of(tmp_path, names).values()) == [
        "AutoPick/job012/MotionCorr/job002/Movies/a_autopick.star",
        "AutoPick/job012/MotionCorr/job003/Movies/a_autopick.star",
        "AutoPick/job012/Movies/b_autopick.star",
    ]


def test_names_may_be_put_into_a_path(tmp_path):
    assert listed_of(tmp_path, ["a"]) == {"a.mrc": "AutoPick/job012/a_autopick.star"}
    assert listed_of(tmp_path, ["a"], "MotionCorr/job002/Movies/{name}.mrc") == {
        "MotionCorr/job002/Movies/a.mrc": "AutoPick/job012/Movies/a_autopick.star"
    }


def test_micrographs_that_differ_by_their_extension_are_refused(tmp_path):
    names = ["Movies/a.mrc", "Movies/a.tif"]
    with pytest.raises(ValueError, match=r"Got Movies/a\.mrc and Movies/a\.tif"):
        listed_of(tmp_path, names)


def test_paths_stay_as_they_are_listed_letter_by_letter(tmp_path):
    assert listed_of(tmp_path, ["./Movies//a.mrc"]) == {
        "./Movies//a.mrc": "AutoPick/job012/Movies/a_autopick.star"
    }
    with pytest.raises(ValueError, match=r"Got Movies//a\.mrc and Movies/a\.mrc"):
        listed_of(tmp_path, ["Movies//a.mrc", "Movies/a.mrc"])


def test_the_folder_of_a_job_must_be_a_value_of_a_star_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=r"Got 'my picks/a_autopick.star'\. Give"):
        relion_files(tmp_path / "my picks", ["a"], None)
