"""Labels that say in plain words, or in plain numbers, what they mean."""

import re
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pusklearn.pu._warn_caller import warn_caller

# Lower case, with one blank in the place of blanks, hyphens and underscores.
POSITIVES = {
    *("positive", "positives", "pos", "p", "+", "yes", "y", "true", "t", "1"),
    *("labeled", "labelled", "labeled positive", "labelled positive", "l"),
    *("known positive", "true positive", "known", "confirmed"),
}
OTHERS = {
    *("unlabeled", "unlabelled", "not labeled", "not labelled", "u", "un"),
    *("unknown", "unk", "unsure", "unseen", "unclear", "unconfirmed"),
    *("background", "other", "others", "rest"),
    *("negative", "negatives", "neg", "n", "-", "no", "not", "false", "f", "0", "-1"),
    *("non positive", "not positive", "nonpositive", "mixed", "?", "missing"),
    *("", "none", "nan", "na", "n/a", "<na>", "nat", "null"),
}


def plainly_positive(classes: NDArray) -> Any:
    """Return which of two labels plainly is that of the positives, or None.

    Two numbers say so if one of them is above 0 and the other is not. Of two words, one
    must be known. A word of one or two characters says something only if the other one
    is known, too: "p" and "n" are plain, "a" and "p" are not.
    """
    numbers = [as_number(label) for label in classes.tolist()]
    if None not in numbers:
        is_above = [number > 0 for number in numbers]
        return classes[is_above.index(True)] if sum(is_above) == 1 else None
    words = [as_word(label) for label in classes.tolist()]
    for i, j in ((0, 1), (1, 0)):
        is_positive, is_other = words[i] in POSITIVES, words[j] in OTHERS
        if words[i] in OTHERS or words[j] in POSITIVES:
            continue
        is_long = len(words[i]) > 2 if is_positive else len(words[j]) > 2
        if (is_positive and is_other) or ((is_positive or is_other) and is_long):
            return classes[i]
    return None


def as_number(label: Any) -> float | None:
    """Return a number or the number that a text writes, or None."""
    if isinstance(label, Real | np.bool_):
        return float(label)
    try:
        number = float(label)
    except (TypeError, ValueError):
        return None
    return number if np.isfinite(number) else None


def as_word(label: Any) -> str:
    """Return a label in lower case, its words apart by one blank."""
    return re.sub(r"(?<=\w)[-_\s]+(?=\w)", " ", str(label).casefold().strip())


def warn_of_guess(classes: NDArray, taken: Any) -> None:
    """Warn that one of two labels was taken for that of the positives."""
    labels = classes.tolist()
    taken = labels[labels.index(taken)]
    warn_caller(
        f"The labels are {labels}, which do not say plainly which of them is that of "
        f"the positives. The greater one, {taken!r}, was taken. Give "
        f"`pos_label={taken!r}` if that is right, and the other label if it is not."
    )
