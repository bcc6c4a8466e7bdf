"""Picks of one micrograph from a model, without scikit-learn.

Its import takes as long as that of torch, which a program that is started anew for each
micrograph would pay each time. The functions are those that a picker calls.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from pusklearn.micrographs.images._as_float32 import as_float32
from pusklearn.micrographs.images._check_micrographs import check_any_pixel
from pusklearn.micrographs.images._gaps import find_gaps, map_where_there
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.peaks._map_peaks import map_peaks
from pusklearn.micrographs.preprocessing._downsampled import as_fraction, downsampled
from pusklearn.micrographs.preprocessing._normalized import normalized
from pusklearn.pu.modules._blueprint import Blueprint
from pusklearn.pu.modules._conv_net_blueprint import ConvNetBlueprint
from pusklearn.pu.modules._resnet8_blueprint import ResNet8Blueprint
from pusklearn.pu.modules._resnet16_blueprint import ResNet16Blueprint
from pusklearn.pu.network._dense_network import score_pixels
from pusklearn.pu.network._load_state import load_state

DOCUMENT = "scoring.json"

# By the name of the specification in `pusklearn.modules`.
BLUEPRINTS: dict[str, type[Blueprint]] = {
    "ConvNet": ConvNetBlueprint,
    "ResNet8": ResNet8Blueprint,
    "ResNet16": ResNet16Blueprint,
}


class Scoring:
    """What a fitted picker needs to score and pick a micrograph.

    Parameters
    ----------
    document : dict
        The settings, as `scoring_document` writes them.
    tensors : dict of str to torch.Tensor
        The tensors of the model.
    device : str, default="cpu"
        The device that computes.

    Raises
    ------
    ValueError
        If the settings are not those that this version writes.
    """

    def __init__(
        self,
        document: dict[str, Any],
        tensors: dict[str, torch.Tensor],
        device: str = "cpu",
    ):
        try:
            self.normalize = dict(document["normalize"])
            self.region_size = int(document["region_size"])
            self.step = int(document["step"])
            self.downsample = float(document.get("downsample", 1))
            self.precision = str(document["precision"])
            self.peaks = dict(document["peaks"])
            self.zeros = [(float(r), float(zero)) for r, zero in document["zeros"]]
            self.module = BLUEPRINTS[document["module"]](**document["parameters"])
            weights = {
                name: tensors[tensor] for name, tensor in document["weights"].items()
            }
            # A network that is said to be huge takes no memory before it is refused.
            with torch.device("meta"):
                network = self.module.build((self.region_size, self.region_size))
            load_state(network, weights)
        except (KeyError, TypeError, ValueError, AttributeError, RuntimeError) as error:
            raise ValueError(f"Its part {DOCUMENT!r} is damaged: {error!r}.") from error
        self.network = network.to(device).eval()

    def score_map(self, micrograph: Micrograph) -> Micrograph:
        """Return the score map of a micrograph."""
        small = self._smaller(check_any_pixel(micrograph))
        normal = normalized(as_float32(small), **self.normalize)
        score = partial(
            score_pixels,
            self.network,
            self.module,
            self.region_size,
            step=self.step,
            precision=self.precision,
        )
        return map_where_there(score, normal)

    def _smaller(self, micrograph):
        if self.downsample == 1:
            return micrograph
        return downsampled(micrograph, as_fraction(self.downsample))

    def picks(self, scores: Micrograph, radius: float) -> NDArray[np.float64]:
        """Return the picks of a score map, ``x, y, score`` by descending score.

        Parameters
        ----------
        scores : Micrograph
            The score map.
        radius : float
            Picks are further apart than this, in pixels of the micrograph.

        Returns
        -------
        ndarray of shape (k, 3)
            Every peak; its score is that of the picker less the threshold "prior".
        """
        return picks_of_map(scores, radius, self.zero(radius), **self.peaks)

    def zero(self, radius: float) -> float:
        """Return the score above which as many picks lie as particles are expected."""
        return interpolated_zero(self.zeros, radius)


def picks_of_map(
    scores: Micrograph, radius: float, zero: float = 0.0, **peaks: Any
) -> NDArray[np.float64]:
    """Return every peak of a score map, with its score less `zero`."""
    gaps = find_gaps(scores)
    if not gaps.n_there:
        return np.empty((0, 3))
    picks = map_peaks(scores, gaps, radius=radius, **peaks)
    picks[:, 2] -= zero
    return picks


def interpolated_zero(zeros: Sequence[tuple[float, float]], radius: float) -> float:
    """Return the threshold for a distance of picks, given those for some distances.

    Picks that keep a greater distance are fewer, so that the threshold that keeps a
    given number of them is lower.
    """
    radii, thresholds = zip(*zeros, strict=True)
    return float(np.interp(radius, radii, thresholds))
