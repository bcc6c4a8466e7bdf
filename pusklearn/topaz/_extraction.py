"""The picks of images, from a model to a table."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pusklearn.micrographs.images._stand_ins import UNUSABLE, is_fault_of_system
from pusklearn.micrographs.io._names import micrograph_stem
from pusklearn.micrographs.io._read_micrograph import read_micrograph
from pusklearn.topaz._general_scoring import asks_for_general, open_general
from pusklearn.topaz._image_lists import check_distinct, in_own_pixels
from pusklearn.topaz._messages import say
from pusklearn.topaz._open_model import open_model
from pusklearn.topaz._pick_tables import (
    check_file_can_be_written,
    is_device,
    pick_table,
    write_output,
)
from pusklearn.topaz._resources import find_device
from pusklearn.topaz._scoring import Scoring, picks_of_map

LEAST_SCORE = -6.0


class Picked(NamedTuple):
    """An image and its picks.

    Attributes
    ----------
    name : str
        The name of the image.
    path : Path
        Its file.
    picks : list of ndarray of shape (k, 3)
        All peaks ``x, y, score``, for each radius.
    """

    name: str
    path: Path
    picks: list[NDArray[np.float64]]


def extract_picks(paths: Sequence[Path], options: dict[str, Any]) -> int:
    """Pick particles in images, and write them.

    Parameters
    ----------
    paths : sequence of Path
        The images.
    options : dict of str to object
        The options of ``extract``.

    Returns
    -------
    int
        0, or 1 if no image could be used.

    Raises
    ------
    ValueError
        If the files of two images would have the same name.
    """
    if is_one_file_each(options):
        check_distinct(paths, by_folder="output" not in options)
    else:
        say_if_names_agree(paths)
        check_output(options)
    radii: Sequence[float] = [options.get("radius", 0)]
    targets = None
    if "targets" in options:
        # Reading tables takes pandas, whose import takes as long as that of torch.
        from pusklearn.topaz._radius_search import find_targets, radii_to_try

        targets = find_targets(options["targets"], map(micrograph_stem, paths))
        radii = radii_to_try(options)
    model = find_model(options)
    picked, n_failed = [], 0
    for path in paths:
        picks = pick_image(model, path, radii)
        n_failed += picks is None
        none = [np.empty((0, 3))] * len(radii)
        picked.append(Picked(micrograph_stem(path), path, picks or none))
        if "verbose" in options:
            say(f"{path} has been picked.")
    best = 0
    if targets is not None:
        from pusklearn.topaz._radius_search import search

        best, precision = search(targets, [one.picks for one in picked], radii, options)
        sys.stdout.write(f"# radius={radii[best]}, auprc={precision}\n")
    if "only_validate" not in options:
        write_picks(list(finished(picked, best, options)), radii[best], options)
    return int(n_failed == len(paths))


def find_model(options: dict[str, Any]) -> Scoring | None:
    """Return what scores images, None if they are score maps.

    Raises
    ------
    ValueError
        If the model cannot be used, or nothing tells the general network how wide a
        particle is.
    """
    name = options.get("model")
    if name is not None and name.lower() == "none":
        return None
    device = find_device(options.get("device"))
    if name is not None and not asks_for_general(name):
        return open_model(name, device)
    if "radius" not in options:
        raise ValueError(
            "The general network, which picks without a model of your own, needs -r "
            "RADIUS, that of a particle in pixels: --targets alone does not tell it."
        )
    return open_general(name, options["radius"], device)


def check_output(options: dict[str, Any]) -> None:
    """Raise an error before the work if the table could not be written after it."""
    output = options.get("output")
    if output is not None and not is_device(Path(output)):
        check_file_can_be_written(Path(output))


def say_if_names_agree(paths: Sequence[Path]) -> None:
    """Say which images cannot be told apart in one table."""
    names = [micrograph_stem(path) for path in paths]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        say(
            f"Warning: several images have the name {twice!r}, so that a table does "
            "not tell their picks apart. Pick them in runs of their own."
        )


def is_one_file_each(options: dict[str, Any]) -> bool:
    """Tell whether each image gets a file of its own."""
    return "per_micrograph" in options or options.get("format") in ("box", "json")


def pick_image(
    model: Scoring | None, path: Path, radii: Sequence[float]
) -> list[NDArray[np.float64]] | None:
    """Return the picks of one image for each radius.

    If it cannot be used, say why and return None.
    """
    try:
        image = in_own_pixels(read_micrograph(path), micrograph_stem(path))
        if model is None:
            return [picks_of_map(image, radius) for radius in radii]
        scores = model.score_map(image)
        return [model.picks(scores, radius) for radius in radii]
    except UNUSABLE as error:
        if is_fault_of_system(error):
            raise
        say(f"Warning: {path} cannot be used, so it has no picks. {error}")
        return None


def finished(
    picked: Sequence[Picked], which: int, options: dict[str, Any]
) -> Iterator[Picked]:
    """Yield the images with their picks above the threshold, scaled as asked for."""
    threshold = options.get("threshold", LEAST_SCORE)
    factor = options.get("up_scale", 1.0) / options.get("down_scale", 1.0)
    for one in picked:
        picks = one.picks[which]
        picks = picks[picks[:, 2] > threshold] * [factor, factor, 1]
        yield one._replace(picks=[picks])


def write_picks(
    picked: Sequence[Picked], radius: float, options: dict[str, Any]
) -> None:
    """Write the picks, in one file or one for each image."""
    kind, output = options.get("format", "coord"), options.get("output")
    each = is_one_file_each(options)
    if kind == "coord" and not each:
        write_output(output, pick_table((one.name, one.picks[0]) for one in picked))
        return
    from pusklearn.topaz._tables import table_of_picks, write_each, write_joined

    if not each:
        every = [(one.name, one.picks[0]) for one in picked]
        write_joined(table_of_picks(every), output, kind)
        return
    factor = options.get("up_scale", 1.0) / options.get("down_scale", 1.0)
    for one in picked:
        write_each(
            table_of_picks([(one.name, one.picks[0])]),
            [one.name],
            one.path.parent if output is None else Path(output),
            kind,
            suffix=options.get("suffix", ""),
            box_size=2 * radius * factor,
        )
