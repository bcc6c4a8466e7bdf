"""What is in a file: what the subcommand ``info`` tells."""

import json
import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pusklearn import io
from pusklearn.commands._coordinate_paths import read_all
from pusklearn.commands._expected_quality import (
    LOG_ODDS,
    is_calibrated,
    meaning_of_scores,
    promises,
)
from pusklearn.commands._general_model import GENERAL
from pusklearn.commands._plural import count
from pusklearn.commands._run_description import describe_run
from pusklearn.micrographs.io._corrections_file import VERDICTS, is_corrections
from pusklearn.micrographs.io._header_pixel_size import header_pixel_size
from pusklearn.micrographs.io._list_files import list_files
from pusklearn.micrographs.peaks._without_training import has_no_maps

IMAGES = (".mrc", ".mrcs", ".map", ".tif", ".tiff", ".gz", ".bz2", ".eer")
LISTS = (".star", ".cs")
FORMATS = {
    ".box": "EMAN1 (.box)",
    ".cbox": "crYOLO (.cbox)",
    ".cs": "cryoSPARC (.cs)",
    ".csv": "table with commas (.csv)",
    ".json": "EMAN2 (_info.json)",
    ".mod": "IMOD (.mod)",
    ".star": "RELION (.star)",
}
MOST_SHOWN = 3
# By the pixel size in a header, what is wrong with it.
DOUBTS: dict[float | None, str] = {
    0.0: "the header gives a pixel size of 0, which is none",
    1.0: "the header gives a pixel size of exactly 1, as programs do that do not know "
    "it",
}
# The diameter of a particle is 2.5 times the least distance of two picks, see
# `make_picker`.
DIAMETERS_PER_RADIUS = 2.5


def describe_file(path: str | os.PathLike) -> dict[str, Any]:
    """Return what is in a file.

    Parameters
    ----------
    path : str or path-like
        A micrograph, a list of micrographs, coordinates, a model or a ``run.json``; or
        the word "general", which stands for the network that comes with pusklearn.

    Returns
    -------
    dict
        The keys ``file`` and ``kind``, and what is to be told of such a file; None
        stands for what is not known.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file cannot be read.
    """
    if path == GENERAL:
        return {"file": GENERAL, "kind": "general network"} | describe_general()
    file = Path(path)
    if not file.exists():
        raise FileNotFoundError(f"There is no file or folder {file}.")
    kind, facts = _look_at(file)
    return {"file": str(path), "kind": kind} | facts


def _look_at(file):
    suffix = file.suffix.lower()
    if file.is_file() and suffix in IMAGES:
        return "micrograph", describe_micrograph(file)
    if file.is_file() and zipfile.is_zipfile(file):
        return "model", describe_model(file)
    if file.is_file() and is_corrections(file):
        return "corrections", describe_corrections(file)
    if suffix == ".json" and (record := _record_in(file)):
        return "run of pusklearn", describe_run(record)
    if file.is_dir() or suffix in LISTS:
        return _look_at_many(file)
    return "coordinates", describe_coordinates(file)


