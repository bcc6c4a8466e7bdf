from pathlib import Path

import click
import pytest

from pusklearn.commands._general_model import (
    EVEN_CHANCE,
    MODEL,
    Particle,
    doubt_of_sizes,
    particle_for,
    threshold_for,
)


def test_a_word_stands_for_the_network_and_a_path_for_a_file(tmp_path):
    (tmp_path / "general").write_text("a file")
    assert MODEL.convert("general", None, None) == "general"
    assert MODEL.convert(f"{tmp_path}/general", None, None) == tmp_path / "general"
    with pytest.raises(click.BadParameter, match=r"gone.pusk' does not .*word general"):
        MODEL.convert(f"{tmp_path}/gone.pusk", None, None)


def test_the_general_network_is_told_of_the_particle():
    assert particle_for("general", "180A", None) == Particle("180A", None)
    assert particle_for("general", "45px", 300.0) == Particle("45px", 300.0)
    assert particle_for(Path("m.pusk"), None, None) is None


@pytest.mark.parametrize(
    ("model", "diameter", "count", "said"),
    [
        ("general", None, None, "needs --diameter, .* such as 180A or 45px"),
        ("general", None, 300.0, "needs --diameter"),
        (Path("m.pusk"), "180A", None, "--diameter is for the general .* m.pusk knows"),
        (Path("m.pusk"), None, 300.0, "--count is for the general network"),
    ],
)
def test_what_is_missing_or_too_much_is_said(model, diameter, count, said):
    with pytest.raises(click.UsageError, match=said):
        particle_for(model, diameter, count)


KNOWN, UNKNOWN = Particle("180A", 300.0), Particle("180A", None)


@pytest.mark.parametrize(
    ("particle", "given", "threshold"),
    [
        (None, "recall:0.9", "recall:0.9"),
        (None, None, "prior"),
        (KNOWN, None, "prior"),
        (KNOWN, "prior", "prior"),
        (KNOWN, -2.5, -2.5),
        (UNKNOWN, None, EVEN_CHANCE),
        (UNKNOWN, -2.5, -2.5),
    ],
)
def test_which_threshold_counts(particle, given, threshold):
    is_given = given is not None
    asked = given if is_given else "prior"
    assert threshold_for(particle, asked, is_given=is_given) == threshold


def test_every_peak_may_be_asked_for():
    for particle in (None, KNOWN, UNKNOWN):
        assert threshold_for(particle, None, is_given=True) is None


@pytest.mark.parametrize(
    ("particle", "threshold", "said"),
    [
        (KNOWN, "recall:0.9", "recall:0.9 needs labelled particles"),
        (UNKNOWN, "fdr:0.05", "fdr:0.05 needs labelled particles"),
        (UNKNOWN, "prior", "such as --count 300"),
    ],
)
def test_rules_that_need_more_are_refused(particle, threshold, said):
    with pytest.raises(click.UsageError, match=said):
        threshold_for(particle, threshold, is_given=True)


@pytest.mark.parametrize(
    ("diameter", "sizes"),
    [
        (None, [1.0, 2.0]),
        ("180A", [1.0, 2.0]),
        ("45px", [None, None]),
        ("45px", [1.0, None, 1.02]),
    ],
)
def test_sizes_that_do_not_matter_bring_no_doubt(diameter, sizes):
    particle = None if diameter is None else Particle(diameter, None)
    assert doubt_of_sizes(particle, sizes) is None


def test_a_diameter_in_pixels_of_several_sizes_is_doubted():
    doubt = doubt_of_sizes(Particle("45px", 300.0), [2.0, None, 1.0, 1.5])
    assert doubt.startswith("The micrographs have several pixel sizes, from 1 to 2 ang")
    assert "--diameter 45px is that of all" in doubt
