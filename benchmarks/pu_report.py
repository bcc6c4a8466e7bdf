"""The page of the benchmark of PU learning."""

from pages import fill, markdown, score_cells
from pu_data import TASKS
from pu_methods import CEILING, CRITERIA, DEFAULT, ESTIMATED, OURS, TOO_SLOW, is_peer

METRICS = {"accuracy": "Accuracy", "f1": "F1", "roc_auc": "ROC AUC"}
N_DRAWS = 3  # of all methods
GROUPS = (
    ("MNIST",),
    ("spambase", "mushroom", "page-blocks"),
    ("digits", "breast cancer"),
)


def page(table, conditions):
    """Return the page of a table."""
    compared = first_draws(table)
    failed = compared[compared.error.notna()].groupby("method")
    return fill(
        "pu_benchmark.md",
        conditions=conditions,
        is_complete=set(TASKS) == set(tasks_of(compared))
        and set(OURS) <= set(compared.method),
        default=DEFAULT,
        estimated=ESTIMATED,
        ceiling=CEILING,
        n_draws=N_DRAWS,
        seeds=sorted(compared.seed.unique()),
        last_seed=table.seed.max(),
        shortfall=lambda *names, **options: shortfall(compared, *names, **options),
        metrics=[
            (title, metric_tables(compared, metric))
            for metric, title in METRICS.items()
        ],
        more_draws=more_draws(table),
        seconds=metric_tables(compared, "seconds"),
        slow=sorted(f"{method} on {data}" for method, data in TOO_SLOW),
        has_peers=compared.method.map(is_peer).any(),
        failed=[
            (method, rows.data.nunique(), rows.error.iloc[0][:150].replace("|", "/"))
            for method, rows in failed
        ],
    )


def first_draws(table):
    """Return the rows of the draws that every method has."""
    return table[table.seed < N_DRAWS]


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
    if method == CEILING:
        return 5
    return 4 if is_peer(method) else 3


def metric_tables(table, metric):
    """Return a table of methods by tasks for each group of data sets."""
    methods = methods_of(table)
    tables = []
    for group in GROUPS:
        tasks = [task for task in tasks_of(table) if task.data in group]
        if tasks:
            columns = [cells(select(table, task), methods, metric) for task in tasks]
            titles = ["", *(task.name.replace(", ", "<br>") for task in tasks)]
            tables.append(markdown(titles, zip(methods, *columns, strict=True)))
    return tables


def cells(rows, methods, metric):
    """Return the cells of a task."""
    if metric != "seconds":
        return score_cells(rows, methods, metric, ceiling=[CEILING])
    # Other work on the machine makes a fit longer, never shorter.
    least = rows.groupby("method").seconds.min().map("{:.1f}".format, "ignore")
    return least.fillna("fails").reindex(methods, fill_value="")


def more_draws(table):
    """Return the means of tasks and methods that have more draws than the others."""
    lines = []
    for task in tasks_of(table):
        for method, rows in select(table, task).groupby("method"):
            if len(rows) > N_DRAWS:
                means = rows[list(METRICS)].mean().map("{:.4f}".format)
                lines.append([task.name, method, len(rows), *means])
    return lines and markdown(["task", "method", "draws", *METRICS.values()], lines)


def shortfall(table, method, metric="accuracy", tasks=""):
    """Return the greatest loss of mean score against the best method of a task.

    `tasks` is a part of the names of the tasks that count.
    """
    losses = []
    for task in tasks_of(table):
        rows = select(table[table.method != CEILING], task)
        means = rows.groupby("method")[metric].mean()
        if tasks in task.name and method in means:
            losses.append(means.max() - means[method])
    return f"{max(losses):.3f}"
