import mrcfile
import numpy as np
import pytest
from simulated_projects import cryosparc_project

from pusklearn.io import read_micrographs
from pusklearn.micrographs.images._lazy_rows import LazyRows


@pytest.fixture
def folder(tmp_path):
    """Return a folder of three micrographs, of 1, 2 and 3 rows, and other files."""
    for rows, name in enumerate(["a.mrc", "b.mrc.gz", "c.mrc.bz2"], start=1):
        mrcfile.write(
            tmp_path / name, np.full((rows, 4), rows, dtype="int8"), voxel_size=1.5
        )
    (tmp_path / "._a.mrc").write_text("a hidden file")
    (tmp_path / "particles.txt").write_text("image_name\tx_coord\ty_coord\n")
    (tmp_path / "sub").mkdir()
    mrcfile.write(
        tmp_path / "sub" / "d.mrc", np.full((4, 4), 4, dtype="int8"), voxel_size=1.5
    )
    return tmp_path


def names(micrographs):
    return [micrograph.name for micrograph in micrographs]


@pytest.mark.parametrize("kind", [str, lambda path: path])
def test_a_folder_gives_its_micrographs_sorted(folder, kind):
    micrographs = read_micrographs(kind(folder))
    assert names(micrographs) == ["a", "b", "c"]
    assert [micrograph.shape for micrograph in micrographs] == [(1, 4), (2, 4), (3, 4)]


def test_a_sequence_keeps_its_order(folder):
    files = [folder / "c.mrc.bz2", str(folder / "a.mrc")]
    assert names(read_micrographs(files)) == ["c", "a"]


def test_a_pattern_gives_what_matches(folder):
    assert names(read_micrographs(f"{folder}/[ab].mrc*")) == ["a", "b"]
    assert names(read_micrographs(f"{folder}/**/*.mrc")) == ["a", "d"]


@pytest.mark.parametrize("pattern", ["", "/*.mrc"])
def test_folders_and_patterns_are_sorted(tmp_path, pattern):
    for name in "hacfbgde":
        mrcfile.write(
            tmp_path / f"{name}.mrc", np.zeros((3, 4), dtype="int8"), voxel_size=1.5
        )
    assert names(read_micrographs(f"{tmp_path}{pattern}")) == list("abcdefgh")


def test_of_many_files_each_is_opened_when_it_is_asked_for(folder, monkeypatch):
    expected = read_micrographs(folder)
    monkeypatch.setattr("pusklearn.micrographs.io._read_micrographs.MOST_OPEN", 2)
    micrographs = read_micrographs(folder)
    assert isinstance(micrographs, LazyRows)
    for ours, theirs in zip(micrographs, expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)
        assert vars(ours) == vars(theirs)
    (folder / "a.mrc").write_text("no longer a micrograph")
    with pytest.raises(ValueError, match=r"a.mrc is not an MRC file"):
        read_micrographs(folder)


def test_a_single_file_is_a_list_of_one(folder):
    assert names(read_micrographs(folder / "a.mrc")) == ["a"]


def test_a_file_whose_name_looks_like_a_pattern_is_taken_literally(tmp_path):
    mrcfile.write(tmp_path / "a[1].mrc", np.zeros((3, 4), dtype="int8"), voxel_size=1.5)
    assert names(read_micrographs(str(tmp_path / "a[1].mrc"))) == ["a[1]"]


def test_nothing_found_is_an_error(tmp_path):
    with pytest.raises(ValueError, match="Found none in"):
        read_micrographs(tmp_path)
    with pytest.raises(ValueError, match=r"Found none in .*none\*.mrc"):
        read_micrographs(f"{tmp_path}/none*.mrc")
    with pytest.raises(ValueError, match=r"Found none in \[\]"):
        read_micrographs([])
    with pytest.raises(ValueError, match=r"Found none in .*, which does not exist"):
        read_micrographs(tmp_path / "none")
    (tmp_path / "a_folder.mrc").mkdir()
    with pytest.raises(ValueError, match="Found none in"):
        read_micrographs(f"{tmp_path}/*")


