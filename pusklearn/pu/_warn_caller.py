"""Warnings that point to the line of the user."""

import functools
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib.util import find_spec
from pathlib import Path

# Pipelines and searches stand between a line of the user and this package.
# Finding scikit-learn takes no time; its import takes as long as that of torch.
LIBRARIES = Path(find_spec("sklearn").origin).parents[1]  # type: ignore
INSIDE = (Path(__file__).parents[1], LIBRARIES / "sklearn", LIBRARIES / "joblib")
SKIPPED = (*(f"{folder}{os.sep}" for folder in INSIDE), functools.__file__)


# The warnings of a thread that keeps them.
_KEPT: ContextVar[list[tuple[str, type[Warning]]] | None] = ContextVar(
    "kept", default=None
)


def warn_caller(message: str, category: type[Warning] = UserWarning) -> None:
    """Warn, and name the line of the user, who may call by way of scikit-learn.

    Parameters
    ----------
    message : str
        What the user should know.
    category : type of Warning, default=UserWarning
        The kind of the warning.
    """
    kept = _KEPT.get()
    if kept is not None:
        kept.append((message, category))
        return
    frame, level = sys._getframe(1), 2
    while frame.f_back is not None and frame.f_code.co_filename.startswith(SKIPPED):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, category, stacklevel=level)


@contextmanager
def keeping_warnings() -> Iterator[list[tuple[str, type[Warning]]]]:
    """Keep what `warn_caller` says in this thread in a list, for somebody else to say.

    The user does not see what a process on another host warns of.
    """
    kept: list[tuple[str, type[Warning]]] = []
    token = _KEPT.set(kept)
    try:
        yield kept
    finally:
        _KEPT.reset(token)
