"""The page names every option, and says what it does with it."""

import re
from pathlib import Path

import pytest

from pusklearn.topaz import (
    _convert,
    _extract,
    _preprocess,
    _train,
    _train_test_split,
)
from pusklearn.topaz._main import COMMANDS

PAGE = Path(__file__).parents[2] / "docs" / "guide" / "topaz_drop_in.md"
OPTIONS = {
    "train": _train.OPTIONS,
    "extract": _extract.OPTIONS,
    "preprocess, normalize": _preprocess.OPTIONS,
    "convert": _convert.OPTIONS,
    "train_test_split": _train_test_split.OPTIONS,
}


def section(title):
    (text,) = re.findall(
        rf"^### {title}\n(.*?)(?=^### |\Z)", PAGE.read_text(), re.M | re.S
    )
    return text


@pytest.mark.parametrize("title", OPTIONS)
def test_every_option_is_named(title):
    text = section(title)
    for option in OPTIONS[title]:
        for flag in option.flags.split():
            assert f"`{flag}`" in text, flag


@pytest.mark.parametrize("title", OPTIONS)
def test_what_has_no_meaning_is_listed(title):
    idle = {o.flags.split()[-1] for o in OPTIONS[title] if not o.help}
    listed = " ".join(re.findall(r"Without a meaning: (.*?)\.\s", section(title), re.S))
    named = set(re.findall(r"`(--[\w-]+)`", listed))
    assert named == idle


def test_every_command_is_named():
    titles = ", ".join(OPTIONS).replace(" ", "").split(",")
    assert set(titles) == set(COMMANDS)
