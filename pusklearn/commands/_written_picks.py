"""The picks of a run in the files that others read."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pusklearn import io
from pusklearn.commands._pick_files import JOINED
from pusklearn.commands._pick_journal import Entry
from pusklearn.commands._pick_settings import Settings
from pusklearn.micrographs.images._micrograph import Micrograph


def check_any_used(entries: Sequence[Entry]) -> None:
    """Raise a ValueError if no micrograph could be used."""
    if all(entry.error is not None for entry in entries):
        raise ValueError(
            f"At least 1 micrograph must be usable. Got 0 of {len(entries)}; the first "
            f"one: {entries[0].error}"
        )


def write_picks(entries: Sequence[Entry], folder: Path, settings: Settings) -> None:
    """Write the picks of all micrographs that could be used."""
    used = [entry for entry in entries if entry.error is None]
    suffix = JOINED.get(settings.format)
    io.write_coordinates(
        f"{folder}/" if suffix is None else folder / f"picks.{suffix}",
        [entry.points for entry in used],
        [without_pixels(entry) for entry in used],
        settings.format,
        box_size=settings.box_size,
    )


def without_pixels(entry: Entry) -> Micrograph:
    """Return a micrograph of the same shape and names, which takes no memory."""
    return Micrograph(
        np.broadcast_to(np.float32(0), entry.shape),
        entry.name,
        entry.pixel_size,
        path=entry.path,
        uid=entry.uid,
    )
