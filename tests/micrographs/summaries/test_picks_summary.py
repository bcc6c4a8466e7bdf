from xml.etree import ElementTree

import numpy as np
import pytest
from scipy.special import logit

from pusklearn.micrographs.summaries._picks_summary import picks_summary


def with_probabilities(*probabilities):
    return [
        np.column_stack([np.zeros((len(p), 2)), logit(p)])
        for p in map(np.asarray, probabilities)
    ]


def texts(html, tag):
    return [element.text for element in ElementTree.fromstring(html).iter(tag)]


def test_calibrated_picks_tell_how_many_are_particles():
    picks = with_probabilities([0.9, 0.9, 0.6, 0.6], [0.5, 0.25, 0.25], [])
    html = picks_summary(picks, ["<i>a</i>", None, "c"], True)
    assert texts(html, "p") == [
        "7 picks on 3 micrographs, 0 to 4 on each (median 3)",
        "About 4 of them are particles: the expected precision is 0.57.",
    ]
    assert texts(html, "th") == ["micrograph", "picks", "particles among them"]
    cells = ["<i>a</i>", "4", "3", "number 1", "3", "1", "c", "0", "0"]
    assert texts(html, "td") == cells
    assert texts(html, "text") == ["0", "probability of a particle", "1"]


def test_other_scores_are_said_to_be_no_probabilities():
    html = picks_summary(with_probabilities([0.5]), ["a"], False)
    assert texts(html, "p") == [
        "1 pick on 1 micrograph",
        "The scores rank the picks; it is not known how likely each pick is a "
        "particle.",
    ]
    assert texts(html, "th") == ["micrograph", "picks"]
    assert "probability" not in html


def test_improbable_picks_do_not_hide_the_others():
    picks = with_probabilities([0.001] * 1500 + [0.3, 0.9])
    html = picks_summary(picks, ["a"], True)
    assert texts(html, "p")[-1] == "Not drawn: 1,500 picks of a probability below 0.05."
    assert "2 values from 0 to 1" in html
    assert texts(html, "p")[1].startswith("About 3 of them are particles")
    html = picks_summary(with_probabilities([0.01, 0.9]), ["a"], True)
    assert "2 values from 0 to 1" in html
    assert "Not drawn" not in html


@pytest.mark.parametrize("is_calibrated", [True, False])
def test_no_picks_at_all(is_calibrated):
    html = picks_summary([np.empty((0, 3))], ["a"], is_calibrated)
    assert texts(html, "p")[0] == "0 picks on 1 micrograph"
    assert "<svg" not in html
    assert picks_summary([], [], is_calibrated).count("<td") == 0


def test_table_shows_the_first_micrographs_and_counts_the_others():
    picks = with_probabilities(*[[0.5]] * 1010)
    html = picks_summary(picks, [f"grid{i}" for i in range(1010)], False)
    assert texts(html, "td")[::2] == [f"grid{i}" for i in range(8)]
    assert texts(html, "p")[-1] == "and 1,002 more"
