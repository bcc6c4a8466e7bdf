"""What the subcommand ``info`` tells of a run."""

from typing import Any

from pusklearn.commands._expected_quality import LOG_ODDS


def describe_run(record: dict[str, Any]) -> dict[str, Any]:
    """Return what a run did, from its record."""
    micrographs = record.get("micrographs") or []
    failed = [one for one in micrographs if one.get("error")]
    picks = [one["picks"] for one in micrographs if one.get("picks") is not None]
    names = "command state pusklearn model format threshold threshold_value pixel_size"
    told = {name: record[name] for name in ("diameter", "count") if record.get(name)}
    return (
        {name: record.get(name) for name in names.split()}
        | told
        | {
            "micrographs": len(micrographs),
            "picks": sum(picks),
            "failed": len(failed) or None,
        }
        | _expectation(record)
    )


def _expectation(record):
    """Return what a run expects of its picks, if its scores are calibrated."""
    if "calibrated" not in record:
        return {}
    told: dict[str, Any] = {
        "scores": LOG_ODDS if record["calibrated"] else "no probabilities"
    }
    for name, value in (record.get("expected") or {}).items():
        if name != "n_picks":
            words = "expected_" + name.removeprefix("n_")
            if isinstance(value, list):
                # Nothing is known of the precision without a pick.
                value = None if None in value else tuple(value)
            told[words] = value
    return told
