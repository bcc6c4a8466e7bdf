import json
import re
import time
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pusklearn.io import read_coordinates

STAR_30 = """
data_

loop_
_rlnCoordinateX #1
_rlnCoordinateY #2
_rlnMicrographName #3
_rlnAutopickFigureOfMerit #4
  100.500000     20.250000 Movies/0012.mrc    0.750000
  300.000000      4.000000 Movies/b.mrc      -1.500000

"""
STAR_OF_ONE = """
data_

loop_
_rlnCoordinateX #1
_rlnCoordinateY #2
_rlnClassNumber #3
_rlnAnglePsi #4
_rlnAutopickFigureOfMerit #5
 100.5  20.25  0  0.0  0.75
"""
INDEX = """
# version 30001

data_coordinate_files

loop_
_rlnMicrographName #1
_rlnMicrographCoordinates #2
Movies/0012.mrc ManualPick/job004/Movies/0012_manualpick.star
Movies/b.mrc    ManualPick/job004/Movies/b_manualpick.star
"""


def write(path, text):
    path.write_text(text)
    return path


def rows(table):
    return table.to_dict("split")["data"]


def check_types(table, columns):
    assert list(table.columns) == columns
    assert all(isinstance(name, str) for name in table["micrograph"])
    assert (table.dtypes[columns[1:]] == np.float64).all()
    assert list(table.index) == list(range(len(table)))


def test_a_folder_is_read_file_by_file(tmp_path):
    write(tmp_path / "b_autopick.star", STAR_OF_ONE)
    write(tmp_path / "a_autopick.star", STAR_OF_ONE.replace("100.5", "7"))
    write(tmp_path / ".c_autopick.star", "a hidden file")
    write(tmp_path / "notes.txt", "no coordinates")
    table = read_coordinates(tmp_path)
    check_types(table, ["micrograph", "x", "y", "score"])
    assert rows(table) == [["a", 7, 20.25, 0.75], ["b", 100.5, 20.25, 0.75]]


def test_several_files_are_read_in_their_order(tmp_path):
    star = write(tmp_path / "b.star", STAR_OF_ONE)
    box = write(tmp_path / "a.box", "0 0 4 2\n")
    table = read_coordinates([star, str(box)])
    assert table["micrograph"].tolist() == ["b", "a"]
    assert table["x"].tolist() == [100.5, 2]
    assert table["score"].tolist() == pytest.approx([0.75, np.nan], nan_ok=True)


def write_job(project):
    """Write what a job of manual picking leaves; return its index."""
    job = project / "ManualPick" / "job004"
    (job / "Movies").mkdir(parents=True)
    write(job / "Movies" / "0012_manualpick.star", STAR_OF_ONE)
    write(job / "Movies" / "b_manualpick.star", "")  # no particles
    return write(job / "manualpick.star", INDEX)


def test_the_index_of_a_relion_job_stands_for_the_files_it_lists(tmp_path, monkeypatch):
    index = write_job(tmp_path)
    found = [["Movies/0012.mrc", 100.5, 20.25, 0.75]]
    table = read_coordinates(index)
    check_types(table, ["micrograph", "x", "y", "score"])
    assert rows(table) == found
    # The nearest folder counts.
    nearer = "job004/ManualPick/job004/Movies/0012_manualpick.star"
    decoy = index.parents[1] / nearer
    decoy.parent.mkdir(parents=True)
    write(decoy, STAR_OF_ONE.replace("100.5", "7"))
    monkeypatch.chdir(index.parent)
    assert rows(read_coordinates("manualpick.star"))[0][1] == 7


def test_an_index_of_one_row_and_an_absolute_path(tmp_path):
    file = write(tmp_path / "007", "micrograph,x,y\nraw,3,4\n")
    for listed in (file, "007"):
        text = f"data_\n\n_rlnMicrographName a\n_rlnMicrographCoordinates {listed}\n"
        assert rows(read_coordinates(write(tmp_path / "i.star", text))) == [["a", 3, 4]]


def test_a_listed_file_must_be_that_of_one_micrograph(tmp_path):
    index = write_job(tmp_path)
    write(index.parent / "Movies" / "b_manualpick.star", STAR_30)
    with pytest.raises(ValueError, match=r"one micrograph for Movies/b.mrc\. .*0012"):
        read_coordinates(index)


