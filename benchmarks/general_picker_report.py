"""The page of the general picker: the tables among the words of its template."""

from functools import partial

import pandas as pd
from general_picker_data import TASKS
from pages import write_page

GENERAL = "general picker"
WITHOUT = "without contaminants"
LABELS = "10 labels"
STARTED = "10 labels, general start"
BLOB = "Laplacian of Gaussian, best of 3 widths"
# The standard deviation of the Gaussian, as a share of the diameter.
BLOBS = {f"Laplacian of Gaussian, {width}": width for width in (0.18, 0.25, 0.35)}
# How many times its true diameter the general picker is told.
FACTORS = (1.0, 0.75, 1.25)


def report(table, conditions, folder):
    """Write the page."""
    page = folder / "guide" / "general_picker.md"
    write_page(page, conditions=conditions, **page_values(table))


def page_values(table):
    """Return what the template of the page is filled with."""
    is_subset = table.task.isin([name for name in TASKS if TASKS[name].is_subset])
    dirty = [name for name in TASKS if TASKS[name].has_contaminants]
    is_dirty = table.task.isin(dirty)
    is_right = table.diameter == 1
    plain = ~is_subset & ~is_dirty
    right = table[plain & is_right]
    return {
        "is_complete": {*TASKS} - {*dirty} <= {*table.task[table.method == GENERAL]},
        "tasks": in_order(table.set_index("task")).index.unique(),
        "general": GENERAL,
        "blob": BLOB,
        "loss": partial(loss, table[table.method == GENERAL]),
        "scores": texts(by_task(right, "average_precision")),
        "precision": texts(by_task(right, "precision_at_90")),
        "diameters": diameter_table(table[plain]),
        "subset": texts(by_task(table[is_subset & is_right], "recall_at_twice")),
        "contaminants": contaminant_table(table[is_dirty]),
        "seconds": seconds_table(right[right.method == GENERAL]),
        "seeds": sorted(table.seed.unique()),
    }


def loss(rows, task, factor):
    """Return what a wrong diameter costs in average precision."""
    scores = rows[rows.task == task].set_index("diameter").average_precision
    return f"{scores[1] - scores[factor]:.3f}"


def by_task(rows, metric):
    """Return the mean of a metric, a line per task and a column per method."""
    means = rows.pivot_table(metric, "task", "method", sort=False)
    widths = [name for name in BLOBS if name in means]
    if widths:
        means[BLOB] = means[widths].max(axis=1)
    learning = [LABELS, STARTED]
    others = [name for name in means if name not in (*BLOBS, BLOB, *learning)]
    order = [BLOB, *others, *learning]
    return in_order(means)[[name for name in order if name in means]]


def in_order(frame):
    """Return a frame in the order of the tasks."""
    return frame.loc[[name for name in TASKS if name in frame.index]]


def texts(frame):
    """Return a frame of numbers as texts; empty cells stay so."""
    return frame.map("{:.3f}".format, "ignore")


def diameter_table(rows):
    """Return the average precision by the diameter told, for tasks and networks."""
    rows = rows[~rows.method.isin([*BLOBS, LABELS, STARTED])]
    means = rows.pivot_table("average_precision", ["method", "task"], "diameter")
    parts = [in_order(part.droplevel(0)) for _, part in means.groupby("method")]
    names = [
        f"{task}, {method}" if method != GENERAL else task
        for method, part in zip(means.index.unique("method"), parts, strict=True)
        for task in part.index
    ]
    told = pd.concat([*parts, means[:0]]).reindex(columns=sorted(FACTORS))
    table = texts(told.rename(columns=lambda factor: f"{factor:g} times"))
    table["least minus right"] = (told.min(axis=1) - told[1]).map("{:+.3f}".format)
    return table.set_axis(names)


def contaminant_table(rows):
    """Return what networks make of contaminants, a line per task and network."""
    rows = in_order(rows.set_index("task")).set_index("method", append=True)
    counts = rows.on_contaminants
    peers = counts.xs(WITHOUT, level="method") if len(rows) else counts
    table = pd.DataFrame(
        {
            "recall": rows.recall.map("{:.3f}".format),
            "picks on contaminants": counts.map("{:.0f}".format),
            "share": counts.div(peers, level="task").map("{:.2f}".format),
            "kinds": rows.kinds.fillna(""),
            "average precision": rows.average_precision.map("{:.3f}".format),
        }
    )
    return table.set_axis([", ".join(names) for names in table.index])


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
