"""Tables of the study of labels: their order, their cells, and what differs."""

from study_data import DATA_SETS
from study_methods import CHANGES, CODED, CRITERIA, DEFAULT, REFERENCE

SCORE = "average_precision"


def data_sets(table):
    """Return the names of the data sets that have rows, in their order."""
    return [name for name in DATA_SETS if (table.data == name).any()]


def label_counts(table):
    """Return the numbers of labels in the table, ascending."""
    return sorted(table.labels.unique())


def methods_of(table):
    """Return the methods that have rows, in the order of the page."""
    first = [REFERENCE, *CRITERIA, *(name + CODED for name in CRITERIA)]
    order = [*([] if DEFAULT in first else [DEFAULT]), *first, *CHANGES]
    return [name for name in order if (table.method == name).any()]


def places(table):
    """Return the data set, the number of labels and a title of each part with rows."""
    for name in data_sets(table):
        rows = table[table.data == name]
        for labels in label_counts(rows):
            yield name, labels, f"{name}, {label_title(rows, labels)}"


def label_title(rows, labels):
    """Return the title of a column: the number of labels that there were."""
    n_labels = rows[rows.labels == labels].n_labels.max()
    return f"{labels:,} labels" if n_labels == labels else f"all {n_labels:,} labels"


def markdown(titles, lines):
    """Return a table; a line is a list of cells."""
    rows = [titles, ["---"] * len(titles), *lines]
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in rows)


def data_tables(table, one_table):
    """Return a heading and a table per data set."""
    parts = []
    for name in data_sets(table):
        rows = table[table.data == name]
        parts += [f"### {name}", one_table(rows)]
    return parts


def metric_table(rows, metrics):
    """Return a table of methods by metrics and numbers of labels."""
    methods, titles, columns = methods_of(rows), [""], []
    for metric, title in metrics.items():
        for labels in label_counts(rows):
            titles.append(f"{title}<br>{label_title(rows, labels)}")
            columns.append(cells(rows[rows.labels == labels], methods, metric))
    return markdown(titles, zip(methods, *columns, strict=True))


def cells(rows, methods, metric):
    """Return mean and spread of each method, the best mean in bold."""
    groups = rows.groupby("method")[metric]
    mean, spread, n = groups.mean(), groups.std(), groups.count()
    texts = []
    for method in methods:
        if method not in mean:
            texts.append("")
            continue
        text = f"{mean[method]:.3f}"
        if text == f"{mean.max():.3f}":
            text = f"**{text}**"
        texts.append(text + (f" ± {spread[method]:.3f}" if n[method] > 1 else ""))
    return texts


def pairs(table, data, labels, method, other, metric=SCORE):
    """Return a metric of two methods, for each draw of labels that has both."""
    rows = table[(table.data == data) & (table.labels == labels)]
    both = rows[rows.method.isin([method, other])].pivot(
        index="seed", columns="method", values=metric
    )
    both = both.reindex(columns=[method, other]).dropna()
    return both[method], both[other]


def differences(table, data, labels, method, other):
    """Return method minus other in average precision, of each draw that has both."""
    of_method, of_other = pairs(table, data, labels, method, other)
    return of_method - of_other


def sign(difference):
    """Return "+" for a difference above 0 in each of some draws, "-" below, or ""."""
    if len(difference) < 2 or difference.min() <= 0 <= difference.max():
        return ""
    return "+" if difference.min() > 0 else "-"


def difference_cell(difference):
    """Return a mean difference, in bold where all draws agree."""
    if not len(difference):
        return ""
    text = f"{difference.mean():+.3f}"
    return f"**{text}**" if sign(difference) else text
