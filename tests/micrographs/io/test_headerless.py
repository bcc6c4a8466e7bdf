import pandas as pd
import pytest

from pusklearn.io import read_coordinates
from pusklearn.micrographs.io._headerless import name_columns, name_third


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("1 2", ["x", "y"]),
        ("-1.5 +2e3 .5", ["x", "y", "score"]),
        ("0 0. 0.5", ["x", "y", "score"]),
        ("a.mrc 1 2", ["micrograph", "x", "y"]),
        ("a 1 2 -3.5", ["micrograph", "x", "y", "score"]),
        ("0012 1 2 3", ["micrograph", "x", "y", "score"]),
        ("x y", None),
        ("x y score", None),
        ("X-Coordinate Y-Coordinate Diameter", None),
        ("12", None),
        ("a 1", None),
        ("a 1 b", None),
        ("1 b 2", None),
        ("nan 1", None),
        ("", None),
    ],
)
def test_a_row_is_told_from_a_header(line, names):
    assert name_columns(line.split(), 1) == names


@pytest.mark.parametrize("line", ["1 2 3 4", "a 1 2 3 4"])
def test_many_values_without_a_header_mean_nothing(line):
    with pytest.raises(ValueError, match=r"line 7 .* must be (micrograph, )?x, y, sco"):
        name_columns(line.split(), 7)


def third(values):
    table = pd.DataFrame({"x": "1", "y": "2", "score": values}, dtype=object)
    return list(name_third(table))


def test_the_third_number_is_a_score_unless_it_is_whole_and_the_same():
    assert third(["0.5", "1"]) == ["x", "y", "score"]
    assert third(["0.5", "0.5"]) == ["x", "y", "score"]
    assert third(["0", "0.0"]) == ["x", "y"]
    assert third(["180"]) == ["x", "y"]
    # What is no number is named by its line later on.
    assert third(["1", "good"]) == ["x", "y", "score"]
    with pytest.raises(ValueError, match=r"different whole numbers .* header 'x y sco"):
        third(["1", "2.0"])
    named = pd.DataFrame(
        {"micrograph": ["a", "b"], "x": "1", "y": "2", "score": ["1", "2"]}
    )
    assert name_third(named) is named


def rows(path, text):
    path.write_text(text)
    return read_coordinates(path).to_dict("split")["data"]


@pytest.mark.parametrize("name", ["m.1.txt", "m.1.xy", "m.1.coord", "m.1.csv", "m.1"])
@pytest.mark.parametrize(
    "text",
    ["30 4.5\n7 8\n", "30\t4.5\n7\t8\n", "30, 4.5\n7,8\n", "# x y\n  30   4.5\n7 8"],
)
def test_plain_numbers_belong_to_the_micrograph_of_their_file(tmp_path, name, text):
    assert rows(tmp_path / name, text) == [["m.1", 30, 4.5], ["m.1", 7, 8]]


def test_plain_numbers_with_scores(tmp_path):
    text = "30 4.5 0.75\n7 8 -1\n"
    assert rows(tmp_path / "m.txt", text) == [["m", 30, 4.5, 0.75], ["m", 7, 8, -1]]
    assert rows(tmp_path / "m.txt", "30 4 0\n7 8 0\n") == [["m", 30, 4], ["m", 7, 8]]


def test_a_header_of_plain_numbers_may_be_separated_by_blanks(tmp_path):
    expected = [["m", 30, 4, 2], ["m", 7, 8, 1]]
    assert rows(tmp_path / "m.txt", "x y score\n30 4 2\n7 8 1\n") == expected
    with pytest.raises(ValueError, match=r"its column mic has a, b \(2 in all\)"):
        rows(tmp_path / "m.txt", "mic x y\na 1 2\nb 3 4\n")
    said = r"for `micrograph`, .* one micrograph, name the file after it, .* \.csv"
    with pytest.raises(ValueError, match=said):
        rows(tmp_path / "m.txt", "x\ty\n30\t4\n")


