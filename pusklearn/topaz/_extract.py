"""The subcommand ``extract``: its options."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pusklearn.topaz._arguments import (
    Option,
    find_fault_of_scales,
    finite,
    first_number,
    number,
    parse,
)
from pusklearn.topaz._messages import NAME, say
from pusklearn.topaz._resources import find_threads, limit_threads

FORMATS = ("coord", "csv", "star", "json", "box")
EMPTY = (
    "--model is empty. Name the model that `train` has written, such as "
    "PREFIX_epoch10.sav, or leave the option out: then the general network picks, "
    "which needs no training."
)
OPTIONS = (
    Option(
        "-m --model",
        str,
        "the model, as `train` writes it; none: images are maps; the general network",
    ),
    Option(
        "-r --radius",
        finite,
        "picks are further apart than this, in pixels; that of a particle without -m",
    ),
    Option("-t --threshold", number, "picks have a greater score than this; -6"),
    Option("-x --up-scale", finite, "multiply coordinates by this; 1"),
    Option("-s --down-scale", finite, "divide coordinates by this; 1"),
    Option("-o --output", str, "the file of the picks, or their folder; else stdout"),
    Option("--per-micrograph", None, "write a file for each image"),
    Option("--suffix", str, "what the names of these files end in"),
    Option("--format", str, "coord is a table with a header; coord", FORMATS),
    Option("--targets", str, "particles by which the best radius is found"),
    Option("--assignment-radius", finite, "a pick so near to a target hits it; radius"),
    Option("--min-radius", int, "the least radius to try; 5"),
    Option("--max-radius", int, "the greatest radius to try; 100"),
    Option("--step-radius", int, "the step from one radius to the next; 5"),
    Option("--only-validate", None, "find the best radius and write no picks"),
    Option("-d --device", first_number, "number of the GPU; below 0: the CPU"),
    Option("--num-workers", int, "threads that compute; below 0: all cores"),
    Option("-j --num-threads", int, "the same, and counts before --num-workers"),
    Option("--dims", int, "2; the 3 of tomograms is refused"),
    Option("--batch-size", int),
    Option("-p --patch-size", int),
    Option("--patch-padding", int),
    Option("-v --verbose", None, "name each image that has been picked"),
    Option("-f --filaments", None, "refused"),
    Option("-fp --filaments_plot", None, "refused"),
    Option("-fl --filaments_length", finite, "refused"),
)


def extract(argv: Sequence[str]) -> int:
    """Pick particles in images, and write their coordinates and scores.

    Parameters
    ----------
    argv : sequence of str
        The arguments.

    Returns
    -------
    int
        The exit status: 0, or 1 if no image could be used, or 2 for wrong options.

    Raises
    ------
    ValueError
        If the model or the targets cannot be used.
    FileNotFoundError
        If the model or an image is missing.
    """
    words = "the images; if there are none, their paths are read from standard input"
    options = parse("extract", OPTIONS, words, argv)
    fault = find_fault(options)
    if fault:
        say(f"{NAME} extract: error: {fault}")
        return 2
    paths = find_images(options)
    # RELION starts a process for each image, several at a time.
    limit_threads(find_threads(options, is_one_of_many=len(paths) == 1))
    from pusklearn.topaz._extraction import extract_picks

    return extract_picks(paths, options)


def find_fault(options: dict[str, Any]) -> str | None:
    """Say what is wrong with the options, None if nothing is."""
    if {"filaments", "filaments_plot", "filaments_length"} & options.keys():
        return (
            "filaments are not picked here: pusklearn has no counterpart of the option "
            "--filaments. Leave it out, or call the topaz of 3dem/topaz."
        )
    if options.get("dims", 2) != 2:
        return f"only images are picked, --dims 2. Got {options['dims']}."
    if not options.get("model", "general").strip():
        return EMPTY
    if "radius" not in options and "targets" not in options:
        return "-r RADIUS is needed, about the radius of a particle in pixels."
    if "only_validate" in options and "targets" not in options:
        return "--only-validate needs --targets."
    fault = find_fault_of_scales(options)
    if fault:
        return fault
    if not options.get("radius", 0) >= 0:
        return f"--radius must be at least 0. Got {options['radius']:g}."
    return None


def find_images(options: dict[str, Any]) -> list[Path]:
    """Return the images, from standard input if no argument names one."""
    # A caller may have closed standard input.
    texts = options["files"] or [line.strip() for line in sys.stdin or ()]
    paths = [Path(text) for text in texts if text]
    if not paths:
        raise ValueError("At least 1 image is needed. Got 0.")
    missing = next((path for path in paths if not path.exists()), None)
    if missing is not None:
        raise FileNotFoundError(f"There is no image {missing}.")
    return paths