def test_a_listed_file_that_is_missing_is_named(tmp_path):
    index = write_job(tmp_path)
    (index.parent / "Movies" / "b_manualpick.star").unlink()
    with pytest.raises(FileNotFoundError, match=r"manualpick.star lists .*b_manual"):
        read_coordinates(index)
    (index.parent / "Movies" / "b_manualpick.star").mkdir()
    with pytest.raises(FileNotFoundError, match=r"manualpick.star lists .*b_manual"):
        read_coordinates(index)


def test_an_index_must_list_coordinates(tmp_path):
    index = write_job(tmp_path)
    write(index, INDEX.replace("Movies/b_manualpick", "manualpick"))
    with pytest.raises(ValueError, match="must have one column for `x`"):
        read_coordinates(index)
    write(index, INDEX.replace("Movies/b.mrc ", '""'))
    with pytest.raises(ValueError, match="must not have gaps"):
        read_coordinates(index)


def test_the_index_of_a_job_that_picked_nothing_is_an_empty_table(tmp_path):
    index = write_job(tmp_path)
    write(index, INDEX[: INDEX.index("Movies")])
    table = read_coordinates(index)
    check_types(table, ["micrograph", "x", "y"])
    assert len(table) == 0


def test_a_pattern_is_read_file_by_file(tmp_path):
    for folder, name in [("2", "a"), ("1", "c[0]"), ("1", "b"), ("1/3", "d")]:
        (tmp_path / folder).mkdir(exist_ok=True)
        write(tmp_path / folder / f"{name}_autopick.star", STAR_OF_ONE)
    (tmp_path / "1" / "z_autopick.star").mkdir()
    table = read_coordinates(tmp_path / "*" / "*_autopick.star")
    assert table["micrograph"].tolist() == ["b", "c[0]", "a"]
    assert len(read_coordinates(f"{tmp_path}/**/d*.star")) == 1
    assert len(read_coordinates(tmp_path / "1" / "c[0]_autopick.star")) == 1
    with pytest.raises(ValueError, match=r"Found none in .*/\*.box"):
        read_coordinates(tmp_path / "*.box")


def test_two_files_found_for_one_micrograph_are_refused(tmp_path):
    files = [
        write(tmp_path / name, STAR_OF_ONE)
        for name in ("a_autopick.star", "a_manualpick.star")
    ]
    for path in (tmp_path, tmp_path / "*.star"):
        with pytest.raises(
            ValueError, match=r"in .* may hold the same .* both hold 'a'"
        ):
            read_coordinates(path)
    assert len(read_coordinates(files)) == 2


def test_a_folder_is_read_with_the_folders_in_it(tmp_path):
    for folder, x in [("grid1/Data", "1.5"), ("grid2/Data", "2.5"), (".old", "7")]:
        (tmp_path / folder).mkdir(parents=True)
        write(tmp_path / folder / "s_autopick.star", STAR_OF_ONE.replace("100.5", x))
    write(tmp_path / "b_autopick.star", STAR_OF_ONE)
    table = read_coordinates(tmp_path)
    assert table["x"].tolist() == [100.5, 1.5, 2.5]
    assert table["micrograph"].tolist() == ["b", "grid1/Data/s", "grid2/Data/s"]


def test_the_formats_of_another_picker_lie_in_folders_of_which_one_is_read(tmp_path):
    # crYOLO writes the same boxes in several formats.
    for name in ("CBOX/s.star", "EMAN/s.box"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).touch()
    with pytest.raises(ValueError, match=r"one format.* Give the folder .*CBOX"):
        read_coordinates(tmp_path)
    assert len(read_coordinates(tmp_path / "EMAN")) == 0


def test_files_of_one_name_in_two_folders_are_kept_apart(tmp_path):
    for folder, x in [("grid1", "1.5"), ("grid2", "2.5")]:
        (tmp_path / folder).mkdir()
        text = STAR_OF_ONE.replace("100.5", x)
        write(tmp_path / folder / "s_autopick.star", text)
        write(tmp_path / folder / "s_manualpick.star", text)
        write(tmp_path / folder / "own.box", "0 0 4 2\n")
    files = sorted(tmp_path.glob("*/s_*.star"))
    expected = [["grid1/s", 1.5], ["grid1/s", 1.5], ["grid2/s", 2.5], ["grid2/s", 2.5]]
    assert rows(read_coordinates(files)[["micrograph", "x"]]) == expected
    table = read_coordinates(tmp_path / "*" / "s_auto*.star")
    assert rows(table[["micrograph", "x"]]) == [["grid1/s", 1.5], ["grid2/s", 2.5]]
    with pytest.raises(ValueError, match="both hold 's'"):
        read_coordinates(tmp_path / "*" / "s_*.star")
    files = [tmp_path / "grid1" / "own.box", tmp_path / "grid2" / "s_autopick.star"]
    assert read_coordinates(files)["micrograph"].tolist() == ["own", "s"]