@pytest.mark.parametrize("separator", ["\t", " ", ","])
def test_a_table_of_topaz_may_have_no_header(tmp_path, separator):
    text = "0012 30 4 0.5\nb.mrc 7 8 -2\n".replace(" ", separator)
    expected = [["0012", 30, 4, 0.5], ["b.mrc", 7, 8, -2]]
    assert rows(tmp_path / "picks.txt", text) == expected


def test_a_table_of_topaz_may_be_separated_by_blanks(tmp_path):
    text = "image_name x_coord  y_coord score source\n0012   30 4 0.5 a\n"
    assert rows(tmp_path / "picks.txt", text) == [["0012", 30, 4, 0.5]]


def test_columns_may_stand_in_another_order(tmp_path):
    text = "image_name\tx_coord\tscore\tdiameter\ty_coord\nmy mic.1\t30\t-1.5\t9\t4\n"
    assert rows(tmp_path / "picks.txt", text) == [["my mic.1", 30, 4, -1.5]]


def test_names_may_have_blanks_where_tabs_or_commas_separate(tmp_path):
    assert rows(tmp_path / "p.txt", "my mic\t30\t4\n") == [["my mic", 30, 4]]
    assert rows(tmp_path / "p.csv", "my mic, 30, 4\n") == [["my mic", 30, 4]]
    with pytest.raises(ValueError, match=r"p.txt cannot .* line 2 has 4 values"):
        rows(tmp_path / "p.txt", "image_name x_coord y_coord\nmy mic 30 4\n")


def test_a_list_of_all_particles_of_a_public_data_set(tmp_path):
    text = (
        "Particles Filename,Micrographs Filename,X-Coordinate,Y-Coordinate,Angle-Psi\n"
        "a_particles.mrc,a.mrc,30,4,12.5\nb_particles.mrc,b.mrc,7,8,1.5\n"
    )
    expected = [["a.mrc", 30, 4], ["b.mrc", 7, 8]]
    assert rows(tmp_path / "10017_particles_selected.csv", text) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1 2\n3\n", "line 2 has 1 values"),
        ("1 2\n3 4 5\n", "line 2 has 3 values"),
        ("1 2\n3 far\n", "`y` of .* Got 'far' in line 2"),
        ("1 2 0.5\n3 4 high\n", "`score` of .* Got 'high' in line 2"),
        ("1 2 3\n4 5 6\n", "third column holds different whole numbers"),
        ("a.mrc 1 2\nimage_name x_coord y_coord\n", "`x` of .* Got 'x_coord'"),
        ("1,5\t2,5\n", r"line 1 has decimals behind a comma, such as 2,5\."),
        ("a.mrc\t1,5\t2,5\n", "line 1 has decimals behind a comma"),
        ("#micrograph: a.mrc\n#helix: (1, 2),(3, 4),38\n5 6\n", "line 1 .* of helices"),
        ("1 2 90 90\n", "line 1 begins a table without a header"),
    ],
)
def test_what_is_no_row_is_named(tmp_path, text, said):
    with pytest.raises(ValueError, match=said):
        rows(tmp_path / "p.txt", text)


@pytest.mark.parametrize("separator", ["\t", " ", ","])
def test_whole_first_numbers_may_be_those_of_micrographs(tmp_path, separator):
    # Names such as 12 and 13, or those of cisTEM, before x and y.
    text = "12 30.5 40.25\n12 33 42.5\n13 1.5 4.5\n".replace(" ", separator)
    with pytest.raises(ValueError, match=r"first column .* header 'micrograph x y' or"):
        rows(tmp_path / "picks.txt", text)
    headed = separator.join(["micrograph", "x", "y"]) + "\n" + text
    assert rows(tmp_path / "picks.txt", headed)[:2] == [
        ["12", 30.5, 40.25],
        ["12", 33, 42.5],
    ]


@pytest.mark.parametrize(
    "text",
    [
        "12 30.5 0.5\n7 8 1.5\n",
        "12 30 0.5\n13 31 0.25\n",
        "12.0 30.5 0.5\n13 8 1\n",
        "12 30.5 0.5\n",
    ],
)
def test_other_whole_first_numbers_are_x(tmp_path, text):
    first = rows(tmp_path / "m.txt", text)[0]
    assert first[:2] == ["m", 12]
    assert first[3] == 0.5
