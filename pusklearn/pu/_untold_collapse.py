"""Training whose predicted classes are not used, so that nobody is warned of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

IS_TOLD: ContextVar[bool] = ContextVar("IS_TOLD", default=True)


@contextmanager
def untold_collapse() -> Iterator[None]:
    """Keep `PUClassifier.fit` from warning of a collapse inside, in this thread.

    Wrappers use the order or the odds of what an inner classifier predicts, and move
    the threshold. Some fit it to labels that are not those of the positives, on
    purpose.
    """
    token = IS_TOLD.set(False)
    try:
        yield
    finally:
        IS_TOLD.reset(token)
