import pytest

from pusklearn.micrographs.io._find_in_project import find_in_project


def test_a_listed_path_starts_at_the_nearest_folder_that_has_the_file(tmp_path):
    index = tmp_path / "project" / "job" / "index.star"
    for folder in (tmp_path, tmp_path / "project"):
        (folder / "Movies").mkdir(parents=True)
        (folder / "Movies" / "a.mrc").touch()
    found = find_in_project("Movies/a.mrc", index)
    assert found == tmp_path / "project" / "Movies" / "a.mrc"
    found.unlink()
    assert find_in_project("Movies/a.mrc", index) == tmp_path / "Movies" / "a.mrc"
    absolute = tmp_path / "Movies" / "a.mrc"
    assert find_in_project(absolute, index) == absolute


def test_a_listed_file_that_is_nowhere_is_named(tmp_path):
    (tmp_path / "Movies").mkdir()
    for listed in ("Movies/a.mrc", "Movies"):
        with pytest.raises(FileNotFoundError, match=rf"i.star lists {listed}, which"):
            find_in_project(listed, tmp_path / "job" / "i.star")
    for listed, said in [
        ("Movies/a.mrc", "the list must lie in the project"),
        ("/gone/Movies/a.mrc", r"/gone/Movies/a.mrc, which does not exist\. If it was"),
    ]:
        with pytest.raises(FileNotFoundError, match=said):
            find_in_project(listed, tmp_path / "job" / "i.star")
