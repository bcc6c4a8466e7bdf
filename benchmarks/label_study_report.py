"""The page of the study of labels; every number and every lead is computed here."""

from functools import partial

import pandas as pd
from label_study_methods import CHANGES, CODED, CRITERIA, DEFAULT, METHODS, REFERENCE
from pages import score_cells
from picking_data import DATA_SETS

SCORE = "average_precision"
PLACE = ["data", "labels", "title"]  # a line of a table
# In the order of the page.
COMPARED = [REFERENCE, *CRITERIA, *(name + CODED for name in CRITERIA)]
ESTIMATED, NOT_HALVED = "prior estimated", "no halving"
TIMED = [*COMPARED, ESTIMATED, NOT_HALVED]  # other changes leave the time as it is


def page_values(table):
    """Return what the template of the page is filled with."""
    table = with_titles(table)
    scores = by_draw(table, SCORE)
    minus = partial(differences, scores)
    others = [name for name in (*CRITERIA, REFERENCE) if name != DEFAULT]
    leads = {name: minus(DEFAULT, name) for name in others}
    coded = {name: minus(name + CODED, name) for name in CRITERIA}
    for name, title in {"1,000 updates": f"{DEFAULT}, ", "as in the paper": ""}.items():
        coded[title + name] = minus(name + CODED, name)
    return dict(
        is_complete=set(METHODS) == set(table.method) and table.data.nunique() == 4,
        default=DEFAULT,
        reference=REFERENCE,
        seeds=sorted(table.seed.unique()),
        data_sets=[(data, table[table.data == data.name]) for data in present(table)],
        means=mean_scores(scores),
        score_table=score_table,
        leads=difference_table(leads),
        signs={name: count_signs(gains) for name, gains in leads.items()},
        autoencoder=difference_table(coded),
        changes=change_tables(scores),
        draws=table[table.method.isin(CHANGES)].value_counts([*PLACE, "method"]),
        priors=prior_table(table),
        seconds=least_seconds(table),
        gain=lambda method, other, labels: spread(minus(method, other), labels),
    )


def with_titles(table):
    """Return the table in the order of the page, with titles of numbers of labels."""
    table = table.sort_values(["data", "labels", "seed"])
    titles = [
        f"all {n_labels:,} labels" if n_labels < labels else f"{labels:,} labels"
        for labels, n_labels in zip(table.labels, table.n_labels, strict=True)
    ]
    return table.assign(title=titles)


def present(table):
    """Return the data sets that have rows."""
    return [data for data in DATA_SETS if (table.data == data.name).any()]


def by_draw(table, metric):
    """Return a metric with a line per draw of labels and a column per method."""
    wide = table.pivot(index=[*PLACE, "seed"], columns="method", values=metric)
    return wide.reindex(columns=list(METHODS))


def differences(scores, method, other):
    """Return method minus other in average precision, of each draw that has both."""
    return (scores[method] - scores[other]).dropna()


def sign(gains):
    """Return 1 if some draws agree on a difference above 0, -1 below 0, or else 0."""
    if len(gains) < 2 or gains.min() <= 0 <= gains.max():
        return 0
    return 1 if gains.min() > 0 else -1


def difference_cell(gains):
    """Return a mean difference, in bold if all draws agree on its sign."""
    text = f"{gains.mean():+.3f}"
    return f"**{text}**" if sign(gains) else text


def cells(gains):
    """Return the cell of each place."""
    return gains.groupby(PLACE).agg(difference_cell)


def difference_table(gains):
    """Return a table with a line per place and a column per entry of `gains`."""
    table = pd.DataFrame({title: cells(gain) for title, gain in gains.items()})
    table.index = [f"{data}, {title}" for data, _, title in table.index]
    return table.fillna("")


def count_signs(gains):
    """Return in how many places a method leads, is level, and trails."""
    places = gains.groupby(PLACE)
    signs = list(places.agg(sign)[places.size() > 1])
    return {"leads": signs.count(1), "level": signs.count(0), "trails": signs.count(-1)}


def spread(gains, labels):
    """Return the least and the greatest mean difference over the data sets."""
    means = gains.groupby(PLACE).mean().xs(labels, level="labels")
    return f"{means.min():+.3f} to {means.max():+.3f}"


def mean_scores(scores):
    """Return the mean of the data sets, of the draws that all methods learnt from."""
    scores = scores[[REFERENCE, *CRITERIA]].dropna(axis=1, how="all").dropna()
    means = scores.groupby(["labels", "data"]).mean()
    n_data_sets = means.index.get_level_values("data").nunique()
    means = means.groupby("labels").filter(lambda part: len(part) == n_data_sets)
    return means.groupby("labels").mean().T


def score_table(rows, metrics):
    """Return methods by metrics, given with their titles, and numbers of labels."""
    rows = rows[rows.method.isin(COMPARED)]
    parts = [
        score_cells(rows, "title", metric).add_prefix(f"{title}<br>")
        for metric, title in metrics.items()
    ]
    return pd.concat(parts, axis=1).reindex(
        [name for name in COMPARED if name in set(rows.method)]
    )


def change_tables(scores):
    """Yield what each change of a default does, a table per number of labels."""
    gains = {name: cells(differences(scores, name, DEFAULT)) for name in CHANGES}
    gains = pd.DataFrame(gains).fillna("")
    for labels in reversed(gains.index.unique("labels")):
        table = gains.xs(labels, level="labels").droplevel("title").T
        means = scores[DEFAULT].xs(labels, level="labels").groupby("data").mean()
        table.loc[f"{DEFAULT}, AP"] = means.map("{:.3f}".format)
        last = table.index[-1]
        table = table.loc[[last, *table.index[:-1]]].fillna("")
        yield labels, table[(table != "").any(axis=1)]


def prior_table(table):
    """Return the share of pixels on particles as estimated, over the one told."""
    priors = by_draw(table, "prior")
    ratio = (priors[ESTIMATED] / priors[DEFAULT]).dropna()
    gains = differences(by_draw(table, SCORE), ESTIMATED, DEFAULT)
    columns = {
        "estimated / told": lambda draws: f"{draws.mean():.2f}",
        "draws": lambda draws: ", ".join(f"{draw:.2f}" for draw in draws),
        "mean error": lambda draws: f"{(draws - 1).abs().mean():.0%}",
    }
    found = {title: ratio.groupby(PLACE).agg(cell) for title, cell in columns.items()}
    priors = pd.DataFrame(found | {"AP minus AP told": cells(gains)})
    priors.index = [f"{data}, {title}" for data, _, title in priors.index]
    return priors


def least_seconds(table):
    """Return what a fit and the picking take from 100 labels, the least of the draws."""
    rows = table[(table.labels == 100) & table.method.isin(TIMED)]
    least = rows.groupby(["method", "data"])[["fit_seconds", "pick_seconds"]].min()
    texts = least.round(1).astype(str).agg(" + ".join, axis=1).unstack()
    return texts.reindex([name for name in TIMED if name in texts.index]).fillna("")
