"""The subcommand ``preprocess``, which is also called ``normalize``."""

import os
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import mrcfile
import numpy as np

from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.images._stand_ins import UNUSABLE, is_fault_of_system
from pusklearn.micrographs.io._names import micrograph_stem
from pusklearn.micrographs.io._read_micrograph import read_micrograph
from pusklearn.micrographs.preprocessing._fourier_downsampler import FourierDownsampler
from pusklearn.micrographs.preprocessing._normalized import normalized
from pusklearn.topaz._arguments import Option, finite, parse
from pusklearn.topaz._image_lists import check_distinct
from pusklearn.topaz._messages import NAME, say
from pusklearn.topaz._pick_tables import check_file_can_be_written
from pusklearn.topaz._resources import find_threads

OPTIONS = (
    Option("-s --scale", int, "make micrographs so many times smaller; 1"),
    Option("--affine", None, "bring all pixels, not the background, to mean 0"),
    Option("-a --alpha", finite, "weight of bright pixels in the mixture; 900"),
    Option("-b --beta", finite, "weight of dark pixels in the mixture; 1"),
    Option("-t --num-workers", int, "images at a time; below 0: as many as cores; 1"),
    Option("-o --destdir", str, "the folder of the results, which is made"),
    Option("--format", str, "mrc; several formats are separated by commas"),
    Option("-v --verbose", None, "name each image that has been written"),
    Option("--sample", int),
    Option("--niters", int),
    Option("--metadata", None),
    Option("-d --device", str),
    Option("-j --num-threads", int),
    Option("--pixel-sampling", finite),
    Option("--seed", int),
)


def preprocess(argv: Sequence[str]) -> int:
    """Downsample and normalise micrographs, and write them as MRC files.

    Parameters
    ----------
    argv : sequence of str
        The arguments.

    Returns
    -------
    int
        The exit status: 0, or 1 if no micrograph could be used, or 2 for wrong options.

    Raises
    ------
    ValueError
        If two micrographs have the same name.
    FileNotFoundError
        If a micrograph is missing.
    """
    options = parse("preprocess", OPTIONS, "the micrographs", argv)
    fault = find_fault(options)
    if fault:
        say(f"{NAME} preprocess: error: {fault}")
        return 2
    paths = [Path(file) for file in options["files"]]
    missing = next((path for path in paths if not path.exists()), None)
    if missing is not None:
        raise FileNotFoundError(f"There is no micrograph {missing}.")
    check_distinct(paths)
    folder = Path(options["destdir"])
    check_nothing_is_replaced(paths, folder)
    check_file_can_be_written(result_file(paths[0], folder))
    work = partial(preprocess_one, folder=folder, options=options)
    with ThreadPoolExecutor(find_threads(options) or 1) as pool:
        n_written = sum(pool.map(work, paths))
    return int(not n_written)


def check_nothing_is_replaced(paths: Sequence[Path], folder: Path) -> None:
    """Raise a ValueError if a result would stand in the place of a micrograph."""
    for path in paths:
        file = result_file(path, folder)
        if file.exists() and file.samefile(path):
            raise ValueError(
                f"The result of {path} would replace it; choose another folder than "
                f"{folder}."
            )


def result_file(path: Path, folder: Path) -> Path:
    """Return where the result of a micrograph is written."""
    return folder / f"{micrograph_stem(path)}.mrc"


def find_fault(options: dict[str, Any]) -> str | None:
    """Say what is wrong with the options, None if nothing is."""
    if not options["files"]:
        return "at least 1 micrograph is needed."
    if "destdir" not in options:
        return "-o DIR is needed, the folder of the results."
    if options.get("scale", 1) < 1:
        return f"--scale must be at least 1. Got {options['scale']}."
    for name in ("alpha", "beta"):
        if options.get(name, 1) < 1:
            return f"--{name} must be at least 1. Got {options[name]:g}."
    formats = options.get("format", "mrc").split(",")
    if "mrc" not in formats:
        return f"results are written in the format mrc alone. Got {formats}."
    if formats != ["mrc"]:
        say("Results are written in the format mrc alone.")
    return None


def preprocess_one(path: Path, folder: Path, options: dict[str, Any]) -> bool:
    """Write the result of one micrograph, or say why it cannot be used.

    Returns
    -------
    bool
        Whether it was written.
    """
    try:
        micrograph = read_micrograph(path)
        method = "affine" if "affine" in options else "mixture"
        [small] = FourierDownsampler(options.get("scale", 1)).transform([micrograph])
        settings = {k: options[k] for k in ("alpha", "beta") if k in options}
        result = normalized(small, method=method, **settings)
    except UNUSABLE as error:
        if is_fault_of_system(error):
            raise
        say(f"Warning: {path} cannot be used, so it is left out. {error}")
        return False
    file = result_file(path, folder)
    write_mrc(file, result)
    if "verbose" in options:
        say(f"{file} has been written.")
    return True


def write_mrc(file: Path, micrograph: Micrograph) -> None:
    """Write a micrograph as one image of float32, whole or not at all."""
    # The mode of a file that `mkstemp` makes would have to be changed, which needs the
    # umask, and threads cannot ask for that.
    with tempfile.TemporaryDirectory(prefix=".pusklearn-", dir=file.parent) as folder:
        draft = Path(folder, file.name)
        with mrcfile.new(draft) as mrc:
            mrc.set_data(np.asarray(micrograph, np.float32))
            if micrograph.pixel_size is not None:
                mrc.voxel_size = micrograph.pixel_size
        os.replace(draft, file)
