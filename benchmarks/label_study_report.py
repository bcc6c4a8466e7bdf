"""The page of the study of labels; every number and every lead is computed here."""

from label_study_methods import (
    CHANGES,
    CODED,
    CRITERIA,
    DEFAULT,
    ESTIMATED,
    LONGER,
    METHODS,
    MOST_CHANGED,
    NOT_HALVED,
    PAPER,
    REFERENCE,
)
from pages import fill, markdown, score_cells
from picking_data import DATA_SETS

SCORE = "average_precision"
NAMES = [data.name for data in DATA_SETS]
LABELS = (10, 100, 1000)
SECONDS = ["fit_seconds", "pick_seconds"]
# In the order of the page.
COMPARED = [REFERENCE, *CRITERIA, *(name + CODED for name in CRITERIA)]


def page(table, conditions):
    """Return the page of a table."""
    compared = table[table.method.isin(COMPARED)]
    changed = table[table.method.isin([DEFAULT, *CHANGES])]
    others = [name for name in (*CRITERIA, REFERENCE) if name != DEFAULT]
    with_decoder = {name: (name + CODED, name) for name in CRITERIA}
    with_decoder[f"{DEFAULT}, {LONGER}"] = LONGER + CODED, LONGER
    with_decoder[PAPER] = PAPER + CODED, PAPER
    return fill(
        "label_study.md",
        conditions=conditions,
        is_complete=is_complete(table),
        default=DEFAULT,
        reference=REFERENCE,
        labels=label_counts(table),
        seeds=sorted(table.seed.unique()),
        data_sets=[(data, table[table.data == data.name]) for data in present(table)],
        gain=lambda *names: gain_range(table, *names),
        mean_score=lambda *names: mean_scores(table).loc[names],
        least_seconds=lambda *names: least_seconds(table).loc[names, "fit_seconds"],
        means=mean_table(compared),
        scores=lambda rows: metric_table(
            rows, {SCORE: "AP", "precision_at_90": "P at 90 % recall"}
        ),
        precisions=lambda rows: metric_table(
            rows, {f"precision_at_{at}": f"P at {at} % recall" for at in (50, 70)}
        ),
        leads=difference_table(
            table,
            f"AP of {DEFAULT} minus",
            {other: (DEFAULT, other) for other in others},
        ),
        verdicts=[(other, *count_signs(table, DEFAULT, other)) for other in others],
        autoencoder=difference_table(table, "AP with minus AP without", with_decoder),
        changes=[
            (labels, change_table(changed[changed.labels == labels]))
            for labels in reversed(label_counts(table[table.method.isin(CHANGES)]))
        ],
        draws=table[table.method.isin(CHANGES)]
        .groupby(["method", "data", "labels"])
        .size(),
        priors=prior_table(table),
        seconds=seconds_table(table),
        most_changed=MOST_CHANGED,
    )


def is_complete(table):
    """Tell whether the table holds what the advice at the top of the page is about."""
    return (
        set(METHODS) <= set(table.method)
        and set(NAMES) <= set(table.data)
        and set(LABELS) <= set(table.labels)
    )


def present(table):
    """Return the data sets that have rows, in their order."""
    return [data for data in DATA_SETS if (table.data == data.name).any()]


def label_counts(table):
    """Return the numbers of labels in the table, ascending."""
    return sorted(table.labels.unique())


def methods_of(table):
    """Return the methods that have rows, in the order of the page."""
    return [name for name in (*COMPARED, *CHANGES) if (table.method == name).any()]


def label_title(rows, labels):
    """Return the title of a column: the number of labels that there were."""
    n_labels = rows[rows.labels == labels].n_labels.max()
    return f"{labels:,} labels" if n_labels == labels else f"all {n_labels:,} labels"


def places(table):
    """Return the data set, the number of labels and a title of each part with rows."""
    for data in present(table):
        rows = table[table.data == data.name]
        for labels in label_counts(rows):
            yield data.name, labels, f"{data.name}, {label_title(rows, labels)}"


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
    """Return 1 if some draws agree on a difference above 0, -1 below 0, or else 0."""
    if len(difference) < 2 or difference.min() <= 0 <= difference.max():
        return 0
    return 1 if difference.min() > 0 else -1


def difference_cell(difference):
    """Return a mean difference, in bold if all draws agree on its sign."""
    if not len(difference):
        return ""
    text = f"{difference.mean():+.3f}"
    return f"**{text}**" if sign(difference) else text


