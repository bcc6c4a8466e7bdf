"""The page of the benchmark of PU learning."""

from functools import partial

import pandas as pd
from pages import score_cells
from pu_data import TASKS
from pu_methods import CEILING, CRITERIA, DEFAULT, ESTIMATED, OURS, PEERS, TOO_SLOW

METRICS = {"accuracy": "Accuracy", "f1": "F1", "roc_auc": "ROC AUC"}
N_DRAWS = 3  # of all methods
TASK_NAMES = [task.name for task in TASKS]
# Of one table each.
GROUPS = (
    ("MNIST",),
    ("spambase", "mushroom", "page-blocks"),
    ("digits", "breast cancer"),
)


def page_values(table):
    """Return what the template of the page is filled with."""
    table = with_tasks(table)
    compared = table[table.seed < N_DRAWS]
    failed = compared[compared.error.notna()].groupby("method")
    cells = {
        title: partial(score_cells, metric=metric, ceiling=CEILING)
        for metric, title in METRICS.items()
    }
    return {
        "is_complete": set(OURS) <= set(table.method)
        and {*TASK_NAMES} == {*table.task},
        "default": DEFAULT,
        "estimated": ESTIMATED,
        "ceiling": CEILING,
        "n_draws": N_DRAWS,
        "seeds": sorted(compared.seed.unique()),
        "last_seed": table.seed.max(),
        "shortfall": partial(shortfall, compared),
        "metrics": {title: tables(compared, cells[title]) for title in cells},
        "more_draws": more_draws(table),
        "seconds": tables(compared, least_seconds),
        "slow": sorted(f"{method} on {data}" for method, data in TOO_SLOW),
        "has_peers": compared.method.isin(PEERS).any(),
        "failed": failed.agg({"data": "nunique", "error": "first"}),
    }


def with_tasks(table):
    """Return the rows in the order of the tasks, with the name of each row's task."""
    tasks = pd.DataFrame(TASKS).assign(task=TASK_NAMES)
    return tasks.merge(table.astype({"labels": float}))


def methods_of(table):
    """Return the methods that have rows: kind by kind, the better ones first."""
    mean = table.groupby(["method", "task"]).accuracy.mean()
    # Not every method has rows of every task.
    mean = (mean - mean.groupby("task").mean()).fillna(-1)
    mean = mean.groupby("method").mean()
    return sorted(mean.index, key=lambda name: (kind(name), -mean[name]))


def kind(method):
    """Return the place of a method's kind in the table."""
    if method in (DEFAULT, ESTIMATED):
        return (DEFAULT, ESTIMATED).index(method)
    if method in CRITERIA:
        return 2
    if method == CEILING:
        return 5
    return 4 if method in PEERS else 3


def tables(table, cells):
    """Return methods by tasks, a table for each group of data sets that has rows."""
    groups = [table[table.data.isin(names)] for names in GROUPS]
    found = [
        cells(rows, "task").reindex(methods_of(table)) for rows in groups if len(rows)
    ]
    return [
        frame.rename(columns=lambda name: name.replace(", ", "<br>")) for frame in found
    ]


def least_seconds(rows, columns):
    """Return the least of the draws: other work makes a fit longer, never shorter."""
    least = rows.groupby(["method", columns], sort=False).seconds.min()
    return least.map("{:.1f}".format).replace("nan", "fails").unstack(sort=False)


def more_draws(table):
    """Return the means of tasks and methods that have more draws than the others."""
    groups = table.groupby(["task", "method"], sort=False)
    means = groups[list(METRICS)].mean().map("{:.4f}".format).rename(columns=METRICS)
    means.insert(0, "draws", groups.size())
    return means[means.draws > N_DRAWS].reset_index("method")


def shortfall(table, method, tasks=""):
    """Return the greatest loss of mean accuracy against the best method of a task.

    `tasks` is a part of the names of the tasks that count.
    """
    rows = table[
        (table.method != CEILING) & table.task.str.contains(tasks, regex=False)
    ]
    means = rows.groupby(["task", "method"]).accuracy.mean().unstack()
    return f"{(means.max(axis=1) - means[method]).max():.3f}"
