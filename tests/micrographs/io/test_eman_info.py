import pytest

from pusklearn.io import read_coordinates
from pusklearn.micrographs.io._eman_info import read_eman_info


def read(folder, text):
    (folder / "a_info.json").write_text(text)
    return read_eman_info(folder / "a_info.json")


def test_centres_of_boxes(tmp_path):
    text = (
        '{"ctf": [1],\n"boxes": [[1018.0, 1152.0, "manual"],\n[200.5, 3, "auto", 0.5]]}'
    )
    table = read(tmp_path, text)
    assert table.to_numpy().tolist() == [[1018, 1152], [200.5, 3]]
    assert table.index.tolist() == [1, 2]


def test_the_fourth_value_is_a_score_if_all_boxes_have_one(tmp_path):
    boxes = '{"boxes": [[1, 2, "auto", 0.5, 7], [3, 4, "manual", -1]]}'
    assert read(tmp_path, boxes).to_numpy().tolist() == [[1, 2, 0.5], [3, 4, -1]]
    for value in ('"good"', "NaN", "true"):
        table = read(tmp_path, boxes.replace("-1", value))
        assert table.to_numpy().tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize("boxes", ["", '"boxes": [], '])
def test_boxes_of_a_tilt_pair_are_read(tmp_path, boxes):
    text = f'{{{boxes}"boxes_rct": [[10, 20.5, "untilted"]]}}'
    assert read(tmp_path, text).to_numpy().tolist() == [[10, 20.5]]


def test_a_micrograph_may_have_no_boxes(tmp_path):
    assert read(tmp_path, '{"boxes": []}').shape == (0, 2)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1 column 1"),
        ('{"boxes": [[1, 2, "manual"]', "line 1 column 28"),
        ("[1, 2]", "must have a list `boxes`"),
        ('{"boxes": [[1, 2]], "boxes_rct": [[3, 4]]}', "both lists `boxes` and"),
        ('{"boxes_3d": [[1, 2, 3]], "boxes": []}', "tells of particles in a tomogram"),
        ('{"boxes_rct": 7}', "must have a list `boxes`"),
        ('{"particles": []}', "must have a list `boxes`"),
        ('{"boxes": [], "boxes": [[1, 2]]}', r"a key twice. Its keys are \['boxes', "),
        ('{"boxes": [[1, 2], [3]]}', r"Box 2 is \[3\]"),
        ('{"boxes": [[1, 2], 3]}', "Box 2 is 3"),
        ('{"boxes": [[1, NaN]]}', "Box 1 is"),
        ('{"boxes": [[1, 1e999]]}', "Box 1 is"),
        ('{"boxes": [[true, 1]]}', "Box 1 is"),
        ('{"boxes": [["1", 1]]}', "Box 1 is"),
        (f'{{"boxes": [[1{"0" * 400}, 1]]}}', r"Box 1 is \[10+\.\.\."),
        ('{"boxes": [[1, 3,5, "manual"]]}', r"a label, .* Box 1 is \[1, 3, 5, 'm"),
        ('{"boxes": [[1, 3, "m"], [4, 5]]}', r"Box 2 has none; it is \[4, 5\]"),
        ('{"boxes": [[1, 3, [2, 4, "manual"]]]}', r"a label, .* Box 1 is \[1, 3, \["),
        ('{"boxes": ' + "[" * 200_000, "nested too deeply"),
    ],
)
def test_what_cannot_be_understood_is_an_error(tmp_path, text, said):
    with pytest.raises(ValueError, match=said):
        read(tmp_path, text)


def test_a_micrograph_that_nobody_has_boxed_has_no_boxes(tmp_path):
    # EMAN2 keeps such a file of each micrograph of a project.
    (tmp_path / "a_info.json").write_text('{"boxes": [[1, 2.5, "manual"]]}')
    (tmp_path / "b_info.json").write_text('{"ctf_frame": [512, "F1.2"], "quality": 5}')
    (tmp_path / "project.json").write_text('{"global.apix": 1.2}')
    assert read_eman_info(tmp_path / "b_info.json").empty
    assert read_coordinates(tmp_path).to_numpy().tolist() == [["a", 1, 2.5]]
