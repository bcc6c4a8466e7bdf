import base64
import json

import numpy as np
import pytest
from report_tools import levels_of

from pusklearn import Micrograph
from pusklearn.micrographs.report._page_data import json_for_script, page_data, text_of


def decoded(text, kind):
    return np.frombuffer(base64.b64decode(text), kind)


@pytest.fixture
def scene(make_scene):
    return make_scene(6)


def test_the_page_has_every_probable_peak(content_of, scene):
    scene.peaks[1] = np.vstack([scene.peaks[1], [[5, 5, -9.0], [6, 6, -8.0]]])
    data = page_data(content_of(scene), "now")
    scores = np.split(decoded(data["scores"], "<f4"), np.cumsum(data["counts"])[:-1])
    for found, peaks in zip(scores, scene.peaks, strict=True):
        expected = np.sort(peaks[peaks[:, 2] > -6, 2])[::-1]
        np.testing.assert_array_equal(found, expected.astype("f4"))
    n_below, sum_below = data["below"]
    assert n_below == 2
    assert sum_below == pytest.approx(np.exp(-9) + np.exp(-8), rel=1e-3)
    assert data["micrographs"][1]["below"] == [n_below, pytest.approx(sum_below)]


def test_points_are_those_of_the_scores(content_of, scene):
    data = page_data(content_of(scene), "now")
    points = decoded(data["micrographs"][2]["points"], "<f4").reshape(-1, 2)
    order = np.argsort(-scene.peaks[2][:, 2])
    np.testing.assert_allclose(points, scene.peaks[2][order, :2], rtol=1e-6)


def test_suspected_peaks_are_bits(content_of, scene):
    content = content_of(scene)
    data = page_data(content, "now")
    bits = np.unpackbits(decoded(data["suspected"], "u1"))[: sum(data["counts"])]
    expected = np.concatenate(content.suspected)
    np.testing.assert_array_equal(bits, expected)
    assert expected.any()


def test_crops_say_what_they_show(content_of, scene):
    content = content_of(scene)
    crops = page_data(content, "now")["crops"]
    sheet = levels_of(base64.b64decode(crops["image"]))
    edge = crops["edge"]
    assert len(crops["rows"]) == len(content.gathered.crops)
    for place in (0, 40):
        micrograph, x, y, score, odd = crops["rows"][place]
        row, column = divmod(place, crops["columns"])
        cut = sheet[row * edge :, column * edge :][:edge, :edge]
        np.testing.assert_array_equal(cut, content.gathered.crops[place].levels)
        peaks = content.gathered.views[micrograph].peaks
        (peak,) = np.flatnonzero((peaks == [x, y, score]).all(1))
        assert odd == content.suspected[micrograph][peak]


def test_all_is_json(content_of, scene):
    scene.micrographs[0] = Micrograph(scene.micrographs[0], path="a/b.mrc", uid=2**63)
    for known in ({}, {"threshold": None, "calibrated": False}):
        data = page_data(content_of(scene, **known), "now")
        assert json.loads(json_for_script(data))["order"] == data["order"]
    assert data["start"] is data["lowest"] is None
    assert data["micrographs"][0]["uid"] == str(2**63)
    assert data["micrographs"][1]["uid"] is None


def test_reports_are_told_apart(content_of, scene):
    first, same = (page_data(content_of(scene), time)["id"] for time in "12")
    scene.peaks[0][0, 2] += 0.1
    assert first == same != page_data(content_of(scene), "1")["id"]


def test_diameters_that_differ_are_none(content_of, make_scene):
    scene = make_scene(2)
    content = content_of(scene)
    assert page_data(content, "now")["diameter"] == 20
    views = content.gathered.views
    views[1] = views[1]._replace(diameter=30.0)
    assert page_data(content, "now")["diameter"] is None


def test_intervals_are_listed(content_of, scene):
    content = content_of(scene, quality=fixed_quality)
    grid = page_data(content, "now")["grid"]
    assert grid[3]["recall"] == [0.2, 0.8]


def fixed_quality(rule, picks):
    return {"recall_interval": (0.2, 0.8)}


def test_text_cannot_end_the_script():
    text = json_for_script({"name": "</script><!--&"})
    assert not set("<>&") & set(text)
    assert json.loads(text) == {"name": "</script><!--&"}
    assert text_of(b"abc") == "YWJj"
