"""Scores of the general network, which comes with pusklearn and needs no labels."""

from pathlib import Path
from typing import Any

from pusklearn.micrographs.general._general_network import (
    SMOOTHING,
    USUAL_THRESHOLD,
    GeneralNetwork,
    read_general_network,
)
from pusklearn.micrographs.preprocessing._particle_span import factor_to_span
from pusklearn.topaz._messages import say
from pusklearn.topaz._scoring import BLUEPRINTS, Scoring

GENERAL = "general"
# The models that come with topaz.
OF_TOPAZ = ("resnet8", "resnet16")


def asks_for_general(model: str | None) -> bool:
    """Tell whether the option ``--model`` of ``extract`` names no model of one's own.

    Parameters
    ----------
    model : str or None
        The option; None if it is not given. The name of a model that comes with topaz
        stands for the general network, too, unless there is such a file.
    """
    if model is None or model == GENERAL:
        return True
    return model.startswith(OF_TOPAZ) and not Path(model).exists()


def open_general(model: str | None, radius: float, device: str = "cpu") -> Scoring:
    """Return the general network, ready to score images, and say that it picks.

    Parameters
    ----------
    model : str or None
        The option ``--model``.
    radius : float
        The radius of a particle, in pixels of the images.
    device : str, default="cpu"
        The device that computes.

    Raises
    ------
    ValueError
        If a particle has too few pixels.
    """
    network = read_general_network()
    check_radius(radius, network)
    instead = "" if model in (None, GENERAL) else f" in the place of {model} of topaz"
    say(
        f"The general network of pusklearn picks{instead}, for particles about "
        f"{2 * radius:g} pixels wide. It has learnt from simulated images alone."
    )
    return Scoring(general_document(network, radius), network.weights, device)


def check_radius(radius: float, network: GeneralNetwork) -> None:
    """Raise a ValueError if a particle has too few pixels for the network."""
    least = network.least_diameter
    if 2 * radius < least:
        raise ValueError(
            f"-r {radius:g} tells of a particle {2 * radius:g} pixels wide, and the "
            f"general network needs at least {least:g}. Give the radius of a particle, "
            "in pixels of the images, and images that have not been made so small; or "
            "train a model."
        )


def general_document(network: GeneralNetwork, radius: float) -> dict[str, Any]:
    """Return the settings that `Scoring` takes, those of `general_picker`.

    Parameters
    ----------
    network : GeneralNetwork
        The network.
    radius : float
        The radius of a particle, in pixels of the images.
    """
    diameter = 2 * radius
    field = BLUEPRINTS[network.module](**network.parameters).receptive_field
    return {
        "module": network.module,
        "parameters": network.parameters,
        "weights": {name: name for name in network.weights},
        "region_size": field,
        "step": network.step,
        "precision": "auto",
        "downsample": factor_to_span(diameter, network.spans),
        "normalize": {"method": "mixture", "alpha": 900.0, "beta": 1.0, "whiten": True},
        "peaks": {
            "smoothing": diameter * SMOOTHING,
            "margin": 0.0,
            "refine": False,
        },
        "zeros": [[radius, USUAL_THRESHOLD]],
    }
