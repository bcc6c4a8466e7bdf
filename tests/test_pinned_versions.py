"""The versions that are written in several files agree."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def canonical(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(file):
    lines = (ROOT / file).read_text().splitlines()
    pairs = (line.split("==") for line in lines if not line.startswith("#"))
    return {canonical(name): version for name, version in pairs}


def lower_bounds(*extras):
    lists = [PROJECT["optional-dependencies"][extra] for extra in extras]
    requirements = sum(lists, PROJECT["dependencies"])
    pairs = (line.split(">=") for line in requirements if ">=" in line)
    return {canonical(name): version for name, version in pairs}


def numbers(version):
    """Return (1, 15) for "1.15.0": trailing zeros do not matter."""
    return tuple(map(int, re.sub(r"(\.0)+$", "", version).split(".")))


@pytest.mark.parametrize(
    ("name", "bound"), sorted(lower_bounds("plot", "test").items())
)
def test_the_oldest_version_that_is_tested_is_the_lower_bound(name, bound):
    oldest = pins("constraints-oldest.txt")[name]
    if name == "torch":  # the file says why
        assert oldest == pins("constraints.txt")["torch"]
    else:
        assert numbers(oldest) == numbers(bound)


def test_each_requirement_is_pinned():
    extras = PROJECT["optional-dependencies"].keys() - {"benchmark"}
    assert set(lower_bounds(*extras)) <= set(pins("constraints.txt"))


@pytest.mark.parametrize("file", ["constraints.txt", "constraints-oldest.txt"])
def test_pins_are_sorted(file):
    assert list(pins(file)) == sorted(pins(file))


@pytest.mark.parametrize("tool", ["ruff", "codespell"])
def test_a_commit_is_checked_by_the_pinned_version(tool):
    hooks = (ROOT / ".pre-commit-config.yaml").read_text()
    [version] = re.findall(rf"/{tool}\S*\n    rev: v(\S+)", hooks)
    assert version == pins("constraints.txt")[tool]
