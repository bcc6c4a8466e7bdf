"""What the pages share: templates, tables in Markdown, and the conditions of a run."""

import json
import os
import platform
from importlib.metadata import distributions
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

DOCS = Path(__file__).parents[1] / "docs"
STYLE = Path(__file__).with_name("style.mplstyle")  # of plots
PACKAGES = {
    *("pusklearn", "numpy", "scipy", "scikit-learn", "torch", "skorch"),
    *("pulearn", "pu-toolbox"),
}
TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    undefined=StrictUndefined,
    trim_blocks=True,
    keep_trailing_newline=True,
)


def write_page(path, **values):
    """Write a page: the template of its name with its placeholders filled."""
    path.write_text(TEMPLATES.get_template(path.name).render(values))


def score_cells(rows, columns, metric, ceiling=None):
    """Return a frame of texts: mean ± standard deviation of methods (the index).

    The best mean of a column is in bold; `ceiling` is not compared.
    """
    groups = rows.groupby(["method", columns], sort=False)[metric]
    mean, spread = (part.unstack() for part in (groups.mean(), groups.std()))
    texts = mean.map("{:.3f}".format, "ignore")
    best = mean[mean.index != ceiling].max().map("{:.3f}".format)
    is_best = texts.eq(best) & (texts.index != ceiling)[:, None]
    texts = texts.mask(is_best, "**" + texts + "**")
    texts += (" ± " + spread.map("{:.3f}".format)).where(spread.notna(), "")
    texts[groups.count().unstack() == 0] = "fails"
    return texts[rows[columns].unique()]


def save_conditions(table, **more):
    """Write beside a table with what, and on which machine, it is measured."""
    found = {package.name: package.version for package in distributions()}
    versions = {name: found[name] for name in sorted(PACKAGES & found.keys())}
    conditions = {
        "processor": processor(),
        "cores": os.cpu_count(),
        # The version of a package that is not installed is that of an earlier run.
        "versions": read_conditions(table).get("versions", {})
        | {"Python": platform.python_version()}
        | versions,
    }
    text = json.dumps(conditions | more, indent=2)
    table.with_suffix(".json").write_text(text + "\n")


def read_conditions(table):
    """Return what was written beside a table, an empty dictionary if nothing was."""
    path = table.with_suffix(".json")
    return json.loads(path.read_text()) if path.exists() else {}


def processor():
    """Return the name of the processor."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2] for line in lines if line.startswith("model name")]
    return names[0].strip() if names else platform.processor()