def test_micrographs_of_one_name_in_two_folders_are_read(folder):
    mrcfile.write(
        folder / "sub" / "a.mrc.gz", np.ones((3, 4), dtype="int8"), voxel_size=1.5
    )
    files = [folder / "a.mrc", folder / "sub" / "a.mrc.gz"]
    micrographs = read_micrographs(files)
    assert names(micrographs) == ["a", "a"]
    assert [micrograph.path for micrograph in micrographs] == [str(f) for f in files]


def test_two_micrographs_of_one_name_in_a_folder_are_refused(folder):
    mrcfile.write(folder / "a.mrc.gz", np.zeros((3, 4), dtype="int8"), voxel_size=1.5)
    with pytest.raises(
        ValueError, match=r"one folder.*a.mrc' and '.*a.mrc.gz' are bot"
    ):
        read_micrographs(folder)
    with pytest.raises(ValueError, match=r"are both 'a'"):
        read_micrographs([folder / "a.mrc", f"{folder}/./a.mrc"])


def test_a_missing_file_of_a_sequence_is_not_found(folder):
    with pytest.raises(FileNotFoundError, match=r"e.mrc"):
        read_micrographs([folder / "a.mrc", folder / "e.mrc"])


@pytest.mark.parametrize(
    ("name", "n_micrographs", "dtype"),
    [
        ("empiar-10017", 12, "int8"),
        ("empiar-10146", 10, "float16"),
        ("empiar-10025", 6, "float16"),
    ],
)
def test_real_folders(data_dir, name, n_micrographs, dtype):
    micrographs = read_micrographs(data_dir / name / "micrographs")
    assert len(micrographs) == n_micrographs
    assert {micrograph.dtype for micrograph in micrographs} == {np.dtype(dtype)}
    assert names(micrographs) == sorted(names(micrographs))


CORRECTED = """
data_optics

loop_
_rlnOpticsGroup #1
1

data_micrographs

loop_
_rlnMicrographName #1
_rlnOpticsGroup #2
MotionCorr/job002/Movies/0012.mrc 1
MotionCorr/job002/Movies/a.mrc 1
MotionCorr/job002/Movies/0012.mrc 1
"""


def test_a_star_file_of_relion_lists_micrographs(tmp_path):
    movies = tmp_path / "MotionCorr" / "job002" / "Movies"
    movies.mkdir(parents=True)
    for name in ("0012", "a", "a_PS"):
        mrcfile.write(
            movies / f"{name}.mrc", np.zeros((4, 5), np.float32), voxel_size=1.5
        )
    index = movies.parent / "corrected_micrographs.star"
    index.write_text(CORRECTED)
    micrographs = read_micrographs(index)
    assert [m.name for m in micrographs] == ["0012", "a"]
    assert micrographs[0].path == "MotionCorr/job002/Movies/0012.mrc"
    index.write_text(CORRECTED.replace("/a.mrc", "/b.mrc"))
    with pytest.raises(FileNotFoundError, match=r"corrected_.* lists Motion.*/b.mrc"):
        read_micrographs(index)
    index.write_text(CORRECTED.replace("rlnMicrographName", "rlnMovieName"))
    with pytest.raises(ValueError, match=r"corrected_.* one table with a column rln"):
        read_micrographs(str(index))


def write_list(folder, name, rows, column="rlnMicrographPixelSize"):
    text = "".join(f"{file} {size}\n" for file, size in rows)
    path = folder / name
    path.write_text(f"data_\n\nloop_\n_rlnMicrographName #1\n_{column} #2\n{text}")
    return path


