"""Find, run and compare the commands on the pages of the tutorials.

A block of code in the language ``console`` holds commands behind ``$ `` and what they
print. The pages are written by hand; `make_tutorials.py` fills in what is printed, and
the tests run the commands again.
"""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import simulated_projects

TUTORIALS = Path(__file__).parent / "tutorials"
BLOCK = re.compile(r"(?<=```console\n).*?(?=```)", re.DOTALL)
PROMPT = "$ "
# What writes the project in which the commands of each page run.
PROJECTS = {
    "from_relion": simulated_projects.relion_project,
    "from_cryosparc": simulated_projects.cryosparc_project,
    "from_cryolo": simulated_projects.cryolo_project,
}
# Names of movies that are shorter than real ones, to have shorter lines on the page.
MOVIES = {
    "from_relion": "Movies/grid1/FoilHole_{:02d}_fractions",
    "from_cryosparc": "FoilHole_{:02d}_fractions",
}
# What stands in the place of a number, if picks are poor.
NOT_REACHED = "not reached: too few of the particles are found"
# Particles of 180 angstrom, as on the pages.
SIMULATION = {
    "n_micrographs": 8,
    "n_labels": 12,
    "n_labelled": 5,
    "size": (576, 768),
    "diameter": 60,
    "pixel_size": 3.0,
    "snr": 0.1,
    "contamination": 0.5,
}
QUICK = SIMULATION | {
    "size": (240, 300),
    "n_micrographs": 5,
    "n_labelled": 3,
    "snr": 1,
}


def make_project(page: str, folder: Path, settings: dict):
    """Write the project in which the commands of a page run."""
    more = {"random_state": list(PROJECTS).index(page) + 1}
    if page in MOVIES:
        numbers = range(1, settings["n_micrographs"] + 1)
        more["names"] = list(map(MOVIES[page].format, numbers))
    return PROJECTS[page](folder, **settings, **more)


class Step(NamedTuple):
    """A command and what it prints."""

    command: str
    output: str


def steps_of(text: str) -> list[Step]:
    """Return the commands in the console blocks of a page, and what they print."""
    return [step for block in BLOCK.findall(text) for step in _steps_in(block)]


def _steps_in(block):
    steps: list[list[str]] = []
    is_command = False
    for line in block.splitlines(keepends=True):
        if line.startswith(PROMPT):
            steps.append([line[len(PROMPT) :], ""])
        elif is_command:  # The command goes on behind a backslash.
            steps[-1][0] += line
        else:
            steps[-1][1] += line
        is_command = (line.startswith(PROMPT) or is_command) and line.endswith("\\\n")
    return [Step(command.rstrip("\n"), output) for command, output in steps]


def fill_in(text: str, run: Callable[[str], str]) -> str:
    """Return a page with what its commands print now.

    Parameters
    ----------
    text : str
        The page.
    run : callable
        Runs a command, and returns what it prints.
    """

    def fill(match):
        parts = [
            f"{PROMPT}{step.command}\n{run(step.command)}"
            for step in _steps_in(match.group())
        ]
        return "\n".join(part.rstrip("\n") for part in parts) + "\n"

    return BLOCK.sub(fill, text)


def run_in_shell(command: str, folder: Path) -> str:
    """Run a command as a user does; return what it prints on standard output."""
    found = subprocess.run(
        ["bash", "-c", command], cwd=folder, capture_output=True, text=True
    )
    if found.returncode:
        raise RuntimeError(f"{command}\n{found.stdout}{found.stderr}")
    sys.stderr.write(found.stderr)
    return found.stdout


def form_of(output: str) -> list[str]:
    r"""Return the lines of an output without numbers, times, and lines that repeat.

    Examples
    --------
    >>> form_of("   3  a_01.mrc\n  12  a_02.mrc\nTook 1 min 3 s.\n")
    ['# a_#.mrc', 'Took TIME.']
    """
    text = re.sub(r"\d+ (?:h|min|s)\b(?: \d+ (?:min|s)\b)?", "TIME", output)
    text = re.sub(r"[-+]?\d[\d.]*(?:e[-+]\d+)?(?<!\.)", "#", text)
    text = text.replace(NOT_REACHED, "#")
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    return [line for i, line in enumerate(lines) if i == 0 or line != lines[i - 1]]
