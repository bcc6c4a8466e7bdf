"""Draw docs/picks.png, the first picture of README; run it when the network changes."""

from pathlib import Path

import numpy as np
from matplotlib.lines import Line2D

from pusklearn import general_picker
from pusklearn.datasets import make_micrographs
from pusklearn.metrics import PicksDisplay

DIAMETER, SIDE = 24, 512
SIMULATION = {
    "size": SIDE,
    "diameter": DIAMETER,
    "snr": 0.1,
    "contamination": 1.0,
    "contaminants": ("carbon", "ice", "aggregate", "crystal", "bead", "filament"),
    "random_state": 1,
}
OUTLINE = {"color": "#58a6ff", "ls": ":"}


def draw(path):
    """Draw picks on a simulated micrograph, and outlines of its contaminants."""
    micrographs, [particles], [contaminants] = make_micrographs(
        1, return_contaminants=True, **SIMULATION
    )
    picker = general_picker(
        DIAMETER, particles_per_micrograph=len(particles), threshold="prior"
    )
    [picks] = picker.predict(micrographs)
    display = PicksDisplay.from_predictions(
        micrographs[0],
        picks,
        particles,
        radius=picker["extract"].match_radius,
        diameter=DIAMETER,
    )
    outline(display.ax_, contaminants)
    display.figure_.savefig(path, dpi=100)


def outline(ax, contaminants):
    """Draw a dotted line around contaminants, which are told as discs."""
    y, x = np.mgrid[-1 : SIDE + 1, -1 : SIDE + 1]
    columns = contaminants[["x", "y", "radius"]].to_numpy()
    beyond = np.min([np.hypot(x - a, y - b) - r for a, b, r in columns], axis=0)
    options = {"colors": OUTLINE["color"], "linestyles": OUTLINE["ls"]}
    ax.contour(x, y, beyond, [0], **options)
    ax.set(xlim=(-0.5, SIDE - 0.5), ylim=(SIDE - 0.5, -0.5))
    legend = ax.get_legend()
    lines = [*legend.get_lines(), Line2D([], [], **OUTLINE)]
    labels = [*(text.get_text() for text in legend.get_texts()), "contaminants"]
    ax.legend(
        lines,
        labels,
        loc="upper center",
        bbox_to_anchor=(0.5, 0),
        borderaxespad=3.5,
        ncols=len(lines),
        frameon=False,
    )


if __name__ == "__main__":
    draw(Path(__file__).parent / "picks.png")
