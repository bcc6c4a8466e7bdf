"""Studies whose rows are added to a CSV file one by one, so that they can be stopped.

The first columns of a table, up to the seed, name a run; the next one is its score.
"""

import argparse
import csv
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from joblib import Parallel, delayed
from pages import DOCS, read_conditions, save_conditions


def data_folder():
    """Return the folder of real data, where the tests look for it, too."""
    root = os.environ.get("PUSKLEARN_DATA")
    return Path(root or Path(__file__).parents[2] / "shared" / "data")


def study_parser(description, *, jobs):
    """Return a parser of the options that all studies have."""
    parser = argparse.ArgumentParser(description=description.split("\n")[0])
    parser.add_argument("--out", type=Path, help="folder of the table and the page")
    parser.add_argument("--methods", default="", help="regular expression of names")
    parser.add_argument("--seeds", type=int, default=3, help="number of draws")
    parser.add_argument("--jobs", type=int, default=jobs, help="fits at a time")
    parser.add_argument("--quick", action="store_true", help="a small run")
    parser.add_argument("--fresh", action="store_true", help="drop these rows first")
    parser.add_argument("--report", action="store_true", help="run nothing")
    return parser


def carry_out(name, columns, plan, run, report, options):
    """Run what is planned and has no row yet, then write the page and the plots.

    `plan` is a list of tuples that name a run, `run` a function of such values that
    returns a row, and `report` a function of the table, the conditions and the folder
    to write to. A quick run without ``--out`` prints the page and leaves no file.
    """
    # Two fits of one thread each take less time than one after the other.
    os.environ["OMP_NUM_THREADS"] = "1"
    with TemporaryDirectory() as temporary:
        out = options.out or (Path(temporary) if options.quick else DOCS)
        out.mkdir(parents=True, exist_ok=True)
        path = out / f"{name}.csv"
        if options.fresh:
            drop_rows(path, plan)
        if not options.report:
            run_missing(path, columns, plan, run, options.jobs)
        table = pd.read_csv(path) if path.exists() else pd.DataFrame(columns=columns)
        report(table, read_conditions(path), out)
        if out == Path(temporary):
            print((out / f"{name}.md").read_text())


def run_missing(path, columns, plan, run, jobs):
    """Run what has no row in the file yet, and add each row as soon as it is there."""
    n_names = columns.index("seed") + 1
    done = {tuple(row[:n_names]) for row in read_text(path)}
    todo = [names for names in plan if as_text(names) not in done]
    if not todo:
        return
    if not path.exists():
        append(path, [columns])
    save_conditions(path)
    rows = Parallel(jobs, return_as="generator_unordered")(
        delayed(run)(*names) for names in todo
    )
    for i, row in enumerate(rows, 1):
        append(path, [row])
        progress = f"{i} of {len(todo)}: {', '.join(map(str, row[:n_names]))}"
        print(f"{progress}: {row[n_names]:.4f}", file=sys.stderr, flush=True)


def drop_rows(path, plan):
    """Take the rows of a plan out of the file."""
    rows = read_text(path)
    if rows and plan:
        planned = {as_text(names) for names in plan}
        path.unlink()
        append(path, [row for row in rows if tuple(row[: len(plan[0])]) not in planned])


def read_text(path):
    """Return the rows of the file, with its header, as lists of texts."""
    if not path.exists():
        return []
    with path.open(newline="") as file:
        return list(csv.reader(file))


def as_text(names):
    return tuple(map(str, names))


def append(path, rows):
    with path.open("a", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
