"""A project of crYOLO: micrographs, training boxes of its boxmanager, and picks."""

import json
from pathlib import Path

import numpy as np

from simulated_projects.project import Project, simulate, write_image, write_text

CBOX_COLUMNS = (
    "CoordinateX",
    "CoordinateY",
    "CoordinateZ",
    "Width",
    "Height",
    "Depth",
    "EstWidth",
    "EstHeight",
    "Confidence",
    "NumBoxes",
    "Angle",
)
STAR_HEADER = """
data_

loop_
_rlnCoordinateX #1 
_rlnCoordinateY #2 
_rlnClassNumber #3 
_rlnAnglePsi #4
_rlnAutopickFigureOfMerit #5
"""  # noqa: W291


def cryolo_project(
    folder, *, n_micrographs=4, n_labels=10, n_labelled=None, **simulation
):
    """Write the folders of crYOLO 1.8 and newer.

    Parameters
    ----------
    folder : path-like
        The folder in which crYOLO runs.
    n_micrographs, n_labels : int, default=4 and 10
        Number of micrographs, and of clicks on each of `n_labelled`.
    n_labelled : int or None, default=None
        Number of micrographs with clicks; None means all but the last.
    **simulation
        Settings of `make_micrographs`.

    Returns
    -------
    Project
        The micrographs are in ``full_data``. The folders are

        - ``train_annot/CBOX``: the clicks as the boxmanager saves them, without
          estimated sizes;
        - ``boxes``: all particles as crYOLO picks them: ``CBOX`` with a confidence,
          ``EMAN`` and ``STAR`` without.

        A box is 1.25 diameters wide, rounded to even pixels.
    """
    simulated = simulate(n_micrographs, n_labels, n_labelled, **simulation)
    images, particles, labels, diameter, pixel_size = simulated
    folder = Path(folder)
    stems = [f"TcdA1-{row + 10:04d}_frames_sum" for row in range(n_micrographs)]
    size = box_size(diameter)
    for stem, image, points, clicks in zip(
        stems, images, particles, labels, strict=True
    ):
        write_image(folder / f"full_data/{stem}.mrc", image, pixel_size)
        if len(clicks):
            text = cbox_text(clicks, size)
            write_text(folder / f"train_annot/CBOX/{stem}.cbox", text)
        confidence = np.linspace(0.95, 0.35, len(points))
        text = cbox_text(points, size, confidence)
        write_text(folder / f"boxes/CBOX/{stem}.cbox", text)
        boxes = [f"{x}\t{y}\t{size}\t{size}\n" for x, y in points - size / 2]
        write_text(folder / f"boxes/EMAN/{stem}.box", "".join(boxes))
        rows = [f"{x}\t{y}\t-9999\t-9999.0\t-9999.0\n" for x, y in points]
        write_text(folder / f"boxes/STAR/{stem}.star", STAR_HEADER + "".join(rows))
    settings = {
        "model": {
            "architecture": "PhosaurusNet",
            "input_size": 1024,
            "anchors": [size, size],
            "max_box_per_image": 700,
        }
    }
    write_text(folder / "config_cryolo.json", json.dumps(settings, indent=4))
    paths = [f"full_data/{stem}.mrc" for stem in stems]
    return Project(folder, paths, images, particles, labels, diameter, pixel_size)


def box_size(diameter):
    """Return the edge of the boxes of particles."""
    return 2 * round(1.25 * diameter / 2)


def cbox_text(points, size, confidence=None):
    """Return a ``.cbox`` file: the corner of each box, its size and its confidence."""
    header = "".join(f"_{c} #{i}\n" for i, c in enumerate(CBOX_COLUMNS, start=1))
    estimated = "<NA>" if confidence is None else f"{size * 0.9}"
    scores = [1.0] * len(points) if confidence is None else confidence
    rows = "".join(
        f"{x - size / 2} {y - size / 2} <NA> {size:.1f} {size:.1f} <NA> {estimated} "
        f"{estimated} {score} <NA> <NA>\n"
        for (x, y), score in zip(points, scores, strict=True)
    )
    return (
        "\ndata_global\n\n_cbox_format_version 1.0\n\ndata_cryolo\n\nloop_\n"
        f"{header}{rows}\n\ndata_cryolo_include\n\nloop_\n_slice_index #1\n\n"
    )
