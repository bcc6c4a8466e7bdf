import json
import re

import numpy as np
import pandas as pd
import pytest

from pusklearn import io, suggest_picks
from pusklearn.commands import _suggestion


@pytest.fixture
def suggest(pusklearn_command, small, tmp_path, monkeypatch):
    """Run ``pusklearn suggest`` on four micrographs, in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments, model=small.model, output="suggested.star"):
        return pusklearn_command(
            *("suggest", model, small.folder / "mics", "--output", output, *arguments)
        )

    return run


def test_the_picks_are_those_of_the_library(suggest, small):
    result = suggest("--number", "3")
    assert result.exit_code == 0, result.stderr
    table = io.read_coordinates("suggested.star")
    expected = suggest_picks(small.picker, small.micrographs, 3)
    found = io.coordinates_for(table, small.micrographs)
    assert len(table) == 3
    for some, picks in zip(found, expected, strict=True):
        np.testing.assert_allclose(some, picks[:, :2], rtol=1e-5)


def test_it_says_what_to_do_next(suggest, small):
    output = suggest("--number", "3").stdout
    assert output.startswith("Wrote 3 picks of 3 micrographs to suggested.star")
    assert "--particles CLICKS kept.star --selected-from suggested.star" in output
    assert "If all of them are wrong: --rejected suggested.star." in output
    assert len(re.findall(r"simulated_000\d.mrc", output)) == 3


def test_what_is_labelled_is_left_out(suggest, small):
    every = suggest("--number", "1000", output="all.csv")
    assert "There are no more peaks; 1000 were asked for." in every.stdout
    assert re.search(r", \.\.\.\)  \S*simulated_0000.mrc", every.stdout)
    table = pd.read_csv("all.csv")
    half = table.iloc[: len(table) // 2]
    half.to_csv("half.csv", index=False)
    name = table["micrograph"].iloc[-1]
    wrong = table.loc[table["micrograph"] == name, ["x", "y"]].to_numpy().tolist()
    entry = {"name": name, "right": [], "wrong": wrong, "missed": []}
    head = {"format": "pusklearn corrections", "version": 1}
    with open("corrections.json", "w") as file:
        json.dump(head | {"micrographs": [entry]}, file)
    result = suggest(
        *("--number", "1000", "--labelled", "half.csv", "corrections.json", "--json"),
        output="rest.csv",
    )
    assert result.exit_code == 0, result.stderr
    rest = pd.read_csv("rest.csv")
    is_left = (table.index >= len(half)) & (table["micrograph"] != name)
    assert set(rest["x"]) == set(table["x"][is_left])
    document = json.loads(result.stdout)
    assert document["n_picks"] == len(rest) == is_left.sum()
    assert sum(len(one["picks"]) for one in document["micrographs"]) == len(rest)


def test_nothing_may_be_left_to_suggest(suggest):
    suggest("--number", "1000", output="all.csv")
    result = suggest("--labelled", "all.csv")
    assert result.exit_code == 1
    assert "no peak to suggest in these micrographs" in result.stderr


def test_the_general_network_suggests_too(suggest):
    result = suggest("--diameter", "36A", model="general")
    assert result.exit_code == 0, result.stderr
    assert "--particles kept.star --selected-from" in result.stdout
    result = suggest("--overwrite", model="general")
    assert result.exit_code == 2
    assert "needs --diameter" in result.stderr


def test_formats_of_one_file_for_each_micrograph(suggest):
    result = suggest("--format", "box", output="boxes")
    assert result.exit_code == 2
    assert "--box-size is needed" in result.stderr
    result = suggest("--format", "box", "--box-size", "36A", output="boxes")
    assert result.exit_code == 0, result.stderr
    assert len(io.read_coordinates("boxes")) == 10


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("picks.mrc", "--output is picks.mrc, which is the name of an image.\n"),
        ("picks.dat", "Let --output end in .box"),
        ("picks", "--output is the folder picks, so --format is needed"),
    ],
)
def test_where_the_picks_go_must_be_clear(suggest, output, said):
    result = suggest(output=output)
    assert result.exit_code == 2
    assert said in result.stderr


def test_nothing_is_replaced_without_being_told_to(suggest):
    assert suggest().exit_code == 0
    result = suggest()
    assert result.exit_code == 2
    assert "--output is suggested.star, which exists. Give --overwrite" in result.stderr
    assert suggest("--overwrite").exit_code == 0


def test_probabilities_are_shown_if_the_model_is_calibrated(small):
    scores = np.log([3, 1, 1 / 4, 1 / 9])
    picks = np.column_stack([np.zeros((4, 2)), scores])
    micrographs = [small.micrographs[0]] * 25
    many = [picks, *[picks[:1]] * 24]
    suggestion = _suggestion.Suggestion(micrographs, many, True, 10, small.model)
    lines = list(suggestion.describe("s.star"))
    assert lines[1].split("  ")[1] == "4 (75%, 50%, 20%, ...)"
    assert lines[2].split("  ")[1] == "1 (75%)"
    assert "  ... and 5 more" in lines
    assert "The shares are the probabilities that they are particles." in lines
