"""The page and the plot of the benchmark of PU learning."""

import sys
from pathlib import Path

from pu_data import TASKS, Task
from pu_methods import ESTIMATED, ORACLE, PEER_NAMES, PEERS, TOO_SLOW, peer_version
from pu_published import PUBLISHED
from resumable import processor, versions

from pusklearn.pu.criteria._registry import CRITERIA

COLUMNS = [
    *("data", "scheme", "labels", "method", "seed"),
    *("accuracy", "f1", "roc_auc", "prior", "seconds", "error"),
]
METRICS = {"accuracy": "Accuracy", "f1": "F1", "roc_auc": "ROC AUC"}
DEFAULT, BEST = "ge-binomial", "best criterion"
N_DRAWS = 3  # of all methods
# Task, metric, whose, goal.
GOALS = [
    (Task("MNIST", "case-control", 500), "accuracy", DEFAULT, 0.935),
    (Task("MNIST", "case-control", 500), "accuracy", BEST, 0.94),
    (Task("MNIST", "single", 2500), "accuracy", DEFAULT, 0.962),
    (Task("spambase", "case-control", 0.1), "accuracy", DEFAULT, 0.915),
    (Task("page-blocks", "case-control", 0.1), "f1", DEFAULT, 0.75),
]
LOSS_OF_ESTIMATE = 0.01
GOALS_TEXT = (
    "Goals are compared with the mean over all draws that were run; the tables below "
    f"take the first {N_DRAWS}, which every method has. Where the prior is estimated, "
    f"{LOSS_OF_ESTIMATE} less than the default reaches on the same draws will do."
)
SECONDS = (
    "The least of the draws, on one thread each. The machine did other work beside, so "
    "only great differences mean something."
)


def write_page(table, file):
    """Write goals, tables, published numbers and what was run."""
    parts = [
        "# Benchmark of PU learning",
        "Accuracy, F1 and ROC AUC on true labels of samples that were not learnt from, "
        "mean ± standard deviation over draws of labels. Every method has its default "
        "settings, the same for all data, and is given the true prior, but for the row "
        f'"{ESTIMATED}". The default of `PUClassifier` is "{DEFAULT}".',
    ]
    goals = goal_lines(table)
    if goals:
        parts += ["## Goals", GOALS_TEXT, "\n".join(goals)]
    seeds = sorted(table.seed.unique())
    table = compared(table)
    if plotted(table):
        parts.append("![Score of every method on every data set](pu_benchmark.png)")
    for metric, title in METRICS.items():
        parts += [f"## {title}", *metric_tables(table, metric)]
    parts += ["## Seconds per fit", SECONDS, *metric_tables(table, "seconds")]
    parts += ["## Published numbers", PUBLISHED.strip()]
    parts += ["## What was run", what_was_run(table, seeds)]
    file.write("\n\n".join(parts) + "\n")


def compared(table):
    """Return the rows of the draws that every method has; goals take more."""
    return table[table.seed < N_DRAWS]


def goal_lines(table):
    """Return a line per goal: the number wanted and the number reached."""
    lines = ["| goal | wanted | reached | draws | |", "|---|---|---|---|---|"]
    for task, metric, whose, goal in GOALS:
        scores = select(table, task).pivot(
            index="seed", columns="method", values=metric
        )
        scores = scores.reindex(columns=[*CRITERIA, ESTIMATED])
        if scores[DEFAULT].isna().all():
            continue
        best = scores.loc[scores.index < N_DRAWS, list(CRITERIA)].mean().idxmax()
        name = DEFAULT if whose == DEFAULT else best
        who = "default settings" if whose == DEFAULT else f"best criterion ({best})"
        title = f"{task.name}: {metric}, {who}"
        lines.append(goal_line(title, goal, scores[name]))
        both = scores[[DEFAULT, ESTIMATED]].dropna()
        if whose == DEFAULT and len(both):
            title = f"{task.name}: {metric}, prior estimated"
            least = both[DEFAULT].mean() - LOSS_OF_ESTIMATE
            lines.append(goal_line(title, least, both[ESTIMATED]))
    return lines if len(lines) > 2 else []


def goal_line(title, goal, scores):
    reached = scores.mean()
    verdict = "reached" if round(reached, 4) >= round(goal, 4) else "**missed**"
    return f"| {title} | {goal:.4g} | {reached:.4f} | {scores.count()} | {verdict} |"


def select(table, task):
    """Return the rows of a task."""
    of_task = (table.data == task.data) & (table.scheme == task.scheme)
    return table[of_task & (table.labels == task.labels)]


def tasks_of(table):
    """Return the tasks that have rows, in their order."""
    return [task for task in TASKS if len(select(table, task))]


