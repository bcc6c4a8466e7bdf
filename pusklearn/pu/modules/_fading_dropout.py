"""Dropout that ends before the training does."""

from typing import Any

from pusklearn.pu._checks import check_number
from pusklearn.pu.modules._seeded_dropout import SeededDropout

FADING = 0.2  # share of the updates, the last ones


class FadingDropout(SeededDropout):
    """Dropout whose probability falls to 0 over the last fifth of the updates.

    Dropout teaches a network not to rely on a few inputs. If inputs were missing until
    the end of the training, the network would be less sure than it should be once it
    sees all of them, and a criterion that asks for a share of positives would set its
    threshold for samples with missing inputs.

    Parameters
    ----------
    p : float
        Probability that a value is set to 0 at first, in [0, 1).
    """

    #: The share of `p` that is the probability now.
    share = 1.0

    def fade(self, progress: float) -> None:
        """Set the probability after a share of the updates, in [0, 1]."""
        share = min(1.0, (1 - progress) / FADING)
        if share != self.share:
            self.current.fill_(self.p * share)
            self.share = share


def find_input_dropout(share: Any, automatic: float) -> float:
    """Return the share of inputs to drop; "auto" is the automatic one."""
    check_number(share, "input_dropout", "[0, 1)", words=["auto"])
    return automatic if isinstance(share, str) else share
