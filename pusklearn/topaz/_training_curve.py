"""The progress of a training, as other programs read and plot it."""

from collections.abc import Callable
from typing import Any

import torch
from skorch.callbacks import Callback
from torch.nn.functional import softplus

COLUMNS = [
    *("epoch", "iter", "split", "loss", "ge_penalty"),
    *("precision", "tpr", "fpr", "auprc"),
]
NOT_MEASURED = "-"


def curve_line(values: dict[str, Any]) -> str:
    """Return a line of the file; what has no value is not measured."""
    return "\t".join(_text(values.get(name, NOT_MEASURED)) for name in COLUMNS) + "\n"


def curve_header() -> str:
    """Return the first line of the file."""
    return "\t".join(COLUMNS) + "\n"


def _text(value):
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def rates(
    n_hits: float, n_positive: float, n_chosen: float, n_all: float
) -> dict[str, float]:
    """Return precision, true and false positive rate; a share of nothing is 0.

    Parameters
    ----------
    n_hits : float
        The labelled positives that are chosen.
    n_positive, n_chosen, n_all : float
        The labelled positives, what is chosen, and all.
    """
    n_wrong, n_negative = n_chosen - n_hits, n_all - n_positive
    return {
        "precision": n_hits / n_chosen if n_chosen else 0.0,
        "tpr": n_hits / n_positive if n_positive else 0.0,
        "fpr": n_wrong / n_negative if n_negative else 0.0,
    }


class TrainingCurve(Callback):
    """Write a line for every update of a training.

    Parameters
    ----------
    write : callable
        Writes a line. It is a function: an object would be copied with its estimator.
    n_epochs : int
        The number of the last epoch, as other programs count: the epochs of the
        training are spread over those from 1 to this number.
    """

    def __init__(self, write: Callable[[str], Any], n_epochs: int):
        self.write = write
        self.n_epochs = n_epochs

    def on_train_begin(self, net, **kwargs):
        """Start to count."""
        self.n_updates_ = 0

    def on_batch_end(self, net, batch, loss, y_pred, training=False, **kwargs):
        """Write what the update had learnt before it.

        The penalty is the part of the loss that does not come from the labelled
        regions. All other values are those of one batch.
        """
        if not training:
            return
        self.n_updates_ += 1
        logits, is_positive = y_pred.detach(), batch[1]
        chosen = logits > 0
        of_labelled = softplus(-logits[is_positive]).mean()
        counts = [chosen & is_positive, is_positive, chosen, torch.ones_like(chosen)]
        hits, positive, every_chosen, every = (int(c.sum()) for c in counts)
        self.write(
            curve_line(
                {
                    "epoch": -(-len(net.history) * self.n_epochs // net.max_epochs),
                    "iter": self.n_updates_,
                    "split": "train",
                    "loss": loss.item(),
                    "ge_penalty": (loss.detach() - of_labelled).item(),
                    **rates(hits, positive, every_chosen, every),
                }
            )
        )
