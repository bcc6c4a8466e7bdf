"""Tell a callback that ends the training from a user who presses Ctrl-C."""

import dis
from collections.abc import Iterator
from types import FrameType, TracebackType
from typing import Any

RAISE = dis.opmap["RAISE_VARARGS"]


def asks_to_stop(error: BaseException | None, callbacks: list[Any]) -> bool:
    """Tell whether a callback has raised a KeyboardInterrupt of its own accord.

    Callbacks of skorch, such as `EarlyStopping`, end the training by the statement
    ``raise KeyboardInterrupt``. An interrupt of the user is raised between two
    statements instead, or by the user's handler of the signal. So a callback asks for
    the end if the innermost frame stands at a ``raise`` in the module of a callback,
    and no handler of a signal is running.

    Parameters
    ----------
    error : BaseException or None
        The error, as it was caught.
    callbacks : list of skorch.callbacks.Callback
        The callbacks that were called.

    Returns
    -------
    bool
        True for a callback that asks for the end of the training.
    """
    if not isinstance(error, KeyboardInterrupt) or error.__traceback__ is None:
        return False
    *callers, innermost = walk(error.__traceback__)
    frames = [traceback.tb_frame for traceback in (*callers, innermost)]
    stands_at = frames[-1].f_code.co_code[innermost.tb_lasti]
    modules = {cls.__module__ for cb in callbacks for cls in type(cb).__mro__}
    is_own = stands_at == RAISE and frames[-1].f_globals.get("__name__") in modules
    # A callback may have caught the user's interrupt, and raise another one now.
    before = error.__cause__ or error.__context__
    is_first = not isinstance(before, KeyboardInterrupt)
    return (
        is_own
        and not any(map(is_signal_handler, frames))
        and (is_first or asks_to_stop(before, callbacks))
    )


def walk(traceback: TracebackType | None) -> Iterator[TracebackType]:
    """Return the entries of a traceback, the innermost last."""
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next


def is_signal_handler(frame: FrameType) -> bool:
    """Tell whether a frame handles a signal: it is given the frame it interrupts."""
    caller = frame.f_back
    return caller is not None and any(v is caller for v in frame.f_locals.values())
