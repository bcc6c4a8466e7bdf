"""The page of the calibration of picks: its table and its plots."""

import json

import numpy as np
import pandas as pd
from pages import panels, write_page
from picking_data import DATA_SETS

# The colours of Okabe and Ito, which colour-blind readers tell apart.
LOOKS = {100: ("#0072B2", "o-"), 10: ("#D55E00", "s--")}
LEAST_IN_BIN = 30  # peaks; a point of fewer is not drawn


def report(table, conditions, folder):
    """Write the page and its plots."""
    write_page(folder / "calibration.md", conditions=conditions, **page_values(table))
    draw_plots(table, folder / "calibration.png")


def page_values(table):
    """Return what the template of the page is filled with."""
    present = [data.name for data in DATA_SETS if data.name in set(table.data)]
    rows = [
        (name, n_labels, table[(table.data == name) & (table.labels == n_labels)])
        for n_labels in sorted(table.labels.unique(), reverse=True)
        for name in present
    ]
    rows = [row for row in rows if len(row[2])]
    return {
        "is_complete": len(present) == 4,
        "data_sets": present,
        "means": frame_of(rows, means),
        "covered": frame_of(rows, covered),
        "seeds": sorted(table.seed.unique()),
    }


def frame_of(rows, cells):
    """Return a frame with a line for each data set and number of labels."""
    index = [f"{name}, {n_labels} labels" for name, n_labels, _ in rows]
    return pd.DataFrame([cells(part) for *_, part in rows], index=index)


def means(part):
    """Return the cells of a line: what was expected on average, and what is true."""
    ratio = (part.n_expected / part.n_particles).mean()
    return {
        "expected / true number": f"{ratio:.2f}",
        "expected precision": f"{part.expected_precision.mean():.2f}",
        "true precision": f"{part.precision.mean():.2f}",
        'recall by "recall:0.9"': f"{part['recall_at_recall_0.9'].mean():.2f}",
        'wrong picks by "fdr:0.1"': f"{part['fdr_at_fdr_0.1'].mean():.2f}",
        "average precision": f"{part.average_precision.mean():.3f}",
    }


def covered(part):
    """Return the cells of a line: how often an interval holds the truth."""
    ends = {
        "number": ("n_particles", "n_low", "n_high"),
        "precision above 0.5": ("precision", "precision_low", "precision_high"),
        "recall above 0.5": ("recall", "recall_low", "recall_high"),
    }
    cells = {}
    for name, (true, low, high) in ends.items():
        held = (part[low] <= part[true]) & (part[true] <= part[high])
        cells[name] = f"{held.sum()} of {len(part)}"
    width = (part.n_high / part.n_low).median()
    return cells | {"upper / lower end of the number": f"{width:.1f}"}


def draw_plots(table, path):
    """Draw the true share of particles against the probability, a plot per data set."""
    names = [data.name for data in DATA_SETS if data.name in set(table.data)]
    with panels(path, len(names), width=3.2, height=3.6, sharey=True) as axes:
        for axis, name in zip(axes, names, strict=True):
            axis.plot([0, 1], [0, 1], color="0.6", lw=1, ls=":")
            for n_labels, (color, line) in LOOKS.items():
                part = table[(table.data == name) & (table.labels == n_labels)]
                if len(part):
                    expected, true = reliability(part.bins)
                    label = f"{n_labels} labels"
                    axis.plot(expected, true, line, color=color, label=label, ms=4)
            axis.set(title=name, xlabel="probability", xlim=(0, 1), ylim=(0, 1))
            axis.set_box_aspect(1)
        axes[0].set_ylabel("true share of particles")
        axes[0].legend(loc="upper left")


def reliability(bins):
    """Return the mean probability and the true share in the bins of all draws."""
    counts, sums, hits = np.sum([json.loads(text) for text in bins], axis=0)
    enough = counts >= LEAST_IN_BIN
    return sums[enough] / counts[enough], hits[enough] / counts[enough]