def difference_table(table, corner, compared):
    """Return a line per data set and number of labels, a column per pair compared."""
    lines = []
    for data, labels, title in places(table):
        gains = [differences(table, data, labels, *two) for two in compared.values()]
        if any(map(len, gains)):
            lines.append([title, *map(difference_cell, gains)])
    return lines and markdown([corner, *compared], lines)


def count_signs(table, method, other):
    """Return how often a method leads another, is level with it, and trails it."""
    gains = [differences(table, *place[:2], method, other) for place in places(table)]
    signs = [sign(gain) for gain in gains if len(gain) > 1]
    return [signs.count(which) for which in (1, 0, -1)]


def gain_range(table, method, other, labels):
    """Return the least and the greatest mean difference over the data sets."""
    gains = [differences(table, name, labels, method, other) for name in NAMES]
    means = [gain.mean() for gain in gains if len(gain)]
    return f"{min(means):+.3f} to {max(means):+.3f}"


def mean_scores(table):
    """Return the mean of the data sets, of the draws that all methods learnt from.

    A line is a method, a column a number of labels; one that a data set lacks is left
    out.
    """
    methods = [name for name in (REFERENCE, *CRITERIA) if name in set(table.method)]
    draws = table[table.method.isin(methods)].pivot(
        index=["labels", "data", "seed"], columns="method", values=SCORE
    )
    means = draws[methods].dropna().groupby(["labels", "data"]).mean()
    n_sets = len(present(table))
    means = means.groupby("labels").filter(lambda part: len(part) == n_sets)
    return means.groupby("labels").mean().T


def mean_table(table):
    """Return the table of means over the data sets."""
    means = mean_scores(table)
    lines = [[name, *map("{:.3f}".format, row)] for name, row in means.iterrows()]
    titles = [f"{labels:,} labels" for labels in means.columns]
    corner = f"mean AP of {len(present(table))} data sets"
    return titles and markdown([corner, *titles], lines)


def metric_table(rows, metrics):
    """Return a table of methods by metrics and numbers of labels."""
    rows = rows[rows.method.isin(COMPARED)]
    methods, titles, columns = methods_of(rows), [""], []
    for metric, title in metrics.items():
        for labels in label_counts(rows):
            titles.append(f"{title}<br>{label_title(rows, labels)}")
            columns.append(score_cells(rows[rows.labels == labels], methods, metric))
    return methods and markdown(titles, zip(methods, *columns, strict=True))


def change_table(rows):
    """Return what each change of a default does to AP, for one number of labels."""
    names = [data.name for data in present(rows)]
    scores = rows[rows.method == DEFAULT].groupby("data")[SCORE].mean().reindex(names)
    lines = [[f"{DEFAULT}, AP", *scores.map("{:.3f}".format, "ignore").fillna("")]]
    for change in methods_of(rows[rows.method != DEFAULT]):
        gains = [
            differences(rows, name, rows.labels.max(), change, DEFAULT)
            for name in names
        ]
        lines.append([change, *map(difference_cell, gains)])
    return markdown(["", *names], lines)


def prior_table(table):
    """Return the share of pixels on particles as estimated, over the one told."""
    lines = []
    for data, labels, title in places(table):
        estimated, told = pairs(table, data, labels, ESTIMATED, DEFAULT, "prior")
        ratio = estimated / told
        if len(ratio):
            gain = differences(table, data, labels, ESTIMATED, DEFAULT)
            draws = ", ".join(f"{value:.2f}" for value in ratio)
            error = f"{(ratio - 1).abs().mean():.0%}"
            cells = f"{ratio.mean():.2f}", draws, error, difference_cell(gain)
            lines.append([title, *cells])
    titles = ["", "estimated / told", "draws", "mean error", "AP minus AP told"]
    return lines and markdown(titles, lines)


def least_seconds(table):
    """Return the least seconds over draws, from the number of labels most looked at."""
    rows = table[table.labels == MOST_CHANGED]
    return rows.groupby(["method", "data"])[SECONDS].min().round(1)


def seconds_table(table):
    """Return what a fit and the picking take."""
    least = least_seconds(table)
    # The other changes of a default leave its time much as it is.
    timed = least.index.unique("method").intersection([*COMPARED, ESTIMATED, NOT_HALVED])
    names = [data.name for data in present(table)]
    cells = least.astype(str).agg(" + ".join, axis=1).unstack().reindex(columns=names)
    methods = [name for name in methods_of(table) if name in timed]
    lines = [[name, *cells.loc[name].fillna("")] for name in methods]
    return lines and markdown(["", *names], lines)
