"""What the pages share: templates, tables in Markdown, and the conditions of a run."""

import json
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

DOCS = Path(__file__).parents[1] / "docs"
TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    undefined=StrictUndefined,
    trim_blocks=True,
    keep_trailing_newline=True,
)
PACKAGES = (
    *("pusklearn", "numpy", "scipy", "scikit-learn", "torch", "skorch"),
    *("pulearn", "pu-toolbox"),
)


def fill(template, **values):
    """Return the text of a template whose placeholders are filled."""
    return TEMPLATES.get_template(template).render(values)


def markdown(titles, lines):
    """Return a table; a line is a list of cells."""
    rows = [titles, ["---"] * len(titles), *lines]
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in rows)


def score_cells(rows, methods, metric, *, ceiling=()):
    """Return mean ± standard deviation of each method, and the best mean in bold.

    The cell of a method without rows is empty. A method of `ceiling` is not compared.
    """
    groups = rows.groupby("method")[metric]
    mean, spread, n_draws = groups.mean(), groups.std(), groups.count()
    best = f"{mean.drop(list(ceiling), errors='ignore').max():.3f}"
    cells = []
    for method in methods:
        if method not in mean:
            cells.append("")
            continue
        if not n_draws[method]:
            cells.append("fails")
            continue
        cell = f"{mean[method]:.3f}"
        if cell == best and method not in ceiling:
            cell = f"**{cell}**"
        if n_draws[method] > 1:
            cell += f" ± {spread[method]:.3f}"
        cells.append(cell)
    return cells


def save_conditions(table):
    """Write beside a table what it is measured with and on.

    The version of a package that is not installed here is that of an earlier run.
    """
    path = table.with_suffix(".json")
    versions = read_conditions(table).get("versions", {})
    versions["Python"] = platform.python_version()
    for package in PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    conditions = {
        "processor": processor(),
        "cores": os.cpu_count(),
        "versions": versions,
    }
    path.write_text(json.dumps(conditions, indent=2) + "\n")


def read_conditions(table):
    """Return what was written beside a table, an empty dictionary if nothing was."""
    path = table.with_suffix(".json")
    return json.loads(path.read_text()) if path.exists() else {}


def processor():
    """Return the name of the processor."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
