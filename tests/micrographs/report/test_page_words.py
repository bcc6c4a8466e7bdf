import numpy as np
import pytest

from pusklearn import Micrograph
from pusklearn.micrographs.report._expected_numbers import Cut
from pusklearn.micrographs.report._oddness import Oddness
from pusklearn.micrographs.report._page_words import (
    cut_row,
    left_out,
    number_cards,
    odd_words,
    probability_text,
    summary,
    warnings,
)


def quality(rule, picks):
    return {
        "n_particles_interval": (40, 70),
        "precision_interval": (0.6, 0.9),
        "recall_interval": (0.5, 0.95),
    }


def test_the_summary_answers_the_question(content_of, make_scene):
    content = content_of(make_scene(6), quality=quality)
    start = content.cuts[0]
    assert summary(content) == (
        f"About {content.n_particles:.0f} particles are there, 90 % interval 40 to 70. "
        "The cut at a probability of 0.500 (in use, even chance) keeps "
        f"{start.n_picks} picks on 6 micrographs, of which about "
        f"{start.n_picks - start.n_right:.0f} "
        f"({1 - start.precision:.0%}) are junk, and finds {start.recall:.0%} of the "
        "particles."
    )


def test_the_summary_says_only_what_is_known(content_of, make_scene):
    scene = make_scene(1)
    text = summary(content_of(scene, calibrated=False, threshold=None))
    assert text == "No cut at all keeps 18 picks on 1 micrograph."
    text = summary(content_of(scene, calibrated=False))
    assert text.startswith("The cut at a score of 0 (in use) keeps")
    text = summary(content_of(scene, threshold=-9.0))
    assert text.startswith("The cut at a probability of 0.0001 (in use) keeps 18 picks")
    assert text.endswith("are junk.")


def test_warnings_are_given_where_numbers_are_missing(content_of, make_scene):
    scene = make_scene(6)
    assert not warnings(content_of(scene))
    (text,) = warnings(content_of(scene, calibrated=False))
    assert "no probabilities" in text
    (text,) = warnings(content_of(scene, calibrated=False, scored=False))
    assert "no scores" in text
    (text,) = warnings(content_of(scene, threshold=-9.0))
    assert "Only picks above the threshold" in text


def test_micrographs_that_are_left_out_are_named(content_of, make_scene):
    scene = make_scene(8)
    for number in range(1, 8):
        blank = Micrograph([[0.0]], f"grid_{number}", mask=[[True]])
        scene.micrographs[number] = blank
    (text,) = warnings(content_of(scene))
    assert "grid_5: it is masked as a whole; and 2 more." in text
    assert "grid_6" not in text


def test_what_is_left_out_for_size_is_said(content_of, make_scene):
    scene = make_scene(6)
    scene.peaks[0] = np.vstack([scene.peaks[0], [[5, 5, -9.0]]])
    content = content_of(scene)
    assert left_out(content) == [
        "1 of 109 peaks have a probability of 0.002 or less: they are counted, but not "
        "shown one by one."
    ]
    small = content._replace(lowest=-99.0, large=[0, 1], thumbnails=[0, 1, 2])
    assert left_out(small) == [
        "To keep the page small, only 2 micrographs are large enough to click on.",
        "Only the 3 oddest micrographs have a thumbnail.",
    ]
    assert left_out(content._replace(lowest=-99.0)) == []


@pytest.mark.parametrize(
    ("score", "text"),
    [(0.0, "0.500"), (-6.0, "0.002"), (-9.0, "0.0001"), (9.0, "> 0.999")],
)
def test_probabilities_are_short(score, text):
    assert probability_text(score) == text


def test_the_numbers_at_the_top(content_of, make_scene):
    scene = make_scene(6)
    cards = number_cards(content_of(scene, quality=quality))
    for text in ("picks, 90 % interval 10% to 40%", "90 % interval 50% to 95%"):
        assert text in cards
    cards = number_cards(content_of(scene, threshold=-9.0))
    assert cards.count("not known") == 2
    assert "interval" not in cards
    assert number_cards(content_of(scene, calibrated=False)).count("<dt>") == 1
    assert "not known" in number_cards(content_of(scene, threshold=99.0))


@pytest.mark.parametrize(
    ("cut", "calibrated", "cells"),
    [
        (Cut("a<b", 0.0, 1234, 1000.0, 0.5, {}), True, "0.500 1,234 19% 50%"),
        (Cut("a<b", -np.inf, 5, 4.0, None, {}), True, "0 5 20% "),
        (Cut("a<b", 99.0, 0, 0.0, 0.0, {}), True, "&gt; 0.999 0  0%"),
        (Cut("a<b", -1.5, 5, None, None, {}), False, "-1.5 5"),
        (Cut("a<b", -np.inf, 5, None, None, {}), False, "none 5"),
    ],
)
def test_a_row_of_the_cuts(content_of, make_scene, cut, calibrated, cells):
    content = content_of(make_scene(1), calibrated=calibrated)
    row = cut_row(cut, content)
    found = [part.split("</td>")[0] for part in row.split("<td>")[1:]]
    assert " ".join(found) == cells
    score = "" if cut.score == -np.inf else cut.score
    assert f'<th scope="row" data-cut="{score}">a&lt;b</th>' in row


@pytest.mark.parametrize(
    ("n_micrographs", "n_odd", "words"),
    [
        (4, 0, "Fewer than 5 micrographs do not tell which is odd."),
        (6, 0, "No micrograph differs much from the others."),
        (6, 2, "2 of 6 micrographs differ much from the others; the last column"),
    ],
)
def test_odd_micrographs_are_counted(
    content_of, make_scene, n_micrographs, n_odd, words
):
    content = content_of(make_scene(n_micrographs))
    reasons = {row: ["bright"] if row < n_odd else [] for row in content.order}
    oddness = {row: Oddness(5.0, reasons[row]) for row in content.order}
    assert odd_words(content._replace(oddness=oddness)).startswith(words)
