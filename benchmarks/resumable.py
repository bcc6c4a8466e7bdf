"""Studies that add rows to a CSV file one by one, so that they can be stopped."""

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

# Where the tests look for real data, too.
SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"
DATA = Path(os.environ.get("PUSKLEARN_DATA") or SHARED_DATA)


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
    return parser


@contextmanager
def output_folder(options, page):
    """Give the folder to write to: ``--out``, or that of the pages.

    A quick run without ``--out`` prints its page and leaves no file.
    """
    with TemporaryDirectory() as temporary:
        out = options.out or Path(temporary if options.quick else DOCS)
        out.mkdir(parents=True, exist_ok=True)
        yield out
        if out == Path(temporary):
            print((out / page).read_text())


def carry_out(name, columns, plan, run, report, options):
    """Run what is planned and has no row yet, then write the page and the plots.

    `plan` is a list of tuples, the values of the columns up to the seed; `run` is a
    function of such values that returns a row, with a score next; `report` is one of
    the table, the conditions and the folder to write to.
    """
    # Two fits of one thread each take less time than one after the other.
    os.environ["OMP_NUM_THREADS"] = "1"
    n_names = columns.index("seed") + 1
    with output_folder(options, f"{name}.md") as out:
        path = out / f"{name}.csv"
        if not path.exists():
            append(path, columns)
        with path.open(newline="") as file:
            done = {tuple(row[:n_names]) for row in csv.reader(file)}
        todo = [names for names in plan if tuple(map(str, names)) not in done]
        if todo and not options.report:
            save_conditions(path)
            calls = (delayed(run)(*names) for names in todo)
            rows = Parallel(options.jobs, return_as="generator_unordered")(calls)
            for i, row in enumerate(rows, 1):
                append(path, row)
                print(f"{i} of {len(todo)}:", *row[: n_names + 1], file=sys.stderr)
        report(pd.read_csv(path), read_conditions(path), out)


def append(path, row):
    with path.open("a", newline="") as file:
        csv.writer(file, lineterminator="\n").writerow(row)
