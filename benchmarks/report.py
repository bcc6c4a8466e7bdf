"""All rows of the report on speed in one run, of less than 5 minutes on 2 cores.

    python benchmarks/report.py [--dry]

Prints the table, and writes it with the versions and the processor into
``docs/performance.md``; ``--dry`` leaves the page as it is. Each file that is named
``*_speed.py`` can be run alone, too.
"""

import argparse
import platform
import time
from importlib import import_module
from importlib.metadata import version

import joblib
import torch
from resumable import DOCS, processor
from speed_row import as_table

PAGE = DOCS / "performance.md"
PARTS = (
    "training",
    "quick_learning",
    "dense",
    "normalisation",
    "peaks",
    "matching",
)
PACKAGES = ("numpy", "scipy", "scikit-learn", "torch", "skorch")


def measure():
    """Return the rows of every part."""
    rows = []
    for part in PARTS:
        start = time.perf_counter()
        rows += import_module(f"{part}_speed").measure()
        print(f"{part}: {time.perf_counter() - start:.0f} s", flush=True)
    return rows


def machine():
    """Say in one sentence each what ran, and on what."""
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    lines = [
        f"Processor: {processor()}, {joblib.cpu_count()} cores, "
        f"torch.get_num_threads() = {torch.get_num_threads()}.",
        f"Versions: Python {platform.python_version()}, {versions}.",
    ]
    if torch.cuda.is_available():
        lines.insert(1, f"GPU: {torch.cuda.get_device_name()}.")
    return "\n".join(lines)


def save(section, text):
    """Write text between the marks of a section of the page."""
    page = PAGE.read_text()
    start, end = f"<!-- {section} -->\n", f"<!-- end of {section} -->\n"
    before, _, rest = page.partition(start)
    _, _, after = rest.partition(end)
    PAGE.write_text(f"{before}{start}\n{text}\n{end}{after}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--dry", action="store_true", help="write no file")
    options = parser.parse_args()
    text = f"{as_table(measure())}\n{machine()}\n"
    print(text)
    if not options.dry:
        save("speed", text)
