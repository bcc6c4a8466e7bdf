"""A training that goes on from the weights of the last one."""

from typing import Any

import numpy as np
from skorch.history import History

from pusklearn.pu.modules._architecture import Architecture
from pusklearn.pu.network._network import TrainedNetwork

# What the error of a warm start says if its network is another one.
OTHER_NETWORK = "With warm_start=True, `module` must build the network of the last fit."


def last_fit(classifier: Any) -> dict[str, Any] | None:
    """Return the attributes of the fit that the training goes on from, if any."""
    if classifier.warm_start and hasattr(classifier, "net_"):
        return dict(vars(classifier))
    return None


def check_goes_on(classifier: Any, before: dict[str, Any] | None) -> None:
    """Raise a ValueError if the labels or the samples differ from the last fit's."""
    if before is None:
        return
    for name, words in (
        ("classes_", "labels"),
        ("pos_label_", "label of the positives"),
        ("sample_shape_", "shape of a sample"),
    ):
        old, new = before[name], getattr(classifier, name)
        if not np.array_equal(old, new):
            old, new = (np.asarray(value).tolist() for value in (old, new))
            raise ValueError(
                f"With warm_start=True, the {words} must be {old!r}, as in the last "
                f"fit. Got {new!r}; with warm_start=False, the training starts anew."
            )


def load_weights(
    network: TrainedNetwork, last: TrainedNetwork, module: Any, differ: str
) -> None:
    """Give a network the weights of another one, and those of the decoder if any.

    Parameters
    ----------
    network : TrainedNetwork
        The network.
    last : TrainedNetwork
        The one that has the weights.
    module : specification or callable
        What has built the network.
    differ : str
        What the error says if the weights are those of another network.
    """
    parts = [(network.network, last.network)]
    if network.decoder is not None and last.decoder is not None:
        parts.append((network.decoder, last.decoder))
    for part, last_part in parts:
        names, state = part.state_dict(), last_part.state_dict()
        if isinstance(module, Architecture) and len(names) == len(state):
            # Another dropout is another layer, which shifts the numbers of those after
            # it.
            state = dict(zip(names, state.values(), strict=True))
        try:
            part.load_state_dict(state)
        except RuntimeError as error:
            raise ValueError(f"{differ} {error}") from None


def joined_history(before: History, history: History) -> History:
    """Return the history of the trainings before, followed by that of this one."""
    for row in history:
        row["epoch"] += len(before)
    return History([*before, *history])