def test_files_whose_rows_name_other_folders_may_be_found_together(tmp_path):
    for grid in ("grid1", "grid2"):
        text = STAR_30.replace("Movies", grid)
        write(tmp_path / f"{grid}.star", text)
    assert len(read_coordinates(tmp_path)) == 4
    write(tmp_path / "more.star", STAR_30.replace("Movies/", ""))
    with pytest.raises(
        ValueError, match=r"grid1.star and .*more.star both hold '0012'"
    ):
        read_coordinates(tmp_path)


def test_a_folder_named_like_a_file_is_left_out_and_a_lost_link_is_not(tmp_path):
    write(tmp_path / "a.star", STAR_OF_ONE)
    (tmp_path / "b.star").mkdir()
    assert len(read_coordinates(tmp_path)) == 1
    (tmp_path / "c.star").symlink_to("nowhere")
    with pytest.raises(FileNotFoundError):
        read_coordinates(tmp_path)


# What each kind of damage may do at most to the 20 rows of a file if it goes unnoticed:
# a lost line or a changed digit cannot be told from a right file.
N_ROWS = 20
DAMAGE = {
    "bit": lambda lost, new: lost == new <= 1,
    "byte": lambda lost, new: lost == new <= 1,
    "lost byte": lambda lost, new: lost == new <= 1,
    "cut": lambda lost, new: new <= 1,
    "doubled line": lambda lost, new: lost + new <= 1,
    "lost line": lambda lost, new: lost + new <= 1,
    "moved line": lambda lost, new: lost + new == 0,
    "lost value": lambda lost, new: lost + new == 0,
    "zeros": lambda lost, new: lost + new == 0,
    "doubled file": lambda lost, new: lost == 0 and new in (0, N_ROWS),
}


def make_files(rng):
    """Return the text of coordinate files of every format, with one score each."""
    xy = rng.uniform(10, 3999, (N_ROWS, 2)).round(2)
    scores = rng.normal(size=N_ROWS).round(3)
    names = [f"Movies/mic_{row // 6:03d}.mrc" for row in range(N_ROWS)]
    cells = [
        (name, f"{x:.2f}", f"{y:.2f}", f"{score:.3f}")
        for name, (x, y), score in zip(names, xy, scores, strict=True)
    ]
    header = "\ndata_\n\nloop_\n_rlnCoordinateX #1\n_rlnCoordinateY #2\n"
    return {
        "p.csv": "micrograph,x,y,score\n" + "".join(",".join(c) + "\n" for c in cells),
        "p.txt": "image_name\tx_coord\ty_coord\tscore\n"
        + "".join("\t".join(c) + "\n" for c in cells),
        "m.box": "".join(f"{x}\t{y}\t180\t180\n" for _, x, y, _ in cells),
        "m_info.json": json.dumps(
            {"boxes": [[float(x), float(y), "manual"] for _, x, y, _ in cells]}
        ).replace("], [", "],\n["),
        "m.cbox": "data_global\n\n_cbox_format_version 1.0\n\ndata_cryolo\n\nloop_\n"
        "_CoordinateX #1\n_CoordinateY #2\n_CoordinateZ #3\n_Width #4\n_Height #5\n"
        "_Confidence #6\n"
        + "".join(f"{x} {y} <NA> 180.0 180.0 {score}\n" for _, x, y, score in cells),
        "m.csv": "X-Coordinate,Y-Coordinate,Diameter\n"
        + "".join(f"{x},{y},180\n" for _, x, y, _ in cells),
        "m_autopick.star": header
        + "_rlnClassNumber #3\n_rlnAutopickFigureOfMerit #4\n"
        + "".join(f"{x:>12} {y:>12} 0 {score:>9}\n" for _, x, y, score in cells)
        + "\n",
        "p.star": "\n# version 30001\n\ndata_optics\n\nloop_\n_rlnOpticsGroup #1\n"
        "_rlnOpticsGroupName #2\n1 opticsGroup1\n\n\n# version 30001\n"
        + header.replace("data_", "data_particles")
        + "_rlnAutopickFigureOfMerit #3\n_rlnMicrographName #4\n"
        + "".join(f"{x:>12} {y:>12} {score:>9} {n}\n" for n, x, y, score in cells)
        + "\n",
    }


