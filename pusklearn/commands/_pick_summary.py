"""What came out of a run of picking: a table, and the sum."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from pusklearn.commands._expected_quality import describe_quality, n_right
from pusklearn.commands._general_model import GENERAL
from pusklearn.commands._output import table_row
from pusklearn.commands._pick_files import JOINED
from pusklearn.commands._pick_journal import Entry
from pusklearn.commands._plural import count, in_words

OF_SIMULATION = (
    "The general network knows this from simulation; on your micrographs it may be off."
)
# More rows of a table are not shown on the screen.
MOST_ROWS = 20
# The files for all micrographs. The other formats have none.
NAMES = {"relion": "autopick.star"} | {
    format: f"picks.{suffix}" for format, suffix in JOINED.items()
}


def summary(
    entries: Sequence[Entry],
    seconds: float,
    expected: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return what came out of a run, for its record.

    Parameters
    ----------
    entries : sequence of Entry
        The picks of each micrograph.
    seconds : float
        How long the run took.
    expected : mapping or None, default=None
        What `quality_of` has found; None if the scores are no probabilities.
    """
    used = [entry for entry in entries if entry.error is None]
    sizes = {entry.pixel_size for entry in used}
    return {
        "state": "finished",
        "threshold_value": threshold_of(entries),
        "pixel_size": sizes.pop() if len(sizes) == 1 else None,
        "n_micrographs": len(entries),
        "n_failed": len(entries) - len(used),
        "n_picks": sum(entry.n_picks for entry in used),
        "expected": expected,
        "seconds": round(seconds, 1),
        "micrographs": [
            {
                "path": entry.path or entry.name,
                "picks": None if entry.error is not None else entry.n_picks,
                "right_picks": None
                if expected is None or entry.error is not None
                else round(n_right(entry.points), 2),
                "pixel_size": entry.pixel_size,
                "error": entry.error,
                "warnings": entry.warnings,
            }
            for entry in entries
        ],
    }


def threshold_of(entries: Sequence[Entry]) -> float | None:
    """Return the threshold of a run, None if every peak is a pick."""
    return next(entry.threshold for entry in entries if entry.error is None)


def describe(record: Mapping[str, Any], folder: Path) -> Iterator[str]:
    """Yield lines that say what came out of a run: a table, and the sum."""
    rows = record["micrographs"]
    failed = [row for row in rows if row["error"] is not None]
    shown = rows if len(rows) <= MOST_ROWS else failed[:MOST_ROWS]
    if shown:
        yield f"{'picks':>7}  micrograph"
    for row in shown:
        if row["error"] is None:
            yield table_row(f"{row['picks']:7d}  ", row["path"])
        else:
            yield f"{'failed':>7}  {row['path']}: {row['error']}"
    if len(failed) > MOST_ROWS and len(rows) > MOST_ROWS:
        yield f"         and {len(failed) - MOST_ROWS} more that failed"
    counts = [row["picks"] for row in rows if row["error"] is None]
    value = record["threshold_value"]
    above = "every peak" if value is None else f"scores above {value:.4g}"
    yield (
        f"{count(record['n_picks'], 'pick')} in {count(len(counts), 'micrograph')} "
        f"({min(counts)} to "
        f"{max(counts)} in each, the median is {median(counts):g}); "
        f"threshold {record['threshold']}: {above}."
    )
    yield from describe_quality(record["expected"])
    if record["model"] == GENERAL and record["expected"] is not None:
        yield OF_SIMULATION
    if failed:
        yield f"{len(failed)} of {len(rows)} micrographs failed."
    name = NAMES.get(record["format"], "")
    written = [os.path.join(folder, name), folder / "run.json"]
    if record["report"] is not None:
        written.insert(1, folder / record["report"])
    yield f"Wrote {in_words(written)}."