def test_a_sequence_may_mix_files_folders_patterns_and_lists(tmp_path):
    for place in ("one/a", "one/b", "two/c", "two/d", "e", "f"):
        (tmp_path / place).parent.mkdir(exist_ok=True)
        mrcfile.write(tmp_path / f"{place}.mrc", np.zeros((4, 5), np.float32))
    star = write_list(tmp_path, "m.star", [("two/d.mrc", 1.5), ("e.mrc", 2.5)])
    given = [tmp_path / "f.mrc", star, f"{tmp_path}/t*/*.mrc", str(tmp_path / "one")]
    with pytest.warns(UserWarning, match=r"which is none \(f, c, a; 4 in all\)"):
        micrographs = read_micrographs(given)
    assert names(micrographs) == ["f", "d", "e", "c", "a", "b"]
    assert [m.pixel_size for m in micrographs[:4]] == [None, 1.5, 2.5, None]
    assert micrographs[1].path == "two/d.mrc"
    # A list tells more about a file than its path, wherever it stands.
    files = [tmp_path / "e.mrc", star]
    assert [(m.name, m.pixel_size) for m in read_micrographs(files)] == [
        ("e", 2.5),
        ("d", 1.5),
    ]


def test_of_several_paths_each_must_give_micrographs(folder):
    (folder / "empty").mkdir()
    (folder / "movies").mkdir()
    (folder / "movies" / "m.eer").write_text("")
    for path, said in [
        (f"{folder}/*.tif", r"Found none in .*/\*.tif', one of"),
        (folder / "movies", r"Found none in '.*movies', which has EER movies"),
        (folder / "empty", r"empty must be a file. It is a folder"),
    ]:
        with pytest.raises(ValueError, match=said):
            read_micrographs([folder / "a.mrc", path])


def test_lists_must_agree_about_a_pixel_size(tmp_path):
    mrcfile.write(tmp_path / "a.mrc", np.zeros((4, 5), np.float32), voxel_size=1.5)
    lists = [
        write_list(tmp_path, f"{name}.star", [("a.mrc", size)])
        for name, size in [("m", 1.5), ("n", 1.505), ("o", "null"), ("p", 1.6)]
    ]
    assert [m.pixel_size for m in read_micrographs(lists[:3])] == [1.5]
    with pytest.raises(ValueError, match=r"one pixel size. They give 1.5 and 1.6 ang"):
        read_micrographs(lists)


def test_links_to_one_file_may_be_several_micrographs(tmp_path):
    mrcfile.write(tmp_path / "data", np.zeros((4, 5), np.float32), voxel_size=1.5)
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.mrc").symlink_to("data")
    assert names(read_micrographs(f"{tmp_path}/*.mrc")) == ["a", "b", "c"]


def test_exposures_of_cryosparc_are_a_list(tmp_path, monkeypatch):
    project = cryosparc_project(tmp_path, size=64)
    monkeypatch.setattr("pusklearn.micrographs.io._read_micrographs.MOST_OPEN", 2)
    micrographs = read_micrographs(tmp_path / "J4" / "exposures_accepted.cs")
    found = {m.path: (m.uid, m.pixel_size) for m in micrographs}
    expected = zip(project.uids, [project.pixel_size] * 4, strict=True)
    assert found == dict(zip(project.paths, expected, strict=True))
    (tmp_path / project.paths[0]).unlink()
    with pytest.raises(FileNotFoundError, match=r"exposures_accepted.cs lists J2/"):
        read_micrographs(tmp_path / "J4" / "exposures_accepted.cs")
    with pytest.warns(UserWarning, match="cannot be used"):
        micrographs = read_micrographs(
            tmp_path / "J4" / "exposures_accepted.cs", on_error="warn"
        )
    assert {m.uid for m in micrographs} == set(project.uids)


def test_a_folder_of_cryosparc_tells_its_files(tmp_path):
    for name in ("exposures_accepted.cs", "exposures_rejected.cs"):
        (tmp_path / name).touch()
    said = r"Found none in '.*', which has files of cryoSPARC \(exposures_accepted.cs, "
    with pytest.raises(ValueError, match=said + r".*\); give that of exposures\."):
        read_micrographs(tmp_path)
    with pytest.raises(ValueError, match=r"give that of exposures, one of \["):
        read_micrographs([tmp_path])
