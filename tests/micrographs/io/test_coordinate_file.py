import os
import time
import tracemalloc

import numpy as np
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
STAR_31 = """
# version 30001

data_optics

loop_
_rlnOpticsGroupName #1
_rlnOpticsGroup #2
_rlnMicrographPixelSize #3
opticsGroup1            1     1.340000

# version 30001

data_particles

loop_
_rlnMicrographName #1
_rlnCoordinateX #2
_rlnCoordinateY #3
_rlnOpticsGroup #4
Movies/0012.mrc   100.500000  20.250000  1
Movies/b.mrc      300.000000   4.000000  1
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


def test_topaz_text(tmp_path):
    text = "image_name\tx_coord\ty_coord\tscore\n0012\t100.5\t20\t-3\nb\t300\t4\t1.5\n"
    table = read_coordinates(write(tmp_path / "picks.txt", text))
    check_types(table, ["micrograph", "x", "y", "score"])
    assert rows(table) == [["0012", 100.5, 20, -3], ["b", 300, 4, 1.5]]


def test_topaz_text_without_scores(tmp_path):
    text = "image_name\tx_coord\ty_coord\n0012\t100\t20\n"
    table = read_coordinates(str(write(tmp_path / "picks.tsv", text)))
    check_types(table, ["micrograph", "x", "y"])
    assert rows(table) == [["0012", 100, 20]]


@pytest.mark.parametrize(
    "header",
    ["micrograph,x,y", "image_name,x_coord,y_coord", "micrograph_name, x, y"],
)
def test_commas_and_other_column_names(tmp_path, header):
    table = read_coordinates(write(tmp_path / "p.csv", f"{header}\nM/1.mrc,7,-8.5\n"))
    check_types(table, ["micrograph", "x", "y"])
    assert rows(table) == [["M/1.mrc", 7, -8.5]]


def test_columns_may_stand_in_any_order_among_others(tmp_path):
    text = "y,id,x,diameter,micrograph\n4,1,300,90,a\n"
    table = read_coordinates(write(tmp_path / "p.csv", text))
    assert rows(table) == [["a", 300, 4]]


def test_spaces_after_commas_are_no_part_of_a_name(tmp_path):
    path = write(tmp_path / "p.csv", "x, y, micrograph\n7, -8.5, a\n")
    assert rows(read_coordinates(path)) == [["a", 7, -8.5]]


def test_names_that_look_like_gaps_or_numbers_stay_text(tmp_path):
    text = "micrograph,x,y\nNA,1,2\nnan,3,4\n1e3,5,6\n007,7,8\n"
    table = read_coordinates(write(tmp_path / "p.csv", text))
    assert table["micrograph"].tolist() == ["NA", "nan", "1e3", "007"]


def test_blank_lines_and_a_byte_order_mark_are_no_data(tmp_path):
    path = tmp_path / "p.csv"
    path.write_bytes(b"\xef\xbb\xbfmicrograph,x,y\r\na,1,2\r\n\r\nb,3,4\r\n\r\n")
    assert rows(read_coordinates(path)) == [["a", 1, 2], ["b", 3, 4]]


def test_star_of_relion_30(tmp_path):
    table = read_coordinates(write(tmp_path / "particles.star", STAR_30))
    check_types(table, ["micrograph", "x", "y", "score"])
    assert rows(table) == [
        ["Movies/0012.mrc", 100.5, 20.25, 0.75],
        ["Movies/b.mrc", 300, 4, -1.5],
    ]


def test_star_of_relion_31(tmp_path):
    table = read_coordinates(write(tmp_path / "particles.star", STAR_31))
    check_types(table, ["micrograph", "x", "y"])
    assert rows(table) == [["Movies/0012.mrc", 100.5, 20.25], ["Movies/b.mrc", 300, 4]]


def test_numeric_names_in_a_star_file_stay_text(tmp_path):
    text = STAR_30.replace("Movies/", "").replace(".mrc", "")
    table = read_coordinates(write(tmp_path / "particles.star", text))
    assert table["micrograph"].tolist() == ["0012", "b"]


def test_a_star_file_of_pairs_is_one_row(tmp_path):
    text = "data_\n\n_rlnMicrographName 007\n_rlnCoordinateX 3.5\n_rlnCoordinateY 4\n"
    table = read_coordinates(write(tmp_path / "p.star", text))
    assert rows(table) == [["007", 3.5, 4]]


@pytest.mark.parametrize(
    "ending", ["", "_autopick", "_manualpick", "_topazpicks", "_pick"]
)
def test_a_star_file_of_one_micrograph_names_it(tmp_path, ending):
    path = write(tmp_path / f"May08_03.05.02{ending}.star", STAR_OF_ONE)
    assert rows(read_coordinates(path)) == [["May08_03.05.02", 100.5, 20.25, 0.75]]


def test_boxes_are_read_by_their_centres(tmp_path):
    path = write(tmp_path / "a.b.box", "10\t200\t40\t60\n-5\t3\t40\t61\n")
    table = read_coordinates(path)
    check_types(table, ["micrograph", "x", "y"])
    assert rows(table) == [["a.b", 30, 230], ["a.b", 15, 33.5]]


def test_a_fifth_column_of_boxes_is_left_out(tmp_path):
    path = write(tmp_path / "a.box", "10 200 40 60 -3\n")
    assert rows(read_coordinates(path)) == [["a", 30, 230]]


@pytest.mark.parametrize("text", ["", "\n"])
def test_an_empty_box_file_is_an_empty_table(tmp_path, text):
    table = read_coordinates(write(tmp_path / "a.box", text))
    check_types(table, ["micrograph", "x", "y"])
    assert len(table) == 0


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("p.csv", "micrograph,x\na,1\n", "p.csv must have one column for `y`"),
        ("p.txt", "x,y\n1,2\n", "one column for `micrograph`, called micrograph or"),
        ("p.csv", "file,x,y\na,1,2\nb,3,4\n", "p.csv .*its column file has a, b"),
        ("p.json", '{"boxes": [[1, "a"]]}', "p.json cannot .* Box 1 is"),
        ("p.cbox", "data_\n", "p.cbox cannot be read .* must contain one table"),
        ("p.csv", "micrograph,x,x_coord,y\na,1,2,3\n", "one column for `x`"),
        ("p.csv", "micrograph,x,y\na,1,2\n\nb,3,four\n", "`y` of .*p.csv .* line 4"),
        ("p.csv", "micrograph,x,y\na,,2\n", "`x` of .* Got '' in line 2"),
        ("p.csv", "micrograph,x,y\na,1\n", "line 2 has 2 values, but the header n"),
        ("p.csv", "micrograph,x,y\na,inf,2\n", "finite numbers. Got 'inf' in line 2"),
        ("p.csv", "micrograph,x,y,score\na,1,2,high\n", "`score` of .* Got 'high'"),
        (
            "p.csv",
            "micrograph,x,y\n,1,2\n",
            "`micrograph` of .* gaps. Got '' in line 2",
        ),
        ("p.csv", "micrograph,x,y\na,1,2,3\nb,1,2,3\n", "p.csv cannot be read"),
        ("p.csv", "micrograph,x,y\na,1,2\nb,1,2,3\n", "p.csv cannot be read"),
        ("p.txt", "", "p.txt cannot be read"),
        ("p.txt", "image_name\tx_coord\ty_coord\na\t1\tb\n", "`y_coord` of .* line 2"),
        ("p.star", STAR_30.replace("300.0", "far"), "`rlnCoordinateX` .* line 10"),
        ("p.star", STAR_30.replace("_rlnCoordinateY", "_rlnY"), "column for `y`"),
        (
            "p.star",
            STAR_30.replace("_rlnCoordinateX", "_rlnX"),
            "Got 0; the columns .*rlnX",
        ),
        ("p.star", STAR_30 + STAR_31, "Got 2; the"),
        ("p.star", "some text", "line 1 of a STAR .* Got 'some text'"),
        ("p.star", "data_\n", "p.star cannot be read"),
        ("p.star", "\n# version 30001\n", "Got 0; the columns of its tables are"),
        (
            "p.star",
            STAR_30 + STAR_30,
            "Got 2; .* joined from several files, give these",
        ),
        ("p.star", STAR_30 + STAR_30.replace("X #1", "XX #1"), "Got 2; .* joined"),
        ("p.star", STAR_30.replace("Score", "S") + " a.mrc 1 2\n", "line 12 has 3 val"),
        (
            "p.star",
            STAR_30.replace("FigureO", "FigreO"),
            "seems to be a misspelt 'rlnA",
        ),
        (
            "p.star",
            STAR_30.replace("MicrographName", "TomoName"),
            "TomoName .* tomogram",
        ),
        (
            "p.star",
            STAR_30.replace("CoordinateY", "CoordinateZ"),
            "Z tells of .* tomogr",
        ),
        (
            "p.csv",
            "micrograph,x,y,z\na,1,2,3\n",
            "p.csv .* column z tells of .* tomogr",
        ),
        ("p.txt", "image_name\tx_coord\ty_coord\tz_coord\n", "column z_coord tells of"),
        (
            "p.csv",
            "micrograph,x,x,y\na,1,2,3\n",
            "one column for `x`.* It has x and x;",
        ),
        (
            "p.csv",
            "micrograph,image_name,x,y\na,b,1,2\n",
            "It has micrograph and image_",
        ),
        ("p.csv", "micrograph,x,y\na,1,2\nmicrograph,x,y\n", "line 3 repeats the head"),
        (
            "p.csv",
            "micrograph;x;y\na;1;2\n",
            r"\['micrograph;x;y'\].* Only tabs and commas",
        ),
        (
            "p.txt",
            "image_name\tx\ty\na\t1,5\t2\n",
            "Got '1,5' in line 2. Decimals must",
        ),
        ("p.csv", "micrograph,x,y\na,1_0,2\n", "`x` of .* Got '1_0' in line 2"),
        ("p.csv", "micrograph,x,y\na,1e999,2\n", "`x` of .* Got '1e999' in line 2"),
        ("p.mod", "IMODV1.2\n", "p.mod cannot be read .* a model of IMOD"),
        ("p.box", "10 20 30\n", "p.box cannot be read"),
        (
            "p.box",
            "10 20 30 40\n10 far 30 40\n",
            "p.box cannot be read .*'far' in line 2",
        ),
        (
            "p.box",
            "10 nan 30 40\n",
            "p.box cannot .* `y` must hold finite .* Got 'nan' in line 1",
        ),
    ],
)
def test_what_cannot_be_understood_is_an_error(tmp_path, name, text, said):
    with pytest.raises(ValueError, match=said):
        read_coordinates(write(tmp_path / name, text))


@pytest.mark.parametrize("name", ["p.txt", "p.csv", "p.box", "p.star"])
def test_binary_files_are_refused_by_name(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(bytes(range(256)) * 8)
    with pytest.raises(ValueError, match=rf"{name} cannot be read"):
        read_coordinates(path)


def star_without_names(*rows, column="rlnImageName"):
    header = ["data_", "", "loop_", "_rlnCoordinateX #1", "_rlnCoordinateY #2"]
    return "\n".join([*header, f"_{column} #3", *rows, ""])


def test_stacks_of_images_stand_for_micrographs(tmp_path):
    rows_of_two = ["1 2 000001@E/job1/M/a.mrcs", "3 4 000001@E/job1/M/b.mrcs"]
    path = write(tmp_path / "particles.star", star_without_names(*rows_of_two))
    table = read_coordinates(path)
    assert rows(table) == [["E/job1/M/a.mrcs", 1, 2], ["E/job1/M/b.mrcs", 3, 4]]


def test_a_file_with_other_names_of_several_micrographs_is_refused(tmp_path):
    rows_of_two = ["1 2 Movies/a.tiff", "3 4 Movies/b.tiff"]
    text = star_without_names(*rows_of_two, column="rlnMicrographMovieName")
    with pytest.raises(ValueError, match=r"p.star .*rlnMicrographMovieName has a, b"):
        read_coordinates(write(tmp_path / "p.star", text))


def test_boxes_of_cryolo_and_eman2_belong_to_the_micrograph_of_their_file(tmp_path):
    text = (
        "data_cryolo\n\nloop_\n_CoordinateX #1\n_CoordinateY #2\n_Width #3\n"
        "_Height #4\n_Confidence #5\n10 20 40 60 0.75\n"
    )
    table = read_coordinates(write(tmp_path / "m.1.cbox", text))
    assert rows(table) == [["m.1", 30, 50, 0.75]]
    text = '{"boxes": [[10, 20, "manual"]]}'
    table = read_coordinates(write(tmp_path / "m.1_info.json", text))
    assert rows(table) == [["m.1", 10, 20]]


def test_a_score_may_be_missing_in_some_boxes(tmp_path):
    text = (
        "data_cryolo\n\nloop_\n_CoordinateX #1\n_CoordinateY #2\n_Width #3\n"
        "_Height #4\n_Confidence #5\n10 20 40 60 <NA>\n10 20 40 60 0.5\n"
    )
    scores = read_coordinates(write(tmp_path / "m.cbox", text))["score"]
    np.testing.assert_array_equal(scores, [np.nan, 0.5])


def test_boxes_may_have_scores(tmp_path):
    path = write(tmp_path / "m.box", "10 200 40 60 0.75\n10 20 40 60 1\n")
    assert rows(read_coordinates(path)) == [["m", 30, 230, 0.75], ["m", 30, 50, 1]]


@pytest.mark.parametrize(
    "text",
    [
        "X-Coordinate,Y-Coordinate,Diameter\n3,4,108\n5,6.5,108\n",
        "x,y,label\n3,4,manual\n5,6.5,manual\n",
    ],
)
def test_a_csv_without_names_belongs_to_the_micrograph_of_its_file(tmp_path, text):
    table = read_coordinates(write(tmp_path / "m.1.csv", text))
    assert rows(table) == [["m.1", 3, 4], ["m.1", 5, 6.5]]


def test_upper_and_lower_case_of_columns_do_not_matter(tmp_path):
    path = write(tmp_path / "p.csv", "Micrograph,X,Y,Score\na,1,2,3\n")
    assert rows(read_coordinates(path)) == [["a", 1, 2, 3]]


def test_a_name_that_begins_with_a_quote_swallows_no_rows(tmp_path):
    text = 'image_name\tx_coord\ty_coord\n"a\t1\t2\nb\t3\t4\n"c\t5\t6\n'
    table = read_coordinates(write(tmp_path / "p.tsv", text))
    assert rows(table) == [['"a', 1, 2], ["b", 3, 4], ['"c', 5, 6]]


@pytest.mark.parametrize("name", ["p.csv", "p.box", "p.star", "p.mod"])
def test_pipes_and_folders_are_refused_at_once(tmp_path, name):
    os.mkfifo(tmp_path / name)
    with pytest.raises(ValueError, match=rf"{name} cannot be read .* a named pipe"):
        read_coordinates(tmp_path / name)
    (tmp_path / name).unlink()
    (tmp_path / name).mkdir()
    with pytest.raises(ValueError, match=rf"{name} cannot be read .* a folder"):
        read_coordinates([tmp_path / name])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("p.csv", ",".join(map(str, range(10**6)))),
        ("p.txt", "\t".join(map(str, range(10**6)))),
        ("p.box", " ".join(map(str, range(10**6)))),
        ("p.star", "data_\nloop_\n" + "".join(f"_c{i}\n" for i in range(20_000))),
    ],
)
def test_a_million_columns_are_refused_in_a_moment(tmp_path, name, text):
    path = write(tmp_path / name, text)
    tracemalloc.start()
    try:
        start = time.process_time()
        with pytest.raises(ValueError, match="columns"):
            read_coordinates(path)
        assert time.process_time() - start < 1
        assert tracemalloc.get_traced_memory()[1] < 50 * 2**20
    finally:
        tracemalloc.stop()


def test_a_star_file_put_right_is_read_anew(tmp_path):
    path = write(tmp_path / "a.star", STAR_30.replace("300.0", "3 0.0"))
    with pytest.raises(ValueError, match=r"a.star cannot be read"):
        read_coordinates(path)
    write(path, STAR_30)
    os.utime(path, (1, 1))
    assert len(read_coordinates(path)) == 2


def test_a_box_file_of_gautomatch_is_named_after_its_micrograph(tmp_path):
    file = tmp_path / "Foil_1.5_automatch.box"
    file.write_text("  1000   2000   128  128   0.385\n")
    table = read_coordinates(file)
    assert table.to_numpy().tolist() == [["Foil_1.5", 1064, 2064, 0.385]]


def test_a_blank_score_is_a_gap(tmp_path):
    text = "image_name\tx_coord\ty_coord\tscore\na\t1\t2\t0.1\nb\t3\t4\t\n"
    table = read_coordinates(write(tmp_path / "joined.txt", text))
    np.testing.assert_array_equal(table["score"], [0.1, np.nan])
    assert table["x"].tolist() == [1, 3]


def test_a_file_that_an_index_lists_twice_is_read_once(tmp_path):
    job = tmp_path / "AutoPick" / "job012"
    job.mkdir(parents=True)
    picks = "data_\n\nloop_\n_rlnCoordinateX #1\n_rlnCoordinateY #2\n3 4\n"
    for name in ("a", "a_more"):
        (job / f"{name}.star").write_text(picks)
    row = "Movies/a.mrc AutoPick/job012/"
    (job / "autopick.star").write_text(
        "data_coordinate_files\n\nloop_\n_rlnMicrographName #1\n"
        "_rlnMicrographCoordinates #2\n"
        f"{row}a.star\n{row}a_more.star\n{row}a.star\n"
    )
    # Two files of one micrograph are two sets of picks.
    assert read_coordinates(job).to_numpy().tolist() == [["Movies/a.mrc", 3, 4]] * 2


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.box", "1 2 3 4\n5 6 3 4\n1 2 3 4\n"),
        ("a.cbox", "1 2 3 4 0.5 3 4\n5 6 3 4 0.5 3 4\n1 2 3 4 0.5 3 4\n"),
        ("a.csv", "x,y\n1,2\n5,6\n1,2\n"),
        ("a.star", "data_\nloop_\n_rlnCoordinateX\n_rlnCoordinateY\n1 2\n1 2.0\n3 4\n"),
    ],
)
def test_rows_that_stand_twice_are_told_and_stay(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    said = rf"Rows stand twice, .* stay so: 1 of 3 rows \(.*{name}\)"
    with pytest.warns(UserWarning, match=said):
        assert len(read_coordinates(tmp_path / name)) == 3


def test_rows_of_other_micrographs_or_scores_do_not_stand_twice(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("micrograph,x,y,score\na,1,2,0.5\nb,1,2,0.5\na,1,2,0.75\n")
    assert len(read_coordinates(path)) == 3


@pytest.mark.parametrize("sizes", ["width,height", "W,H", "box_width,box_height"])
def test_columns_of_boxes_beside_x_and_y_are_told(tmp_path, sizes):
    (tmp_path / "a.csv").write_text(f"x,y,{sizes}\n10,20,6,8\n")
    said = r"taken for centres, but may be corners.* columns .*h.* and .*w.* \(.*a\.csv"
    with pytest.warns(UserWarning, match=said):
        assert read_coordinates(tmp_path / "a.csv")["x"].tolist() == [10]
