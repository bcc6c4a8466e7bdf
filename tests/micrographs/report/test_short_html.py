import xml.etree.ElementTree as ET

import numpy as np
import pytest

from pusklearn import Micrograph
from pusklearn.micrographs.report._short_html import picks_svg, short_html


def rows_of(html):
    body = html.split("<tbody>")[1].split("</tbody>")[0]
    rows = ET.fromstring(f"<table>{body}</table>")
    return {row[0].text: row[1].text for row in rows}


def short(scene, **known):
    peaks = [one[np.argsort(-one[:, 2])] for one in scene.peaks]
    return short_html(peaks, scene.about._replace(**known), scene.micrographs[0])


def test_the_numbers_are_told(make_scene):
    scene = make_scene(6)
    scores = np.concatenate(scene.peaks)[:, 2]
    probabilities = 1 / (1 + np.exp(-scores))
    said = rows_of(short(scene))
    assert said == {
        "micrographs": "6",
        "picks": str((scores > 0).sum()),
        "cut": "probability 0.500",
        "particles expected": f"{probabilities.sum():.0f}",
        "precision expected": f"{probabilities[scores > 0].mean():.0%}",
        "recall expected": (
            f"{probabilities[scores > 0].sum() / probabilities.sum():.0%}"
        ),
    }


@pytest.mark.parametrize(("threshold", "cut"), [(None, "none"), (-1.25, "score -1.25")])
def test_scores_that_are_no_probabilities_say_so(make_scene, threshold, cut):
    said = rows_of(short(make_scene(2), calibrated=False, threshold=threshold))
    assert said["cut"] == cut
    assert said["probabilities"] == "none: the picker is not calibrated"
    assert "particles expected" not in said


def test_what_is_not_known_is_not_said(make_scene):
    said = rows_of(short(make_scene(2), threshold=-9.0))
    assert "particles expected" not in said
    assert "precision expected" in said


def test_picks_without_scores_have_no_histogram(make_scene):
    scene = make_scene(2)
    html = short(scene, calibrated=False, scored=False, threshold=None)
    assert "Histogram" not in html
    assert rows_of(html) == {"micrographs": "2", "picks": "36"}


def test_picks_are_drawn_where_they_are():
    pixels = np.random.default_rng(0).normal(size=(200, 300))
    micrograph = Micrograph(pixels, "a<b", scale=2.0)
    peaks = [[100, 40, 1.0], [200, 80, -1.0]]
    svg = ET.fromstring(picks_svg(micrograph, peaks, 40, 0.0))
    assert svg.get("aria-label") == "a<b with 1 picks"
    (circle,) = svg.iter("circle")
    assert (circle.get("cx"), circle.get("cy"), circle.get("r")) == (
        "101.0",
        "41.0",
        "20.0",
    )
    assert svg.get("viewBox") == "0 0 600.0 400.0"
