"""The page of the study of labels: its tables, its numbers and its plot."""

from functools import partial

import pandas as pd
from label_study_methods import (
    CHANGES,
    CODED,
    COMPARED,
    CRITERIA,
    DEFAULT,
    GENERAL,
    REFERENCE,
    START,
)
from pages import panels, score_cells, write_page
from picking_data import DATA_SETS

SCORE = "average_precision"
PLACE = ["data", "labels", "title"]  # a line of a table
ESTIMATED = "prior estimated"
PLAIN = [GENERAL, REFERENCE, *CRITERIA, START]
# The colours of Okabe and Ito, which colour-blind readers tell apart, and lines.
LOOKS = {
    "GE-binomial": ("#D55E00", "o-"),
    "GE-KL": ("#009E73", "s--"),
    "NN-PU": ("#0072B2", "D-."),
    "PN": ("#E69F00", "^:"),
    REFERENCE: ("0.25", "X-"),
    START: ("#CC79A7", "v-"),
}
WITHOUT_LABELS = {"color": "0.25", "ls": ":", "label": f"{GENERAL}, no label"}


def report(table, conditions, folder):
    """Write the page and its plot."""
    write_page(folder / "label_study.md", conditions=conditions, **page_values(table))
    draw_plot(table, folder / "label_study_labels.png")


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
    needed = {*COMPARED, *CHANGES} - {GENERAL, START}
    return {
        "is_complete": needed <= {*table.method} and len(present) == 4,
        "default": DEFAULT,
        "reference": REFERENCE,
        "general_start": START,
        "alone": least_and_greatest(scores[GENERAL]),
        "seeds": sorted(table.seed.unique()),
        "data_sets": [(data, table[table.data == data.name]) for data in present],
        "means": mean_scores(scores),
        "title_of": title_of,
        "score_table": score_table,
        "leads": by_place({name: cells(gains) for name, gains in leads.items()}),
        "signs": {name: count_signs(gains) for name, gains in leads.items()},
        "autoencoder": by_place({name: cells(gains) for name, gains in coded.items()}),
        "start": start_table(scores),
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
    asked = table.labels.map(title_of)
    return table.assign(title=asked.where(table.n_labels == table.labels, found))


def title_of(n_labels):
    """Return a number of labels in words."""
    return f"{n_labels:,} labels" if n_labels else "no label"


def by_draw(table, metric):
    """Return a metric with a line per draw of labels and a column per method."""
    wide = table.pivot(index=[*PLACE, "seed"], columns="method", values=metric)
    return wide.reindex(columns=[*COMPARED, *CHANGES])


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


def by_place(columns):
    """Return a table of columns, whose lines are named by their places."""
    frame = pd.DataFrame(columns)
    return frame.set_axis([f"{data}, {title}" for data, _, title in frame.index])


def count_signs(gains):
    """Return in how many places a method leads, is level, and trails."""
    places = gains.groupby(PLACE)
    signs = list(places.agg(sign)[places.size() > 1])
    return {"leads": signs.count(1), "level": signs.count(0), "trails": signs.count(-1)}


def spread(gains, labels):
    """Return the least and the greatest mean difference over the data sets."""
    means = gains.groupby(PLACE).mean().xs(labels, level="labels")
    return f"{means.min():+.3f} to {means.max():+.3f}"


def least_and_greatest(scores):
    """Return the least and the greatest mean score over the data sets."""
    means = scores.groupby("data").mean()
    return f"{means.min():.3f} to {means.max():.3f}"


def mean_scores(scores):
    """Return the mean of the data sets, of the draws that all methods learnt from.

    A method that did not learn from so many labels or draws has an empty cell.
    """
    methods, data_sets = PLAIN, scores.index.unique("data")
    means = {}
    for labels, rows in scores[methods].groupby("labels"):
        counts = rows.notna().sum()
        drawn = rows.loc[:, counts == counts.max()].dropna().groupby("data").mean()
        if len(drawn) == len(data_sets):
            means[labels] = drawn.mean()
    return pd.DataFrame(means, index=methods).dropna(how="all")


def score_table(rows, metric):
    """Return a metric, a line per method and a column per number of labels."""
    rows = rows[rows.method.isin(COMPARED)]
    table = score_cells(rows, "title", metric)
    return table.reindex([name for name in COMPARED if name in table.index])


def start_table(scores):
    """Return what a start from the general network gives, a line per place."""
    gains = differences(scores, START, DEFAULT)
    means = scores.loc[gains.index, [DEFAULT, START]].groupby(PLACE).mean()
    without = scores[GENERAL].groupby("data").mean()
    errors = gains.groupby(PLACE).agg(lambda draws: draws.std() / len(draws) ** 0.5)
    columns = {
        f"{GENERAL}, no label": means.index.get_level_values("data").map(without),
        DEFAULT: means[DEFAULT],
        START: means[START],
    }
    columns = {
        name: [f"{value:.3f}" for value in values] for name, values in columns.items()
    }
    table = pd.DataFrame(columns, index=means.index)
    table["difference"] = cells(gains)
    table["standard error"] = errors.map("{:.3f}".format)
    return by_place(table)


def change_tables(scores):
    """Yield what each change of a default does, a table per number of labels."""
    gains = {name: cells(differences(scores, name, DEFAULT)) for name in CHANGES}
    gains = pd.DataFrame(gains).reset_index("title", drop=True)
    means = scores[DEFAULT].groupby(["data", "labels"]).mean()
    means = means.map("{:.3f}".format, "ignore")
    gains.insert(0, f"{DEFAULT}, AP", means)
    for labels in reversed(gains.index.unique("labels")):
        table = gains.xs(labels, level="labels").T.dropna(how="all")
        if len(table) > 1:
            yield labels, table


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
    return by_place(columns)


def least_seconds(table):
    """Return the least of the draws that a fit and the picking take from 100 labels."""
    timed = [*COMPARED, ESTIMATED, "no halving"]  # other changes take as long
    rows = table[(table.labels == 100) & table.method.isin(timed)]
    least = rows.groupby(["method", "data"])[["fit_seconds", "pick_seconds"]].min()
    texts = least.round(1).astype(str).agg(" + ".join, axis=1).unstack()
    return texts.reindex([name for name in timed if name in texts.index])


def draw_plot(table, path):
    """Draw average precision against the number of labels, a panel per data set."""
    data_sets = table[table.method.isin([*LOOKS, GENERAL])].groupby("data")
    if not len(data_sets):
        return
    with panels(path, len(data_sets), width=3, height=3.7) as axes:
        for axis, (data, rows) in zip(axes, data_sets, strict=True):
            draw_panel(axis, data, rows)
        axes[0].set_ylabel("average precision")
        names = axes[0].get_legend_handles_labels()
        axes[0].figure.legend(*names, loc="outside lower center", ncols=1 + len(LOOKS))


def draw_panel(axis, data, rows):
    """Draw a line per method, and a level one for the picker that needs no label."""
    learnt = rows[rows.method != GENERAL]
    if len(learnt):
        draw_lines(axis, learnt)
    for score in rows[SCORE][rows.method == GENERAL]:
        axis.axhline(score, **WITHOUT_LABELS)
    axis.set(title=data, xlabel="labels")


def draw_lines(axis, rows):
    """Draw a line per method; bars reach from the least to the greatest draw."""
    draws = rows.groupby(["n_labels", "method"])[SCORE]
    mean = draws.mean().unstack().reindex(columns=[*LOOKS]).dropna(axis=1, how="all")
    colors, lines = zip(*(LOOKS[name] for name in mean), strict=True)
    options = {"color": colors, "style": list(lines), "legend": False}
    mean = mean.rename(columns={DEFAULT: f"{DEFAULT} (default)"})
    mean.plot(ax=axis, logx=True, **options)
    for (n_labels, method), score in draws:
        x = n_labels * 1.06 ** (list(LOOKS).index(method) - 2)  # side by side
        color = LOOKS[method][0]
        axis.vlines(x, score.min(), score.max(), color=color, linewidth=1.2)
    axis.set_xticks(mean.index, [f"{n:,}" for n in mean.index], minor=False)
    axis.minorticks_off()
