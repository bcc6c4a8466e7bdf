"""The page of the general picker: the tables among the words of its template."""

import pandas as pd
from general_picker_data import TASKS
from pages import write_page

GENERAL = "general picker"
WITHOUT = "without contaminants"
LABELS = "10 labels"
BLOB = "Laplacian of Gaussian"
# The standard deviation of the Gaussian, as a share of the diameter.
BLOBS = {f"{BLOB}, {width}": width for width in (0.18, 0.25, 0.35)}
# How many times its true diameter the general picker is told.
FACTORS = (1.0, 0.75, 1.25)


def report(table, conditions, folder):
    """Write the page."""
    page = folder / "guide" / "general_picker.md"
    write_page(page, conditions=conditions, **page_values(table))


def page_values(table):
    """Return what the template of the page is filled with."""
    is_subset = table.task.map(lambda name: TASKS[name].is_subset)
    told_right = table[~is_subset & (table.diameter == 1)]
    general = table[~is_subset & (table.method == GENERAL)]
    part_known = table[is_subset & (table.diameter == 1)]
    scores = by_task(told_right, "average_precision")
    return {
        "is_complete": GENERAL in scores and LABELS in scores,
        "tasks": [TASKS[name] for name in TASKS if name in set(table.task)],
        "scores": texts(scores),
        "precision": texts(by_task(told_right, "precision_at_90")),
        "diameters": diameter_table(general),
        "subset": texts(by_task(part_known, "recall_of_twice")),
        "contaminants": contaminant_table(table.dropna(subset="on_contaminants")),
        "seconds": seconds_table(general[general.diameter == 1]),
        "seeds": sorted(table.seed.unique()),
    }


def by_task(rows, metric):
    """Return the mean of a metric, a line per task and a column per method."""
    means = rows.pivot_table(metric, "task", "method", sort=False)
    widths = [name for name in BLOBS if name in means]
    if widths:
        means[BLOB] = means[widths].max(axis=1)
    others = [name for name in means if name not in (*BLOBS, BLOB, LABELS)]
    order = [BLOB, *others, LABELS]
    return in_order(means)[[name for name in order if name in means]]


def in_order(frame):
    """Return a frame in the order of the tasks."""
    return frame.loc[[name for name in TASKS if name in frame.index]]


def texts(frame):
    """Return a frame of numbers as texts; empty cells stay so."""
    return frame.map("{:.3f}".format, "ignore")


def diameter_table(rows):
    """Return the average precision of the general picker by the diameter told."""
    means = in_order(rows.pivot_table("average_precision", "task", "diameter"))
    told = means[[factor for factor in sorted(FACTORS) if factor in means]]
    table = texts(told.rename(columns=lambda factor: f"{factor:g} times"))
    table["least minus right"] = (told.min(axis=1) - means[1]).map("{:+.3f}".format)
    return table


def contaminant_table(rows):
    """Return how many picks lie on contaminants, a line per task."""
    counts = in_order(rows.pivot_table("on_contaminants", "task", "method", sort=False))
    table = counts.map("{:.0f}".format, "ignore")
    for name in counts.columns.drop(WITHOUT, errors="ignore"):
        share = counts[name] / counts[WITHOUT]
        table[f"{name} / {WITHOUT}"] = texts(share)
    return table


def seconds_table(rows):
    """Return the seconds that a simulated micrograph takes, and what it shows."""
    columns = {"particle, in pixels": {}, "micrograph": {}, "seconds": {}}
    for name, seconds in rows.set_index("task").seconds_per_micrograph.items():
        task = TASKS[name]
        if task.make:
            side = task.make["size"]
            columns["micrograph"][name] = f"{side} x {side}"
            columns["particle, in pixels"][name] = f"{task.source.diameter:g}"
            columns["seconds"][name] = f"{seconds:.2f}"
    return pd.DataFrame(columns)
