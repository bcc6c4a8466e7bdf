"""The page of the study of labels; every number and every lead is computed here."""

from functools import partial

import pandas as pd
from label_study_methods import CHANGES, CODED, CRITERIA, DEFAULT, METHODS, REFERENCE
from pages import score_cells
from picking_data import DATA_SETS

SCORE = "average_precision"
PLACE = ["data", "labels", "title"]  # a line of a table
ESTIMATED = "prior estimated"
# In the order of the page.
COMPARED = [REFERENCE, *CRITERIA, *(name + CODED for name in CRITERIA)]


def page_values(table):
    """Return what the template of the page is filled with."""
    table = with_titles(table)
    scores = by_draw(table, SCORE)
    minus = partial(differences, scores)
    others = [name for name in (*CRITERIA, REFERENCE) if name != DEFAULT]
    leads = {name: minus(DEFAULT, name) for name in others}
    coded = {name: minus(name + CODED, name) for name in CRITERIA}
    for name, start in {"1,000 updates": f"{DEFAULT}, ", "as in the paper": ""}.items():
        coded[start + name] = minus(name + CODED, name)
    present = [data for data in DATA_SETS if data.name in set(table.data)]
    return {
        "is_complete": set(METHODS) == set(table.method) and len(present) == 4,
        "default": DEFAULT,
        "reference": REFERENCE,
        "seeds": sorted(table.seed.unique()),
        "data_sets": [(data, table[table.data == data.name]) for data in present],
        "means": mean_scores(scores),
        "score_table": score_table,
        "leads": difference_table(leads),
        "signs": {name: count_signs(gains) for name, gains in leads.items()},
        "autoencoder": difference_table(coded),
        "changes": change_tables(scores),
        "draws": table[table.method.isin(CHANGES)].value_counts([*PLACE, "method"]),
        "priors": prior_table(table),
        "seconds": least_seconds(table),
        "gain": lambda *names, labels: spread(minus(*names), labels),
    }


def with_titles(table):
    """Return the table in the order of the page, with titles of numbers of labels."""
    table = table.sort_values(["data", "labels", "seed"])
    found = table.n_labels.map("all {:,} labels".format)
    asked = table.labels.map("{:,} labels".format)
    return table.assign(title=asked.where(table.n_labels == table.labels, found))


def by_draw(table, metric):
    """Return a metric with a line per draw of labels and a column per method."""
    wide = table.pivot(index=[*PLACE, "seed"], columns="method", values=metric)
    return wide.reindex(columns=METHODS)


def differences(scores, method, other):
    """Return method minus other in average precision, of each draw that has both."""
    return (scores[method] - scores[other]).dropna()


def sign(gains):
    """Return 1 if some draws agree on a difference above 0, -1 below 0, or else 0."""
    if len(gains) < 2 or gains.min() <= 0 <= gains.max():
        return 0
    return 1 if gains.min() > 0 else -1


def cells(gains):
    """Return the mean difference of places, in bold if all draws agree on its sign."""

    def cell(gains):
        text = f"{gains.mean():+.3f}"
        return f"**{text}**" if sign(gains) else text

    return gains.groupby(PLACE).agg(cell)


def with_names(frame):
    """Return a table whose lines are named by their places."""
    names = [f"{data}, {title}" for data, _, title in frame.index]
    return frame.set_axis(names)


def difference_table(gains):
    """Return a table with a line per place and a column per entry of `gains`."""
    return with_names(pd.DataFrame({name: cells(gain) for name, gain in gains.items()}))


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
    means = scores.groupby(["labels", "data"]).mean().groupby("labels")
    is_complete = means.size() == means.size().max()
    return means.mean()[is_complete].T


def score_table(rows, metrics):
    """Return methods by metrics, given with their titles, and numbers of labels."""
    tables = [
        score_cells(rows[rows.method.isin(COMPARED)], "title", metric).add_prefix(title)
        for metric, title in metrics.items()
    ]
    table = pd.concat(tables, axis=1)
    return table.reindex([name for name in COMPARED if name in table.index])


def change_tables(scores):
    """Yield what each change of a default does, a table per number of labels."""
    gains = {name: cells(differences(scores, name, DEFAULT)) for name in CHANGES}
    gains = pd.DataFrame(gains).reset_index("title", drop=True)
    means = scores[DEFAULT].groupby(["data", "labels"]).mean().map("{:.3f}".format)
    gains.insert(0, f"{DEFAULT}, AP", means)
    for labels in reversed(gains.index.unique("labels")):
        table = gains.xs(labels, level="labels").T
        yield labels, table.dropna(how="all")


def prior_table(table):
    """Return the share of pixels on particles as estimated, over the one told."""
    priors = by_draw(table, "prior")
    ratio = (priors[ESTIMATED] / priors[DEFAULT]).dropna().groupby(PLACE)
    gains = differences(by_draw(table, SCORE), ESTIMATED, DEFAULT)
    columns = {
        "estimated / told": ratio.agg(lambda draws: f"{draws.mean():.2f}"),
        "draws": ratio.agg(lambda draws: ", ".join(map("{:.2f}".format, draws))),
        "mean error": ratio.agg(lambda draws: f"{(draws - 1).abs().mean():.0%}"),
        "AP minus AP told": cells(gains),
    }
    return with_names(pd.DataFrame(columns))


def least_seconds(table):
    """Return the least of the draws that a fit and the picking take from 100 labels."""
    timed = [*COMPARED, ESTIMATED, "no halving"]  # other changes take as long
    rows = table[(table.labels == 100) & table.method.isin(timed)]
    least = rows.groupby(["method", "data"])[["fit_seconds", "pick_seconds"]].min()
    texts = least.round(1).astype(str).agg(" + ".join, axis=1).unstack()
    return texts.reindex([name for name in timed if name in texts.index])
