"""Runs whose rows are added to a CSV file one by one, so that they can be stopped."""

import csv
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path

import pandas as pd
from joblib import Parallel, delayed

DOCS = Path(__file__).parents[1] / "docs"


def data_folder():
    """Return the folder of data where the tests look for it."""
    root = os.environ.get("PUSKLEARN_DATA")
    return Path(root or Path(__file__).parents[2] / "shared" / "data")


def read_rows(path, columns, **dtypes):
    """Return the table so far."""
    if path is None or not path.exists():
        return pd.DataFrame(columns=columns)
    # A file of an earlier version may lack a column.
    return pd.read_csv(path, dtype=dtypes).reindex(columns=columns)


def drop_rows(path, columns, drop, **dtypes):
    """Take the rows out of the file for which a function of the table is true."""
    if path.exists():
        dropped = drop(read_rows(path, columns, **dtypes))
        # As text, so that the rows that stay keep every digit.
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        table[~dropped].to_csv(path, index=False)


def run_all(run, todo, columns, n_names, jobs, path=None):
    """Run what is to be run, add each row to the file, and return the rows.

    `run` takes the values of an entry of `todo` and returns a row: `n_names` values
    that name it, a score, and the rest.
    """
    rows = []
    results = Parallel(jobs, return_as="generator_unordered")(
        delayed(run)(*what) for what in todo
    )
    for i, row in enumerate(results, 1):
        rows.append(row)
        if path is not None:
            append(row, path, columns)
        progress = f"{i} of {len(todo)}: {', '.join(map(str, row[:n_names]))}"
        print(f"{progress}: {row[n_names]:.4f}", file=sys.stderr, flush=True)
    return pd.DataFrame(rows, columns=columns)


def append(row, path, columns):
    is_new = not path.exists()
    with path.open("a", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        if is_new:
            writer.writerow(columns)
        writer.writerow(row)


def versions(*packages):
    """Return the versions of Python and of packages."""
    found = [f"{name} {version(name)}" for name in packages]
    return f"Python {platform.python_version()}, {', '.join(found)}"


def processor():
    """Return the name of the processor."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