def damage(raw, kind, rng):
    """Damage the bytes of a file at a random place."""
    lines = raw.split(b"\n")
    place, line = int(rng.integers(len(raw))), int(rng.integers(len(lines) - 1))
    before, byte, after = raw[:place], raw[place], raw[place + 1 :]
    if kind == "bit":
        return before + bytes([byte ^ (1 << int(rng.integers(8)))]) + after
    if kind == "byte":
        return before + rng.bytes(1) + after
    if kind == "lost byte":
        return before + after
    if kind == "cut":
        return before
    if kind == "zeros":
        return before + bytes(int(rng.integers(1, 300))) + after
    if kind == "doubled file":
        return raw + raw
    if kind == "doubled line":
        lines.insert(line, lines[line])
    if kind == "lost line":
        del lines[line]
    if kind == "moved line":
        lines.insert(int(rng.integers(len(lines))), lines.pop(line))
    if kind == "lost value":
        values = re.split(rb"([,\t ]+)", lines[line].strip())
        del values[2 * int(rng.integers((len(values) + 1) // 2)) :][:2]
        lines[line] = b"".join(values)
    return b"\n".join(lines)


@pytest.mark.parametrize(
    "n_files",
    [150, pytest.param(2000, marks=pytest.mark.slow, id="2000: takes 5 s")],
)
def test_damaged_files_are_refused_or_keep_their_rows(tmp_path, n_files):
    rng = np.random.default_rng(n_files)
    texts = make_files(rng)
    for name, text in texts.items():
        write(tmp_path / name, text)
    intact = {name: Counter(read(tmp_path / name)) for name in texts}
    assert {counts.total() for counts in intact.values()} == {N_ROWS}
    n_refused = 0
    for _ in range(n_files):
        name, kind = rng.choice(list(texts)), rng.choice(list(DAMAGE))
        (tmp_path / name).write_bytes(damage(texts[name].encode(), kind, rng))
        start = time.perf_counter()
        try:
            found = Counter(read(tmp_path / name))
        except (ValueError, UserWarning) as error:
            assert name in str(error)  # noqa: PT017 - not every damage is an error
            n_refused += 1
            continue
        finally:
            assert time.perf_counter() - start < 2
        lost, new = intact[name] - found, found - intact[name]
        assert DAMAGE[kind](lost.total(), new.total()), (name, kind, lost, new)
    assert n_refused > n_files / 4


def read(path):
    """Return the rows of a file as tuples."""
    return [tuple(row) for row in rows(read_coordinates(path))]


def test_nothing_to_read_is_an_error(tmp_path):
    with pytest.raises(ValueError, match="Found none in"):
        read_coordinates(tmp_path)
    with pytest.raises(ValueError, match=r"Found none in \[\]"):
        read_coordinates([])
    (tmp_path / "picked_particles.cs").touch()
    with pytest.raises(
        ValueError, match=r"Found none in .*: picked_particles.cs \(1 in"
    ):
        read_coordinates(tmp_path)


@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.star", "a.box"])
def test_a_missing_file_is_not_found(tmp_path, name):
    with pytest.raises(FileNotFoundError):
        read_coordinates(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "n_particles"),
    [("empiar-10017", 7799), ("empiar-10146", 1643), ("empiar-10025", 283)],
)
def test_real_coordinates(data_dir, name, n_particles):
    path = data_dir / name / "particles.txt"
    table = read_coordinates(path)
    check_types(table, ["micrograph", "x", "y"])
    assert len(table) == n_particles

    [_, first, *_] = Path(path).read_text().splitlines()
    micrograph, x, y = first.split("\t")
    assert rows(table.head(1)) == [[micrograph, float(x), float(y)]]
    assert pd.unique(table["micrograph"]).tolist()[0] == micrograph


def test_shifts_of_an_alignment_are_told_and_not_applied(tmp_path):
    text = (
        "data_\n\nloop_\n_rlnCoordinateX #1\n_rlnCoordinateY #2\n"
        "_rlnOriginXAngst #3\n_rlnOriginYAngst #4\n10 20 {} 0\n30 40 0 0\n"
    )
    with pytest.warns(UserWarning, match=r"without the shifts .*a\.star \(1 in all\)"):
        table = read_coordinates(write(tmp_path / "a.star", text.format(12)))
    assert table["x"].tolist() == [10, 30]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read_coordinates(write(tmp_path / "b.star", text.format(0)))
        read_coordinates(write(tmp_path / "c.star", text.format("null")))
