"""What the pages share: templates, tables in Markdown, and the conditions of a run."""

import json
import os
import platform
from importlib.metadata import distributions
from pathlib import Path

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

DOCS = Path(__file__).parents[1] / "docs"
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


def as_table(frame, corner=""):
    """Return a frame as a table in Markdown, with its index as the first column.

    Templates call it as a filter: ``{{ frame | as_table("title") }}``.
    """
    lines = [[corner, *frame.columns], ["---"] * (1 + frame.shape[1])]
    lines += [[name, *row] for name, row in zip(frame.index, frame.values, strict=True)]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


TEMPLATES.filters["as_table"] = as_table


def score_cells(rows, columns, metric, ceiling=None):
    """Return a frame of texts: mean ± standard deviation of methods (the index).

    The best mean of a column is in bold. The cell of a method without rows is empty;
    that of a method whose runs failed says so. `ceiling` is not compared.
    """
    groups = rows.groupby([columns, "method"], sort=False)[metric]
    cells = {}
    for column, part in groups.agg(["mean", "std", "count"]).groupby(
        level=0, sort=False
    ):
        best = part["mean"].drop((column, ceiling), errors="ignore").max()
        for (_, method), (mean, spread, n_draws) in part.iterrows():
            text = f"{mean:.3f}" if n_draws else "fails"
            if text == f"{best:.3f}" and method != ceiling:
                text = f"**{text}**"
            if n_draws > 1:
                text += f" ± {spread:.3f}"
            cells.setdefault(column, {})[method] = text
    return fill_gaps(pd.DataFrame(cells))


def fill_gaps(frame):
    """Return a frame of texts that are empty where there was nothing."""
    return frame.astype(object).where(frame.notna(), "")


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
