"""The network that has learnt from simulated micrographs, and its file.

The file is in the format safetensors, which holds no code. Only torch and safetensors
are imported here: a program that is started anew for each micrograph must start fast.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from pusklearn.micrographs.general._general_calibration import GeneralCalibration
from pusklearn.micrographs.io._draft_files import write_files
from pusklearn.micrographs.preprocessing._particle_span import check_spans
from pusklearn.pu._checks import check_integer, check_share

FORMAT = "pusklearn general network 1"
SHIPPED = Path(__file__).with_name("general_network.safetensors")
MODULES = ("ConvNet", "ResNet8", "ResNet16")
# The standard deviation of the Gaussian that smooths score maps, in diameters.
SMOOTHING = 0.1
# About as many picks as particles have a greater score, where nothing tells their
# number: 1.0 to 1.1 times as many on simulated micrographs and on two sets of EMPIAR.
# This is a score of the network; calibrated ones have their zero near it.
USUAL_THRESHOLD = -2.0


class GeneralNetwork(NamedTuple):
    """A network, and what a picker needs to know of it.

    Attributes
    ----------
    module : str
        The name of its specification in `pusklearn.modules`.
    parameters : dict
        The parameters of the specification.
    weights : dict of str to torch.Tensor
        The state of the network, on the CPU.
    diameter : float
        The number of pixels that a particle should span.
    least_diameter, greatest_diameter : float
        The least and the greatest number of pixels that it may span.
    step : int
        The step of score maps, see `RegionScorer`.
    prior : float
        The share of pixels near a particle, in the training.
    made_by : str
        What made the file.
    calibration : GeneralCalibration or None
        What the scores of picks tell; None if this has not been measured.
    """

    module: str
    parameters: dict[str, Any]
    weights: dict[str, torch.Tensor]
    diameter: float
    least_diameter: float
    greatest_diameter: float
    step: int
    prior: float
    made_by: str
    calibration: GeneralCalibration | None = None

    @property
    def spans(self) -> tuple[float, float, float]:
        """The least, the best and the greatest number of pixels of a particle."""
        return self.least_diameter, self.diameter, self.greatest_diameter


def write_general_network(
    path: str | os.PathLike,
    module: Any,
    state: Mapping[str, torch.Tensor],
    *,
    prior: float,
    diameter: float,
    least_diameter: float,
    greatest_diameter: float,
    step: int = 2,
    made_by: str = "",
    calibration: GeneralCalibration | None = None,
) -> None:
    """Write a network to a file, whole or not at all.

    The same network gives the same bytes.

    Parameters
    ----------
    path : str or path-like
        The file, which is replaced if it is there.
    module : specification
        The specification of the network, such as ``classifier.module_``.
    state : mapping of str to torch.Tensor
        The state of the network, such as
        ``classifier.net_.module_.network.state_dict()``.
    prior : float
        The share of pixels near a particle, such as ``classifier.prior_``.
    diameter, least_diameter, greatest_diameter : float
        The best, the least and the greatest number of pixels that a particle spans.
    step : int, default=2
        The step of score maps, see `RegionScorer`.
    made_by : str, default=""
        What made the file, such as the name of the script.
    calibration : GeneralCalibration or None, default=None
        What the scores of picks tell.

    Raises
    ------
    ValueError
        If the specification is not one of `pusklearn.modules`, a number is out of its
        range, a weight is not finite, or the calibration keeps no order.
    OSError
        If the file cannot be written. An earlier file is left as it was.
    """
    name = type(module).__name__
    if name not in MODULES:
        raise ValueError(f"`module` must be one of {', '.join(MODULES)}. Got {name}.")
    check_spans((least_diameter, diameter, greatest_diameter))
    description = {
        "name": name,
        "parameters": module.get_params(deep=False),
    }
    metadata = {
        "format": FORMAT,
        "module": json.dumps(description, sort_keys=True),
        "diameter": repr(float(diameter)),
        "least_diameter": repr(float(least_diameter)),
        "greatest_diameter": repr(float(greatest_diameter)),
        "step": str(check_integer(step, "step")),
        "prior": repr(float(check_share(prior, "prior"))),
        "made_by": made_by,
    }
    if calibration is not None:
        metadata["calibration"] = calibration.checked().to_text()
    rows = torch.contiguous_format
    tensors = {
        key: tensor.detach().cpu().clone(memory_format=rows)
        for key, tensor in state.items()
    }
    check_finite(tensors)
    write_files({Path(path): in_one_order(save(tensors, metadata))})


def in_one_order(data: bytes) -> bytes:
    """Return a file of safetensors with a sorted header.

    The order of the metadata would differ from run to run.
    """
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    text = json.dumps(header, sort_keys=True, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)  # the tensors stay aligned
    return len(text).to_bytes(8, "little") + text + data[8 + length :]


def read_general_network(path: str | os.PathLike | None = None) -> GeneralNetwork:
    """Read a network from its file.

    Parameters
    ----------
    path : str, path-like or None, default=None
        The file, as `write_general_network` writes it. None is the network that comes
        with pusklearn.

    Returns
    -------
    GeneralNetwork

    Raises
    ------
    ValueError
        If the file holds anything else.
    OSError
        If the file cannot be read.

    Examples
    --------
    >>> from pusklearn.micrographs.general._general_network import read_general_network
    >>> read_general_network().diameter
    22.0
    """
    path = SHIPPED if path is None else Path(path)
    data = path.read_bytes()
    try:
        weights = load(data)
        metadata = metadata_of(data)
        if metadata["format"] != FORMAT:
            raise ValueError(f"Its format is {metadata['format']!r}, not {FORMAT!r}.")
        description = json.loads(metadata["module"])
        if description["name"] not in MODULES:
            raise ValueError(f"There is no network {description['name']!r}.")
        network = GeneralNetwork(
            module=description["name"],
            parameters=dict(description["parameters"]),
            weights=weights,
            diameter=float(metadata["diameter"]),
            least_diameter=float(metadata["least_diameter"]),
            greatest_diameter=float(metadata["greatest_diameter"]),
            step=int(metadata["step"]),
            prior=float(metadata["prior"]),
            made_by=metadata["made_by"],
            calibration=calibration_in(metadata),
        )
        check_spans(network.spans)
        check_finite(weights)
    except (SafetensorError, ValueError, TypeError, KeyError) as error:
        raise ValueError(f"{path} holds no general network. {error!r}") from error
    return network


def check_finite(weights: Mapping[str, torch.Tensor]) -> None:
    """Raise a ValueError if a weight is NaN or infinite: such a network finds nothing.

    Parameters
    ----------
    weights : mapping of str to torch.Tensor
        The state of the network.
    """
    wrong = [key for key, tensor in weights.items() if not tensor.isfinite().all()]
    if wrong:
        raise ValueError(
            "The weights must be finite, as a training that has not diverged gives "
            f"them. {len(wrong)} of {len(weights)} tensors are not, such as {wrong[0]}."
        )


def calibration_in(metadata: Mapping[str, str]) -> GeneralCalibration | None:
    """Return the calibration in the metadata of a file, None if there is none."""
    text = metadata.get("calibration")
    return None if text is None else GeneralCalibration.from_text(text)


def metadata_of(data: bytes) -> dict[str, str]:
    """Return the metadata of a file of safetensors, which has been checked."""
    length = int.from_bytes(data[:8], "little")
    return json.loads(data[8 : 8 + length])["__metadata__"]
