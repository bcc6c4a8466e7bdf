"""Tell a callback that ends the training from a user who presses Ctrl-C."""

import dis

RAISE = dis.opmap["RAISE_VARARGS"]


def asks_to_stop(error: BaseException) -> bool:
    """Tell whether a callback of skorch asks for the end of the training.

    Callbacks of skorch, such as `EarlyStopping`, end the training by the statement
    ``raise KeyboardInterrupt``, so the innermost frame stands at a ``raise`` in a
    module of skorch. Any other interrupt is the user's: it comes between two
    statements, from a handler of the signal, or from a callback of the user's.

    Parameters
    ----------
    error : BaseException
        The error, as it was caught.

    Returns
    -------
    bool
        True for a callback of skorch that asks for the end of the training.
    """
    traceback = error.__traceback__
    if not isinstance(error, KeyboardInterrupt) or traceback is None:
        return False
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    frame = traceback.tb_frame
    is_skorch = str(frame.f_globals.get("__name__")).startswith("skorch.")
    return is_skorch and frame.f_code.co_code[traceback.tb_lasti] == RAISE
