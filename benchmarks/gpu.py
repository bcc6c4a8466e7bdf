"""What a GPU gives: the same scores, how fast, and what it waits for, in 8 minutes.

A case is a function that yields rows of the table: what is measured, the value, its
unit, a value to compare with, and what else there is to say. The template ``gpu.md``
tells what they mean. A case that fails takes nothing from the others.
"""

import time
import traceback

import gpu_cases as cases
import pandas as pd
import torch
from pages import read_conditions, save_conditions, write_page
from resumable import PAGE_OPTIONS, output_folder, parse

COLUMNS = ["case", "work", "value", "unit", "reference", "answers"]
# The seconds that a case may take; one for which there is no time left is left out.
CASES = {
    "tests": (cases.tests, 150),
    "scores": (cases.scores, 40),
    "training": (cases.training, 60),
    "epoch": (cases.epoch, 30),
    "picking": (cases.picking, 60),
    "memory": (cases.memory, 20),
    "compiled": (cases.compiled, 120),
    # An error while a graph is recorded may spoil what comes after.
    "graphs": (cases.graphs, 30),
}
NO_RESULT = "no result"
NAMES = {"nargs": "+", "choices": CASES, "default": [*CASES]}
MINUTES = {"type": float, "default": 8.0, "help": "no case begins that may take longer"}


def find_device(quick):
    """Return the GPU, or the CPU for a quick run without one."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    if quick:
        return torch.device("cpu")
    raise SystemExit(
        "There is no NVIDIA GPU here. With --quick, something small is measured on the "
        "CPU, so that the script itself can be tested."
    )


def run_case(name, device, quick):
    """Return the rows of a case, and whether it ended in good order."""
    rows = []
    try:
        for row in CASES[name][0](device, quick):
            rows.append((name, *row))
            print(*rows[-1], sep=" | ", flush=True)
    except Exception as error:
        traceback.print_exc()
        what = f"{type(error).__name__}: {error}"
        rows.append((name, NO_RESULT, None, "", None, what))
        return rows, False
    return rows, True


def run_cases(path, options):
    """Run the cases in turn, add their rows to the table, and return which failed."""
    device, failed, start = find_device(options.quick), [], time.perf_counter()
    seconds = read_conditions(path).get("seconds", {})
    for name in options.cases:
        began = time.perf_counter()
        if began - start + CASES[name][1] > 60 * options.minutes:
            print(f"{name} is left out: there is no time for it.", flush=True)
            continue
        rows, is_good = run_case(name, device, options.quick)
        seconds[name] = round(time.perf_counter() - began, 1)
        failed += [] if is_good else [name]
        table = pd.DataFrame(rows, columns=COLUMNS)
        if path.exists():
            known = pd.read_csv(path)
            table = pd.concat([known[known.case != name], table])
        table.to_csv(path, index=False, float_format="%.4g")
        save_conditions(
            path,
            device=cases.name_of(device),
            quick=options.quick,
            cuda=torch.version.cuda,
            threads=torch.get_num_threads(),
            seconds=seconds,
        )
    return failed


def report(folder):
    """Fill the page from its table, which need not be there."""
    path = folder / "gpu.csv"
    rows, errors = {name: [] for name in CASES}, []
    if path.exists():
        table = pd.read_csv(path, keep_default_na=False, na_values={"value": [""]})
        table["reference"] = pd.to_numeric(table["reference"], errors="coerce")
        for row in table.itertuples():
            (errors if row.work == NO_RESULT else rows[row.case]).append(row)
    conditions = read_conditions(path)
    write_page(folder / "gpu.md", rows=rows, errors=errors, conditions=conditions)


def main(argv=None):
    more = {"--cases": NAMES, "--minutes": MINUTES}
    options = parse(argv, __doc__, PAGE_OPTIONS | more)
    with output_folder(options, "gpu.md") as out:
        failed = [] if options.report else run_cases(out / "gpu.csv", options)
        report(out)
    if failed:
        raise SystemExit(f"These cases failed: {', '.join(failed)}.")


if __name__ == "__main__":
    main()
