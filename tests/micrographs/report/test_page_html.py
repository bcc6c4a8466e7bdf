import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from pusklearn import Micrograph
from pusklearn.micrographs.report._page_html import page_html

NASTY = "<script>alert(1)</script>\"&'</script>$title"


class Outline(HTMLParser):
    """The elements of a page, and the text in them."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.texts, self.open = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "input", "img"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append((self.open[-1] if self.open else "", data))

    def all(self, tag):
        return [attrs for name, attrs in self.elements if name == tag]

    def text_in(self, tag):
        return "".join(text for name, text in self.texts if name == tag)


@pytest.fixture
def page(content_of, make_scene):
    def make(nasty=False, **known):
        scene = make_scene(6)
        if nasty:
            scene.micrographs[0] = Micrograph(scene.micrographs[0], NASTY, path=NASTY)
            known["parameters"] = {NASTY: NASTY}
        return page_html(content_of(scene, **known), "Picks", "2026-01-01")

    return make


def test_the_page_is_whole(page):
    outline = Outline(page())
    assert not outline.open
    assert outline.text_in("title") == "Picks"
    identifiers = [attrs["id"] for _, attrs in outline.elements if "id" in attrs]
    assert len(identifiers) == len(set(identifiers))
    assert "$" not in re.sub("<script.*?</script>", "", page(), flags=re.DOTALL)


def test_nothing_comes_from_elsewhere(page):
    text = page()
    assert not re.search(r"https?://", text)
    outline = Outline(text)
    assert all(image["src"].startswith("data:") for image in outline.all("img"))
    assert not outline.all("link")
    assert not any("src" in script for script in outline.all("script"))


def test_only_this_script_and_this_style_may_run(page):
    text = page()
    policy = re.search('Content-Security-Policy" content="(.*?)"', text)[1]
    for tag in ("style", "script"):
        body = re.search(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)[1]
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; ")
    assert not [attrs for _, attrs in Outline(text).elements if "style" in attrs]


def test_names_are_harmless(page):
    outline = Outline(page(nasty=True))
    assert len(outline.all("script")) == 2
    assert outline.text_in("button").count(NASTY) == 1
    assert outline.text_in("span").count(NASTY) == 1
    assert outline.text_in("td").count(NASTY) == 1
    data = re.search('id="data">(.*?)</script>', page(nasty=True), re.DOTALL)[1]
    assert json.loads(data)["micrographs"][0]["name"] == NASTY


def test_controls_have_names(page):
    text = page()
    for tag in ("input", "select", "button"):
        for control in re.findall(rf"<{tag}\b[^>]*>", text):
            before = text[: text.index(control)]
            is_inside = before.rfind("<label") > before.rfind("</label>")
            assert "aria-label" in control or is_inside or tag == "button", control


@pytest.mark.parametrize(
    ("known", "kind"),
    [
        ({}, "calibrated"),
        ({"calibrated": False}, "uncalibrated"),
        ({"calibrated": False, "scored": False}, "uncalibrated unscored"),
    ],
)
def test_the_page_knows_what_scores_are(page, known, kind):
    outline = Outline(page(**known))
    assert outline.all("body") == [{"class": f"{kind} no-defocus"}]


def test_the_table_counts_at_the_threshold(content_of, make_scene):
    scene = make_scene(6)
    content = content_of(scene)
    text = page_html(content, "Picks", "now")
    for number, peaks in enumerate(scene.peaks):
        count = re.search(rf'<td data-picks="{number}">(\d+)</td>', text)[1]
        assert int(count) == np.sum(peaks[:, 2] > 0)


def test_a_micrograph_that_is_not_large_has_no_button(content_of, make_scene):
    content = content_of(make_scene(6))._replace(large=[0])
    text = page_html(content, "Picks", "now")
    assert text.count("data-open") == 3  # thumbnail, table and the script
    assert "<li><img" in text


def test_defocus_and_angstrom_are_told(content_of, make_scene):
    content = content_of(make_scene(6), diameter="40A")
    views = content.gathered.views
    views[0] = views[0]._replace(defocus=15_000)
    text = page_html(content, "Picks", "now")
    assert "<td>1.50</td>" in text
    assert "<td>40A</td>" in text
    assert '<body class="calibrated">' in text  # and its column is shown


@pytest.mark.parametrize(("n_peaks", "is_said"), [(2, False), (2000, True)])
def test_bars_that_are_cut_short_are_explained(
    content_of, make_scene, n_peaks, is_said
):
    scene = make_scene(1)
    junk = np.column_stack([np.full((n_peaks, 2), 50.0), np.full(n_peaks, -6.0)])
    scene.peaks[0] = np.vstack([scene.peaks[0], junk])
    text = page_html(content_of(scene), "Picks", "now")
    assert ("higher than drawn" in text) == is_said
