"""`TiledRegions` as samples of a classifier.

Importing this file makes `PUClassifier` and the splits know `TiledRegions`: it
registers them with the generic functions of the ground floor.
"""

from copy import copy
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import issparse
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_consistent_length, column_or_1d

from pusklearn.micrographs.images._lazy_rows import is_large
from pusklearn.micrographs.images._mapped_pixels import check_unchanged
from pusklearn.micrographs.images._memory_maps import free_mapped_memory
from pusklearn.micrographs.regions._hold_out_micrographs import hold_out_micrographs
from pusklearn.micrographs.regions._prior_of_regions import prior_of_regions
from pusklearn.micrographs.regions._region_settings import (
    LEAST_FOR_HIGH_RATES,
    MOST_FOR_HIGH_RATES,
    count_particles,
    input_dropout,
    steps_of_epoch,
)
from pusklearn.micrographs.regions._tiled_regions import TiledRegions
from pusklearn.pu._known_labels import known_labels
from pusklearn.pu._progress_bar import progress_bar
from pusklearn.pu._samples import PlacedSamples, Samples, as_samples
from pusklearn.pu._send import send
from pusklearn.pu._turns import reach, turned, turned_offsets
from pusklearn.pu.network._dense_network import can_be_dense, dense_form, score_map
from pusklearn.pu.network._dense_scores import compute_logits
from pusklearn.pu.network._estimate_unlabeled_prior import estimate_unlabeled_prior
from pusklearn.pu.network._hold_out import Part, hold_out
from pusklearn.pu.network._known_negatives import NO_ROWS
from pusklearn.pu.network._pu_classifier import PUClassifier

# Angles that are added to quarter turns. Finer angles did not raise average precision.
REGION_ANGLES = (0, 45)
FLOAT_BYTES = 4


@as_samples.register(TiledRegions)
class RegionSamples(Samples):
    """Regions of micrographs. The regions of one particle are one label."""

    default_augment = True
    negatives_count_as_labels = True

    @property
    def groups(self) -> NDArray[np.integer]:
        """The micrograph of each region, because neighbouring regions share pixels."""
        return self.X.groups

    def check_fit(self, classifier: BaseEstimator, y: Any) -> tuple[Samples, Any]:
        """Return the regions and their labels, which may be sparse."""
        y = y if issparse(y) else column_or_1d(known_labels(y))
        check_consistent_length(self.X, y)
        # An earlier fit on an array has left these attributes.
        for name in ("n_features_in_", "feature_names_in_"):
            classifier.__dict__.pop(name, None)
        return self, y

    def check_predict(self, classifier: BaseEstimator) -> Samples:
        """Return the regions."""
        return self

    def on(self, device: torch.device) -> PlacedSamples:
        """Return regions on a device, cut on the host if the micrographs are large."""
        kind = StackedRegions if can_be_stacked(self.X, device) else MappedRegions
        return kind(self.X, device)

    def count_labels(self, positives: NDArray[np.integer]) -> int:
        """Count the labelled particles."""
        return count_particles(self.X, positives)

    def default_steps(self, n_labels: int) -> int:
        """Return the updates in an epoch for a number of labelled particles."""
        return steps_of_epoch(n_labels)

    def bears_high_rates(self, n_labels: int) -> bool:
        """Tell whether a high rate suits the number of labelled particles."""
        return LEAST_FOR_HIGH_RATES <= n_labels <= MOST_FOR_HIGH_RATES

    def default_dropout(self, n_labels: int) -> float:
        """Return the share of pixels to drop for a number of labelled particles."""
        return input_dropout(n_labels)

    def missing_runs(self) -> NDArray[np.intp]:
        """Return the runs of regions whose centre is a missing pixel."""
        return self.X.missing_runs()


@compute_logits.register(RegionSamples)
def logits_of_regions(
    samples: RegionSamples,
    network: torch.nn.Module,
    module: Any,
    device: torch.device,
    batch_size: int,
    verbose: int = 0,
) -> NDArray[np.float32]:
    """Return one logit per region, of a whole micrograph at once if possible."""
    regions = samples.X
    if not can_be_dense(module, regions.size):
        return compute_logits.dispatch(Samples)(
            samples, network, module, device, batch_size, verbose
        )
    dense = dense_form(network, module, regions.size)
    if not regions.is_view:
        numbers = with_bar(range(len(regions.micrographs)), verbose)
        images = map(regions.pixels, numbers)
        maps = (score_map(dense, image, regions.size, device) for image in images)
        return np.concatenate([scores.ravel() for scores in maps])
    which, y, x = regions.locate()
    logits = np.empty(len(regions), np.float32)
    for number in with_bar(np.unique(which), verbose):
        here = which == number
        image = regions.pixels(int(number))
        logits[here] = score_map(dense, image, regions.size, device)[y[here], x[here]]
    return logits


def with_bar(rows: Any, verbose: int) -> Any:
    """Return micrographs or their numbers, with a bar if it is to be shown."""
    return progress_bar(
        rows, description="scoring micrographs", unit="micrograph", verbose=verbose
    )


@estimate_unlabeled_prior.register(RegionSamples)
def share_of_regions(
    samples: RegionSamples,
    classifier: PUClassifier,
    positives: NDArray[np.integer],
    negatives: NDArray[np.integer],
) -> tuple[float, tuple[float, float]]:
    """Return the share of positives from peaks of score maps, and its interval."""
    return prior_of_regions(classifier, samples.X, positives, negatives)


