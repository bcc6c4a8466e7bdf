"""The page of the log-odds of the general picker: its tables and its plot."""

import json

import numpy as np
import pandas as pd
from pages import panels, write_page

OTHERS = "other simulated micrographs"
WITHOUT_ONE = ", without one"
PLOTTED = (OTHERS, "empiar-10017, all 12", "empiar-10146, all 10")


def report(table, conditions, folder):
    """Write the page and the plot."""
    page = folder / "guide" / "general_calibration.md"
    right = table[table.diameter == 1].set_index("task")
    plotted = [name for name in PLOTTED if name in right.index]
    if plotted:
        picture = page.with_name("general_calibration.png")
        with panels(picture, len(plotted), width=3, height=3, sharey=True) as axes:
            for ax, name in zip(axes, plotted, strict=True):
                draw(ax, name, json.loads(right.bins[name]))
    write_page(
        page,
        conditions=conditions,
        is_complete={*PLOTTED} <= {*right.index},
        promises=promise_table(right),
        diameters=diameter_table(table),
        number=lambda name, column: f"{right[column][name]:.2f}",
        ratio=lambda name: f"{right.expected_number[name] / right.number[name]:.2f}",
    )


def draw(ax, name, bins):
    """Draw the true share of particles over the promised one."""
    promised, true, counts = np.transpose(bins)
    error = np.sqrt(true * (1 - true) / counts)
    ax.plot([0, 1], [0, 1], color="0.6", linestyle="--", linewidth=1)
    ax.errorbar(promised, true, 2 * error, fmt="o", markersize=4)
    ax.set(
        title=name,
        xlabel="probability",
        xlim=(0, 1),
        ylim=(0, 1),
    )
    if ax.get_subplotspec().is_first_col():
        ax.set_ylabel("share of particles")


def promise_table(right):
    """Return what is promised beside what is true, a line per task."""
    first = [name for name in PLOTTED if name in right.index]
    rows = right.loc[[*first, *(name for name in right.index if name not in first)]]
    shares = {
        "precision, expected": rows.expected_precision,
        "precision, true": rows.precision,
        "recall, expected": rows.expected_recall,
        "recall, true": rows.recall,
    }
    low, high = (rows[end].map("{:.0f}".format) for end in ("low", "high"))
    numbers = {
        "particles, expected": rows.expected_number.map("{:.0f}".format),
        "interval": low + " to " + high,
        "particles, true": rows.number.map("{:.0f}".format),
    }
    shares = {name: share.map("{:.3f}".format) for name, share in shares.items()}
    return pd.DataFrame({"picks": rows.picks.map("{:.0f}".format)} | shares | numbers)


def diameter_table(table):
    """Return the precision expected minus the true one, by the diameter told."""
    rows = table[~table.task.str.endswith(WITHOUT_ONE) & (table.task != OTHERS)]
    off = rows.assign(off=rows.expected_precision - rows.precision)
    told = off.pivot_table("off", "task", "diameter", sort=False)
    told = told[sorted(told.columns)].dropna(thresh=2)
    texts = told.map("{:+.2f}".format, "ignore")
    return texts.rename(columns=lambda factor: f"{factor:g} times")
