"""Warnings that point to the line of the user."""

import functools
import os
import sys
import warnings
from importlib.util import find_spec
from pathlib import Path

# Pipelines and searches stand between a line of the user and this package.
# Finding scikit-learn takes no time; its import takes as long as that of torch.
LIBRARIES = Path(find_spec("sklearn").origin).parents[1]  # type: ignore
INSIDE = (Path(__file__).parents[1], LIBRARIES / "sklearn", LIBRARIES / "joblib")
SKIPPED = (*(f"{folder}{os.sep}" for folder in INSIDE), functools.__file__)


def warn_caller(message: str, category: type[Warning] = UserWarning) -> None:
    """Warn, and name the line of the user, who may call by way of scikit-learn.

    Parameters
    ----------
    message : str
        What the user should know.
    category : type of Warning, default=UserWarning
        The kind of the warning.
    """
    frame, level = sys._getframe(1), 2
    while frame.f_back is not None and frame.f_code.co_filename.startswith(SKIPPED):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, category, stacklevel=level)
