"""Micrographs that cannot be used, and what stands for them."""

import errno
import os
from pathlib import Path
from typing import Any

import numpy as np

from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.pu._warn_caller import warn_caller

# A file that is missing, cut short or changed, and pixels that cannot be used. Anything
# else, such as too little memory, is no fault of one micrograph.
UNUSABLE = (ValueError, OSError)
NO_NAME = "(no name)"
SYSTEM_FAULTS = (errno.EMFILE, errno.ENFILE, errno.ENOMEM)


def stand_in(source: Any, label: str, error: Exception) -> Micrograph:
    """Warn of a micrograph that cannot be used, and return one that is not there.

    Parameters
    ----------
    source : object
        What cannot be used, or None if it cannot even be read.
    label : str
        What the warning calls it.
    error : Exception
        Why it cannot be used.

    Returns
    -------
    Micrograph of float32
        A micrograph that is masked as a whole, with the shape and the attributes of the
        source as far as they are known.

    Warns
    -----
    UserWarning
        It names the micrograph and says why it is left out.
    """
    warn_of_unusable(label, error)
    return blank_like(source)


def warn_of_unusable(label: str, error: Exception) -> None:
    """Warn that a micrograph is left out, and say why."""
    reason = with_number(error, label)
    warn_caller(f"Micrograph {label} cannot be used and is left out: {reason}")


def is_fault_of_system(error: Exception) -> bool:
    """Tell whether too many files are open or memory is short, whatever the file."""
    return getattr(error, "errno", None) in SYSTEM_FAULTS


def no_row(source: Any, label: str, error: Exception) -> None:
    """Return None in the place of a micrograph that cannot be used, without a word."""


def blank_like(source: Any) -> Micrograph:
    """Return a micrograph that is masked as a whole, like another one or anything else.

    It takes no memory: all pixels are one.
    """
    shape = getattr(source, "shape", ())
    if len(shape) != 2 or 0 in shape:
        shape = (1, 1)
    known = {
        attribute: getattr(source, attribute, None)
        for attribute in ("name", "pixel_size", "scale", "path", "uid")
    }
    return Micrograph(
        np.broadcast_to(np.float32(0), shape),
        **known,
        mask=np.broadcast_to(True, shape),
    )


def label_of(item: Any, row: int) -> str:
    """Return the name of a micrograph or of its file, or else its number."""
    if isinstance(item, str | os.PathLike):
        return Path(item).name
    return getattr(item, "name", None) or f"number {row}"


def with_number(error: Exception, label: str) -> str:
    """Return a message, in which a micrograph that has no name is called otherwise."""
    message = str(error) or type(error).__name__
    return message.replace(NO_NAME, f"{label} {NO_NAME}")
