"""Draw docs/picks.png, the first picture of README, with the general picker.

Run it when the general network or the simulation changes.
"""

from pathlib import Path

from matplotlib.collections import EllipseCollection
from matplotlib.lines import Line2D

from pusklearn import general_picker
from pusklearn.datasets import make_micrographs
from pusklearn.metrics import PicksDisplay

PICTURE = Path(__file__).parent / "picks.png"
DIAMETER = 24
SIMULATION = {
    "size": 512,
    "diameter": DIAMETER,
    "snr": 0.1,
    "contamination": 1.0,
    "contaminants": ("carbon", "ice", "aggregate", "gold"),
    "random_state": 0,
}
COLOR = "#58a6ff"


def draw(path):
    """Draw the picks on a simulated micrograph, and where its contaminants are."""
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
    mark(display.ax_, contaminants)
    display.figure_.savefig(path, dpi=100)


def mark(ax, contaminants):
    """Draw a dotted circle around each contaminant, and add them to the legend."""
    widths = 2 * contaminants.radius
    circles = EllipseCollection(
        widths,
        widths,
        0 * widths,
        units="x",
        offsets=contaminants[["x", "y"]],
        offset_transform=ax.transData,
        facecolors="none",
        edgecolors=COLOR,
        linestyles=":",
    )
    ax.add_collection(circles)
    legend = ax.get_legend()
    legend.remove()
    line = Line2D([], [], color=COLOR, ls=":", label="contaminant")
    ax.legend(
        handles=[*legend.legend_handles, line],
        loc="upper center",
        bbox_to_anchor=(0.5, 0),
        borderaxespad=3.5,
        ncols=4,
        frameon=False,
    )


if __name__ == "__main__":
    draw(PICTURE)
