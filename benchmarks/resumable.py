"""Studies whose rows are added to a CSV file one by one, so that they can be stopped.

The first columns of a table, up to the seed, name a run; the next one is its score.
"""

import argparse
import csv
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from joblib import Parallel, delayed
from pages import DOCS, read_conditions, save_conditions


def data_folder():
    """Return the folder of real data, where the tests look for it, too."""
    root = os.environ.get("PUSKLEARN_DATA")
    return Path(root or Path(__file__).parents[2] / "shared" / "data")


def new_parser(description):
    """Return a parser of the options that all scripts with a page have."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--out", type=Path, help="folder of the table and the page")
    parser.add_argument("--quick", action="store_true", help="measure something small")
    parser.add_argument("--report", action="store_true", help="measure nothing")
    return parser


def study_parser(description, *, jobs):
    """Return a parser of the options that all studies have."""
    parser = new_parser(description)
    parser.add_argument("--methods", default="", help="regular expression of names")
    parser.add_argument("--seeds", type=int, default=3, help="number of draws")
    parser.add_argument("--jobs", type=int, default=jobs, help="fits at a time")
    parser.add_argument("--fresh", action="store_true", help="drop these rows first")
    return parser


def carry_out(name, columns, plan, run, report, options):
    """Run what is planned and has no row yet, then write the page and the plots.

    `plan` is a list of tuples that name a run, `run` a function of such values that
    returns a row, and `report` a function of the table, the conditions and the folder
    to write to.
    """
    # Two fits of one thread each take less time than one after the other.
    os.environ["OMP_NUM_THREADS"] = "1"
    with output_folder(options, f"{name}.md") as out:
        path = out / f"{name}.csv"
        if options.fresh:
            drop_rows(path, plan)
        if not options.report:
            run_missing(path, columns, plan, run, options.jobs)
        report(pd.read_csv(path), read_conditions(path), out)


@contextmanager
def output_folder(options, page):
    """Give the folder to write to: ``--out``, a temporary one, or that of the pages."""
    with TemporaryDirectory() as temporary:
        out = options.out or Path(temporary if options.quick else DOCS)
        out.mkdir(parents=True, exist_ok=True)
        yield out
        if out == Path(temporary):
            print((out / page).read_text())


def run_missing(path, columns, plan, run, jobs):
    """Run what has no row in the file yet, and add each row as soon as it is there."""
    if not path.exists():
        append(path, columns)
    n_names = columns.index("seed") + 1
    done = {tuple(row[:n_names]) for row in read_text(path)}
    todo = [names for names in plan if tuple(map(str, names)) not in done]
    if todo:
        save_conditions(path)
    rows = Parallel(jobs, return_as="generator_unordered")(
        delayed(run)(*names) for names in todo
    )
    for i, row in enumerate(rows, 1):
        append(path, row)
        progress = f"{i} of {len(todo)}: {', '.join(map(str, row[:n_names]))}"
        print(f"{progress}: {row[n_names]:.4f}", file=sys.stderr, flush=True)


def drop_rows(path, plan):
    """Take the rows of a plan out of the file."""
    if not plan or not path.exists():
        return
    planned = {tuple(map(str, names)) for names in plan}
    rows = read_text(path)
    path.unlink()
    for row in rows:
        if tuple(row[: len(plan[0])]) not in planned:
            append(path, row)


def read_text(path):
    """Return the rows of the file, with its header, as lists of texts."""
    with path.open(newline="") as file:
        return list(csv.reader(file))


def append(path, row):
    with path.open("a", newline="") as file:
        csv.writer(file, lineterminator="\n").writerow(row)
