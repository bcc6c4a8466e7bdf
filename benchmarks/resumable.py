"""Command lines, and studies that add rows to a CSV file and can be stopped."""

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

from pusklearn.commands._cluster import connected
from pusklearn.commands._pick import cluster_of

# Where the tests look for real data, too.
DATA = Path(os.environ.get("PUSKLEARN_DATA") or DOCS.parents[1] / "shared" / "data")


def whole_path(text):
    """Return a path that is the same for processes that work in other folders."""
    return Path(text).absolute()


# Options of command lines, of kinds that come again.
FLAG = {"action": "store_true"}
NUMBER = {"type": int}
FOLDER = {"type": whole_path}
NAMES = {"default": "", "help": "regular expression of names"}
# What all scripts with a page have, and what all studies have.
PAGE_OPTIONS = {
    "--out": FOLDER | {"help": "folder of the table and the page"},
    "--quick": FLAG | {"help": "measure something small"},
    "--report": FLAG | {"help": "measure nothing"},
}
STUDY_OPTIONS = PAGE_OPTIONS | {
    "--methods": NAMES,
    "--seeds": NUMBER | {"default": 3, "help": "number of draws"},
    "--jobs": NUMBER | {"default": 1, "help": "fits at a time"},
    "--dask": {"metavar": "ADDRESS", "help": "run the fits on this dask cluster"},
    "--scheduler-file": FOLDER | {"help": "the same, by the file of its scheduler"},
}


def parse(argv, description, options):
    """Return the options of a command line, each given with those of argparse."""
    parser = argparse.ArgumentParser(description=description)
    for name, keywords in options.items():
        parser.add_argument(name, **keywords)
    return parser.parse_args(argv)


@contextmanager
def output_folder(options, page):
    """Give the folder to write to: ``--out``, or that of the pages.

    A quick run without ``--out`` prints its page and leaves no file.
    """
    with TemporaryDirectory() as temporary:
        out = options.out or Path(temporary if options.quick else DOCS)
        (out / page).parent.mkdir(parents=True, exist_ok=True)
        yield out
        if out == Path(temporary):
            print((out / page).read_text())


def carry_out(name, columns, plan, run, report, options, folder="."):
    """Run what is planned and has no row yet, then write the page and the plots.

    `plan` is a list of tuples, the values of the columns up to the seed; `run` is a
    function of such values that returns a row, with a score next, or several rows in a
    list; `report` is one of the table, the conditions and the folder to write to;
    `folder` is the one of the page in there.
    """
    # Two fits of one thread each take less time than one after the other.
    os.environ["OMP_NUM_THREADS"] = "1"
    n_names = columns.index("seed") + 1
    with output_folder(options, f"{folder}/{name}.md") as out:
        path = out / f"{name}.csv"
        if not path.exists():
            append(path, columns)
        with path.open(newline="") as file:
            done = {tuple(row[:n_names]) for row in csv.reader(file)}
        todo = [names for names in plan if tuple(map(str, names)) not in done]
        if todo and not options.report:
            save_conditions(path)
            for i, found in enumerate(results(run, todo, options), 1):
                rows = found if isinstance(found[0], list) else [found]
                append(path, *rows)
                print(f"{i} of {len(todo)}:", *rows[0][: n_names + 1], file=sys.stderr)
        report(pd.read_csv(path), read_conditions(path), out)


def results(run, todo, options):
    """Yield what runs return, as they end: in processes, or on a dask cluster."""
    cluster = cluster_of(options.dask, options.scheduler_file, None, has_jobs=False)
    if cluster is None:
        calls = (delayed(run)(*names) for names in todo)
        yield from Parallel(options.jobs, return_as="generator_unordered")(calls)
        return
    from distributed import as_completed

    with connected(cluster) as client:
        client.wait_for_workers(1, timeout=cluster.wait)
        # Other than joblib, this does not wait for a run of which every worker dies.
        futures = client.map(run, *zip(*todo, strict=True), pure=False)
        for future in as_completed(futures, loop=client.loop):
            yield future.result()


def append(path, *rows):
    with path.open("a", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