def methods_of(table):
    """Return the methods that have rows: kind by kind, the better ones first."""
    mean = table.groupby(["method", "data", "scheme", "labels"]).accuracy.mean()
    # Not every method has rows of every task.
    mean = (mean - mean.groupby(["data", "scheme", "labels"]).mean()).fillna(-1)
    mean = mean.groupby("method").mean()
    return sorted(mean.index, key=lambda name: (kind(name), -mean[name]))


def kind(method):
    """Return the place of a method's kind in the table."""
    if method in (DEFAULT, ESTIMATED):
        return (DEFAULT, ESTIMATED).index(method)
    if method in CRITERIA:
        return 2
    if method == ORACLE:
        return 5
    return 4 if method in PEER_NAMES else 3


def metric_tables(table, metric):
    """Return one table per data set that comes from files, one for the others."""
    tasks = tasks_of(table)
    groups = [
        [task for task in tasks if task.data in names]
        for names in (
            ("MNIST",),
            ("spambase", "mushroom", "page-blocks"),
            ("digits", "breast cancer"),
        )
    ]
    return [one_table(table, group, metric) for group in groups if group]


def one_table(table, tasks, metric):
    """Return a table of methods by tasks, the best of each column in bold."""
    methods = methods_of(table)
    columns = [column(select(table, task), methods, metric, task) for task in tasks]
    titles = [f"{task.name}".replace(", ", "<br>") for task in tasks]
    lines = [
        "| | " + " | ".join(titles) + " |",
        "|---" * (len(tasks) + 1) + "|",
    ]
    for method, *cells in zip(methods, *columns, strict=True):
        lines.append(f"| {method} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def column(rows, methods, metric, task):
    """Return the cells of a task."""
    groups = rows.groupby("method")[metric]
    # Other work on the machine makes a fit longer, never shorter.
    mean = groups.min() if metric == "seconds" else groups.mean()
    deviation, n = groups.std(ddof=1), groups.count()
    judged = mean.drop(ORACLE, errors="ignore").dropna()
    best = judged.min() if metric == "seconds" else judged.max()
    digits = 1 if metric == "seconds" else 3
    cells = []
    for method in methods:
        if method not in mean or not n[method]:
            cells.append("fails" if method in mean else "")
            continue
        cell = f"{mean[method]:.{digits}f}"
        is_best = metric != "seconds" and cell == f"{best:.{digits}f}"
        if is_best and method != ORACLE:
            cell = f"**{cell}**"
        if metric != "seconds" and n[method] > 1:
            cell += f" ± {deviation[method]:.{digits}f}"
        cells.append(cell)
    return cells


def what_was_run(table, seeds):
    """Return versions, processor, command, and notes on what is not there."""
    packages = ("pusklearn", "scikit-learn", "torch", "numpy")
    compared = ", ".join(map(str, sorted(table.seed.unique())))
    lines = [
        f"- {versions(*packages)}.",
        f"- {processor()}, one thread per fit.",
        f"- `python benchmarks/{Path(sys.argv[0]).name}`; seeds {compared}, for goals "
        f"up to {seeds[-1]}. A seed sets the split, the labels drawn and the method's "
        "random state.",
        "- MNIST: even digits are positive, learnt from the 10,000 test images, judged "
        "on 5,000 training images, pixels in [0, 1]. The UCI data and those of "
        "scikit-learn are split 70 : 30, stratified, and standardised; spambase and "
        "the far-reaching columns of page-blocks are logarithms, mushroom is one-hot. "
        "Positives: spam, poisonous, not text, even digits, malignant.",
        f'- "{ORACLE}" is the same network with every label known: a ceiling, not '
        "compared with the rest.",
    ]
    slow = sorted({f"{method} on {data}" for method, data in TOO_SLOW})
    lines.append(f"- Left out, for minutes per fit: {'; '.join(slow)}.")
    for distribution in PEERS:
        found = peer_version(distribution)
        has_rows = table.method.isin(PEERS[distribution]).any()
        if not has_rows:
            lines.append(f"- {distribution} was not installed, so it has no rows.")
        elif found:
            lines.append(f"- {distribution} {found}, with its default settings.")
    if table.method.isin(PEER_NAMES).any():
        lines.append(
            "- The risks of pulearn and PU-Toolbox are those of the case-control "
            "scheme. In the single one they get the prior that their documentation "
            "asks for: pulearn the share among the unlabeled, PU-Toolbox that of the "
            "population."
        )
    failed = table[table.error.notna() & (table.error.astype(str) != "")]
    for method, rows in failed.groupby("method"):
        text = str(rows.error.iloc[0])[:150].replace("|", "/")
        lines.append(f"- {method} fails on {rows.data.nunique()} data sets: `{text}`")
    return "\n".join(lines)


def plotted(table):
    """Tell whether the table is large enough for the plot."""
    return len(tasks_of(table)) > 2
