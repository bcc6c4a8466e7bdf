"""Run the commands of the tutorials, fill in what they print, and draw the pictures.

python docs/make_tutorials.py [PAGE...]
"""

import os
import sys
import tempfile
from pathlib import Path

import matplotlib

matplotlib.use("agg")
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from matplotlib import pyplot as plt
from tutorial_pages import (
    PROJECTS,
    SIMULATION,
    TUTORIALS,
    fill_in,
    make_project,
    run_in_shell,
)

from pusklearn import io
from pusklearn.datasets import make_micrographs
from pusklearn.metrics import PicksDisplay

DIAMETER = "180A"
# Where the commands of each page find the clicks and leave the picks.
CLICKS_AND_PICKS = {
    "from_relion": ("ManualPick/job004/manualpick.star", "AutoPick/pusklearn"),
    "from_cryosparc": ("J5/picked_particles.cs", "pusklearn_picks/picks.cs"),
    "from_cryolo": ("train_annot/CBOX", "pusklearn_boxes"),
}


def make(page):
    """Run a page in a new project, fill it in, and draw its picture."""
    with tempfile.TemporaryDirectory() as folder:
        project = make_project(page, Path(folder), SIMULATION)
        path = TUTORIALS / f"{page}.md"
        path.write_text(
            fill_in(path.read_text(), lambda command: run_in_shell(command, folder))
        )
        os.chdir(folder)
        clicks, picks = map(io.read_coordinates, CLICKS_AND_PICKS[page])
        draw(project, clicks, picks, TUTORIALS / f"{page}.png")


def draw(project, clicks, picks, path):
    """Draw the clicks on the first micrograph, and the picks on the last."""
    micrographs = io.read_micrographs(
        [project.paths[0], project.paths[-1]], pixel_size=project.pixel_size
    )
    figure, axes = plt.subplots(1, 2, figsize=(12, 4.9), layout="constrained")
    for ax, micrograph, table, what in zip(
        axes, micrographs, (clicks, picks), ("clicks", "picks"), strict=True
    ):
        [points] = io.coordinates_for(table, [micrograph])
        display = PicksDisplay.from_predictions(
            micrograph, points, diameter=DIAMETER, sigma=3, ax=ax
        )
        display.ax_.set_title(f"{len(points)} {what}")
        display.ax_.get_legend().remove()
    figure.savefig(path, dpi=72)
    plt.close(figure)


def draw_lengths(path):
    """Draw what is a label, a diameter and a box."""
    settings = {k: v for k, v in SIMULATION.items() if not k.startswith("n_")}
    settings |= {"snr": 0.3, "random_state": 1}
    [micrograph], [particles] = make_micrographs(1, **settings)
    middle = [micrograph.shape[1] / 2, micrograph.shape[0] / 2]
    x, y = min(particles, key=lambda p: abs(p[0] - middle[0]) + abs(p[1] - middle[1]))
    figure, ax = plt.subplots(figsize=(6, 4.5), layout="constrained")
    PicksDisplay.from_predictions(micrograph, [[x, y]], diameter=60, sigma=2.5, ax=ax)
    ax.get_legend().remove()
    ax.set_title("")
    ax.plot(x, y, "+", color="#ffd33d", ms=14, mew=2)
    ax.add_patch(
        plt.Rectangle((x - 37.5, y - 37.5), 75, 75, fill=False, ec="w", ls="--")
    )
    ax.annotate(
        "",
        (x - 30, y),
        (x + 30, y),
        arrowprops={"arrowstyle": "<->", "color": "#58a6ff"},
    )
    ax.set(xlim=(x - 130, x + 130), ylim=(y + 95, y - 95))
    figure.savefig(path, dpi=90)
    plt.close(figure)


if __name__ == "__main__":
    for name in sys.argv[1:] or PROJECTS:
        make(name)
    draw_lengths(TUTORIALS / "lengths.png")