@hold_out.register(RegionSamples)
def hold_out_regions(
    samples: RegionSamples,
    positives: NDArray[np.integer],
    fraction: float,
    random_state: np.random.RandomState,
    negatives: NDArray[np.integer] = NO_ROWS,
) -> tuple[Part, Part]:
    """Return the regions of whole micrographs; nothing is drawn at random."""
    learnt, held_out = (
        Part(RegionSamples(X), rows, None, negatives=of_negatives)
        for X, rows, of_negatives in hold_out_micrographs(
            samples.X, positives, fraction, negatives
        )
    )
    return learnt, held_out


def can_be_stacked(regions: TiledRegions, device: torch.device) -> bool:
    """Tell whether the micrographs of regions are to lie in the memory of a device.

    On a GPU with CUDA they take at most half of the memory that is free; the memory of
    this machine holds those that are not large. The regions are the same either way.
    """
    if device.type == "cpu":
        return not is_large(regions.micrographs)
    if device.type != "cuda":
        return True
    _, shapes = padded_shapes(regions)
    free, _ = torch.cuda.mem_get_info(device)
    return FLOAT_BYTES * int(shapes.prod(1).sum()) <= free / 2


def padded_shapes(regions: TiledRegions) -> tuple[int, NDArray[np.intp]]:
    """Return the margin that turned regions need, and the shapes of images with it."""
    # Room for the corners of a region turned around a pixel of the edge.
    margin = reach(turned_offsets(regions.size, REGION_ANGLES))
    shapes = np.array([m.shape for m in regions.micrographs]) + 2 * margin
    return margin, shapes


class MappedRegions(PlacedSamples):
    """Regions of micrographs that stay where they are, cut out one by one.

    Parameters
    ----------
    regions : TiledRegions
        The regions.
    device : torch.device
        The device that gets the batches.
    """

    n_turns = 8 * len(REGION_ANGLES)

    def __init__(self, regions: TiledRegions, device: torch.device) -> None:
        self.regions = regions
        self.device = device
        self.offsets = turned_offsets(regions.size, REGION_ANGLES)
        # Wide enough for the corners of a region when it turns.
        self.wide = copy(regions)
        self.wide.size = 2 * reach(self.offsets) + 1

    def __len__(self):
        return len(self.regions)

    def gather(
        self, rows: NDArray[np.integer], turns: NDArray[np.integer] | None = None
    ) -> torch.Tensor:
        """Return the regions of these rows, turned if turns are given."""
        if turns is None:
            return self._cut(self.regions, rows)
        return turned(self._cut(self.wide, rows), self.offsets, turns)

    def _cut(self, regions, rows):
        # Reading one region may load megabytes around it, so memory is freed often.
        parts = [
            self._cut_few(regions[rows[i : i + 32]]) for i in range(0, len(rows), 32)
        ]
        return send(np.concatenate(parts), self.device)[:, None]

    def _cut_few(self, regions):
        sources = [regions.micrographs[number] for number in np.unique(regions.groups)]
        for source in sources:
            check_unchanged(source)
        crops = np.asarray(regions)
        free_mapped_memory(*sources)
        return crops


class StackedRegions(PlacedSamples):
    """Regions of micrographs, cut from one zero-padded stack on the device.

    The padded micrographs lie end to end in one flat array. In it, a pixel of a region
    is its centre plus an offset ``dy * width + dx``, which depends only on the turn and
    on the width of the padded micrograph. So a batch of regions from any micrographs,
    each turned in its own way, is a single gather.

    Parameters
    ----------
    regions : TiledRegions
        The regions.
    device : torch.device
        The device that holds the stack.
    """

    # pixels    0 0 0 0 0 0 a a a 0 0 a a a 0 ... | 0 0 0 0 b b 0 0 0 ...
    #           ^ start     ^ origin: its first     ^ the next micrograph
    #                         pixel inside the zeros
    # region    pixels[origin + y * width + x + offsets[width, turn]]

    n_turns = 8 * len(REGION_ANGLES)

    def __init__(self, regions: TiledRegions, device: torch.device) -> None:
        self.regions = regions
        self.device = device
        dy, dx = turned_offsets(regions.size, REGION_ANGLES)
        margin, shapes = padded_shapes(regions)
        ends = shapes.prod(1).cumsum()
        starts = ends - shapes.prod(1)
        self.widths = shapes[:, 1]
        self.origins = starts + margin * (self.widths + 1)
        self.pixels = torch.empty(int(ends[-1]), dtype=torch.float32, device=device)
        for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
            image = np.pad(regions.pixels(number), margin).ravel()
            self.pixels[start:end] = torch.from_numpy(image)
            free_mapped_memory(regions.micrographs[number])
        # One table of offsets for each different width.
        widths, self.table_of_micrograph = np.unique(self.widths, return_inverse=True)
        rows = dy * torch.from_numpy(widths)[:, None, None, None]
        self.offsets = (rows + dx).flatten(2).to(device)

    def __len__(self):
        return len(self.regions)

    def gather(
        self, rows: NDArray[np.integer], turns: NDArray[np.integer] | None = None
    ) -> torch.Tensor:
        """Return the regions of these rows, turned if turns are given."""
        which, y, x = self.regions.locate(rows)
        centres = self.origins[which] + y * self.widths[which] + x
        if turns is None:
            turns = np.zeros(len(rows), int)  # the first turn leaves a region as it is
        tables = self.table_of_micrograph[which]
        table, turn, centre = send(np.stack([tables, turns, centres]), self.device)
        places = self.offsets[table, turn]
        places += centre[:, None]
        return self.pixels[places].view(-1, 1, *self.regions.shape[1:])
