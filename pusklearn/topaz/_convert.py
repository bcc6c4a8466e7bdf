"""The subcommand ``convert``."""

from collections.abc import Sequence
from math import inf
from pathlib import Path
from typing import Any

import pandas as pd

from pusklearn.micrographs.io._read_micrograph import read_micrograph
from pusklearn.topaz._arguments import (
    Option,
    find_fault_of_scales,
    finite,
    number,
    parse,
)
from pusklearn.topaz._messages import NAME, say
from pusklearn.topaz._tables import (
    format_of,
    read_table,
    rounded,
    write_boxes,
    write_each,
    write_joined,
)

FORMATS = ("auto", "coord", "csv", "star", "json", "box")
OPTIONS = (
    Option("-o --output", str, "the file, or the folder of a file for each image"),
    Option("--from", str, "the format of the files; auto: by their suffix", FORMATS),
    Option("--to", str, "the format of the output; auto: by its suffix", FORMATS),
    Option("--suffix", str, "what the names of the files in a folder end in"),
    Option("-t --threshold", number, "keep greater scores than this; all"),
    Option("-s --down-scale", finite, "divide coordinates by this; 1"),
    Option("-x --up-scale", finite, "multiply coordinates by this; 1"),
    Option("--voltage", finite, "kV, for a STAR file; -1 leaves it out"),
    Option("--detector-pixel-size", finite, "micrometres, likewise"),
    Option("--magnification", finite, "likewise"),
    Option("--amplitude-contrast", finite, "likewise"),
    Option("--invert-y", None, "count y from the other end of the image"),
    Option("--imagedir", str, "the folder of the images, for their heights"),
    Option("--image-ext", str, "the suffix of the images; .mrc"),
    Option("--boxsize", finite, "edge of the boxes in pixels of the output; 0"),
    Option("-v --verbose", int, "more than 0 tells how many particles were written"),
)
CONSTANTS = {
    "voltage": "rlnVoltage",
    "detector_pixel_size": "rlnDetectorPixelSize",
    "magnification": "rlnMagnification",
    "amplitude_contrast": "rlnAmplitudeContrast",
}


def convert(argv: Sequence[str]) -> int:
    """Join, cut, scale and convert files of coordinates.

    Parameters
    ----------
    argv : sequence of str
        The arguments.

    Returns
    -------
    int
        The exit status: 0, or 2 if no file is given or a scale is wrong.

    Raises
    ------
    ValueError
        If a file cannot be understood, or an option that is needed is missing.
    FileNotFoundError
        If a file is missing.
    """
    options = parse("convert", OPTIONS, "the files of coordinates", argv)
    if not options["files"]:
        say(f"{NAME} convert: error: at least 1 file of coordinates is needed.")
        return 2
    fault = find_fault_of_scales(options)
    if fault:
        say(f"{NAME} convert: error: {fault}")
        return 2
    kind = options.get("from", "auto")
    tables = [read_table(file, kind) for file in options["files"]]
    table = changed(pd.concat(tables, ignore_index=True), options)
    write(table, options)
    if options.get("verbose", 0) > 0:
        n_images = table["image_name"].nunique()
        say(f"{len(table)} particles of {n_images} images have been written.")
    return 0


def changed(table: pd.DataFrame, options: dict[str, Any]) -> pd.DataFrame:
    """Return the table above the threshold, inverted and scaled as asked for."""
    threshold = options.get("threshold", -inf)
    if "score" in table:
        # What has no score is never left out.
        table = table[~(table["score"] <= threshold)]
    if "invert_y" in options:
        table = inverted(table, options)
    factor = options.get("up_scale", 1.0) / options.get("down_scale", 1.0)
    if factor == 1:
        return table
    xy = table[["x_coord", "y_coord"]].astype(float) * factor
    return rounded(table.assign(x_coord=xy["x_coord"], y_coord=xy["y_coord"]))


def inverted(table: pd.DataFrame, options: dict[str, Any]) -> pd.DataFrame:
    """Return the table with the last row of each image as y = 0."""
    if "imagedir" not in options:
        raise ValueError("--invert-y needs --imagedir, the folder of the images.")
    folder, suffix = Path(options["imagedir"]), options.get("image_ext", ".mrc")
    heights = {
        name: read_micrograph(folder / f"{name}{suffix}").shape[0]
        for name in table["image_name"].unique()
    }
    last = table["image_name"].map(heights).astype(float) - 1
    return table.assign(y_coord=last - table["y_coord"].astype(float))


def write(table: pd.DataFrame, options: dict[str, Any]) -> None:
    """Write the table in the format that the options ask for."""
    output, kind = options.get("output"), options.get("to", "auto")
    box_size = options.get("boxsize", 0.0)
    is_folder = is_for_a_folder(output)
    if kind == "auto":
        kind = ("box" if box_size else "json") if is_folder else format_of(output or "")
    settings = {
        "image_suffix": options.get("image_ext", ".mrc"),
        "constants": {
            column: options[name]
            for name, column in CONSTANTS.items()
            if options.get(name, -1) >= 0
        },
    }
    if kind == "box" and not box_size > 0:
        raise ValueError("Boxes need --boxsize, their edge in pixels.")
    names = list(dict.fromkeys(table["image_name"]))
    if is_folder:
        write_each(
            table,
            names,
            Path(output or ""),
            kind,
            suffix=options.get("suffix", ""),
            box_size=box_size,
            **settings,
        )
        return
    if kind not in ("box", "json"):
        write_joined(table, output, kind, **settings)
        return
    if output is None or len(names) != 1:
        raise ValueError(
            f"The format {kind!r} has one file for each image: --output must be a "
            f"folder and end in '/'. Got {output!r} for {len(names)} images."
        )
    write_boxes(table, Path(output), kind, box_size)


def is_for_a_folder(output: str | None) -> bool:
    """Tell whether an output is a folder, which need not be there yet."""
    return output is not None and (output.endswith("/") or Path(output).is_dir())