def _record_in(file):
    """Return the record of a run, or None if the file holds something else."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        return None
    is_record = isinstance(content, dict) and "pusklearn" in content
    return content if is_record else None


def _look_at_many(file):
    """Describe coordinates, or else micrographs, in a table or a folder."""
    try:
        return "coordinates", describe_coordinates(file)
    except ValueError as error:
        try:
            kind = "folder" if file.is_dir() else "list"
            return f"{kind} of micrographs", describe_list(file)
        except ValueError:
            raise error from None


def describe_micrograph(path: Path) -> dict[str, Any]:
    """Return the size, the pixel size and the statistics of a micrograph."""
    micrograph = io.read_micrograph(path)
    pixels = np.asarray(micrograph)
    there = pixels[np.isfinite(pixels)].astype(np.float64)
    facts: dict[str, Any] = {
        "height": micrograph.shape[0],
        "width": micrograph.shape[1],
        "pixel_size": _or_none(micrograph.pixel_size),
        "numbers": str(pixels.dtype),
    } | _doubt(path, micrograph)
    if len(there):
        facts |= {
            "least": float(there.min()),
            "greatest": float(there.max()),
            "mean": float(there.mean()),
            "standard_deviation": float(there.std()),
        }
    n_missing = pixels.size - len(there)
    return facts | ({"missing_pixels": n_missing} if n_missing else {})


def _doubt(path, micrograph):
    """Return what is wrong with a pixel size that a header alone tells."""
    said = DOUBTS.get(micrograph.pixel_size or header_pixel_size(path))
    return {"in_doubt": said} if said else {}


def _or_none(value):
    return None if value is None else float(value)


def describe_corrections(path: Path) -> dict[str, Any]:
    """Return how many picks are right, wrong and missed, and in which micrographs."""
    table = io.read_corrections(path)
    names = list(dict.fromkeys(table["micrograph"]))
    counts = {verdict: int((table["verdict"] == verdict).sum()) for verdict in VERDICTS}
    return {"micrographs": len(names)} | counts | {"first": names[:MOST_SHOWN]}


def describe_list(path: Path) -> dict[str, Any]:
    """Return how many micrographs a file lists, or a folder has, and which."""
    files = list_files(path, "micrograph", "warn")
    if path.is_dir():
        micrograph = io.read_micrograph(files[0])
        return {
            "micrographs": len(files),
            "pixel_size_of_first": _or_none(micrograph.pixel_size),
            "first": [Path(file).name for file in files[:MOST_SHOWN]],
        } | _doubt(Path(files[0]), micrograph)
    sizes = sorted({getattr(file, "pixel_size", None) or 0.0 for file in files} - {0.0})
    names = [str(getattr(file, "listed", file)) for file in files]
    n_missing = sum(not os.path.isfile(file) for file in files)
    return {
        "micrographs": len(files),
        "pixel_size": sizes[0] if len(sizes) == 1 else sizes or None,
        "first": names[:MOST_SHOWN],
        "missing_files": n_missing or None,
    }


def describe_coordinates(path: Path) -> dict[str, Any]:
    """Return the format of a file of coordinates, and the range of its columns."""
    table = read_all([path])
    owners = table["micrograph"]
    counts = owners.value_counts()
    scores = table.get("score", pd.Series(dtype=float)).dropna()
    return {
        "format": _format_of(path),
        "coordinates": len(table),
        "micrographs": len(counts),
        "per_micrograph": _range(counts.to_numpy()),
        "x": _range(table["x"]),
        "y": _range(table["y"]),
        "score": _range(scores),
        "without_score": (len(table) - len(scores)) or None,
        "first": list(dict.fromkeys(owners))[:MOST_SHOWN],
    }


def _format_of(path):
    if path.is_dir():
        return "folder"
    return FORMATS.get(path.suffix.lower(), "table")


def _range(values):
    """Return the least and the greatest value, or None if there is none."""
    if not len(values):
        return None
    return {"least": np.min(values).item(), "greatest": np.max(values).item()}


def describe_model(path: Path) -> dict[str, Any]:
    """Return what a model was trained for, and what it expects."""
    from pusklearn.micrographs.images._lengths import in_words, scaled_length
    from pusklearn.saving._check_archive import MANIFEST
    from pusklearn.saving._load import load

    estimator = load(path)  # It has checked the file.
    with zipfile.ZipFile(path) as archive:
        manifest = json.loads(archive.read(MANIFEST))
    steps = getattr(estimator, "named_steps", {})
    facts: dict[str, Any] = {"estimator": type(estimator).__name__}
    if {"downsample", "score", "extract"} <= set(steps):
        scorer, extractor = steps["score"], steps["extract"]
        facts = {
            "estimator": "picker",
            "diameter": in_words(scaled_length(extractor.radius, DIAMETERS_PER_RADIUS)),
            "downsample": steps["downsample"].factor,
            "threshold_rule": extractor.threshold,
        }
        if hasattr(scorer, "classifier_"):
            facts |= _facts_of_training(scorer, extractor) | {
                "scores": meaning_of_scores(estimator),
                "calibrated": is_calibrated(estimator),
                "promises": promises(estimator) or None,
            }
    return facts | {"written_by": f"pusklearn {manifest['pusklearn']}"}


def describe_general() -> dict[str, Any]:
    """Return what the general network is."""
    from pusklearn.commands._picker_file import sha256_of
    from pusklearn.micrographs.general._general_network import read_general_network

    network = read_general_network()
    least, best, greatest = network.spans
    sizes = [f"{name}={value!r}" for name, value in network.parameters.items()]
    return {
        "network": f"{network.module}({', '.join(sizes)})",
        "weights": sum(weight.numel() for weight in network.weights.values()),
        "learnt_from": "simulated micrographs alone, without any label of yours",
        "particle_spans": f"{best:g} pixels after downsampling ({least:g} to "
        f"{greatest:g} are allowed)",
        "scores": f"{LOG_ODDS}, as far as simulation tells",
        "made_by": network.made_by or None,
        "sha256": sha256_of(GENERAL),
        "use": "pusklearn pick general MICROGRAPHS... --diameter 180A --output DIR",
    }


def _facts_of_training(scorer, extractor):
    classifier = scorer.classifier_
    network = type(getattr(classifier, "module_", classifier)).__name__
    threshold = float(extractor.threshold_)
    return {
        # Without a training, a rule is applied to what will be picked.
        "threshold": None if np.isnan(threshold) else threshold,
        "trained_on": _trained_on(extractor),
        "downsampled_pixel_size": scorer.pixel_sizes_ and scorer.pixel_sizes_.most,
        "network": f"{network}, which sees {scorer.region_size_} pixels",
        "criterion": str(getattr(classifier, "criterion", None)),
        "prior": _or_none(getattr(classifier, "prior_", None)),
        "prior_interval": _interval(getattr(classifier, "prior_interval_", None)),
        "particles_per_micrograph": _or_none(scorer.particles_per_micrograph_),
        "particles_interval": _interval(scorer.particles_per_micrograph_interval_),
    }


def _trained_on(extractor):
    if has_no_maps(extractor):
        return "simulated micrographs alone"
    labels = count(extractor.n_labels_ or 0, "label")
    return f"{labels} in {count(extractor.n_micrographs_, 'micrograph')}"


def _interval(values):
    return None if values is None else tuple(map(float, values))
