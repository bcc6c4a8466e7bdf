"""`TiledRegions` as samples of a classifier.

Importing this file makes `PUClassifier` and the splits know `TiledRegions`: it
registers them at the generic functions of the ground floor.
"""

from copy import copy

import numpy as np
import torch
from scipy.sparse import issparse
from sklearn.utils.validation import check_consistent_length, column_or_1d

from pusklearn.micrographs.images._check_micrographs import check_finite
from pusklearn.micrographs.images._lazy_rows import is_large
from pusklearn.micrographs.images._memory_maps import free_mapped_memory
from pusklearn.micrographs.regions._prior_of_regions import prior_of_regions
from pusklearn.micrographs.regions._region_settings import (
    count_particles,
    input_dropout,
    steps_of_epoch,
)
from pusklearn.micrographs.regions._tiled_regions import TiledRegions
from pusklearn.pu._samples import PlacedSamples, Samples, as_samples
from pusklearn.pu._turns import reach, turned, turned_offsets
from pusklearn.pu.network._dense_scores import (
    can_be_dense,
    compute_logits,
    dense_form,
    score_map,
)
from pusklearn.pu.network._estimate_unlabeled_prior import estimate_unlabeled_prior

# Beside quarter turns. Finer angles gave no more average precision.
REGION_ANGLES = (0, 45)


@as_samples.register(TiledRegions)
class RegionSamples(Samples):
    """Regions of micrographs; those of one particle are one label."""

    turned_by_default = True

    @property
    def groups(self):
        """The micrograph of each region: neighbouring regions share pixels."""
        return self.X.groups

    def check_fit(self, classifier, y):
        """Return the regions and their labels, which may be sparse."""
        self._check_finite()
        y = y if issparse(y) else column_or_1d(y)
        check_consistent_length(self.X, y)
        # An earlier fit on an array leaves them.
        for name in ("n_features_in_", "feature_names_in_"):
            classifier.__dict__.pop(name, None)
        return self, y

    def check_predict(self, classifier):
        """Return the regions."""
        self._check_finite()
        return self

    def on(self, device):
        """Return the regions as one stack, or cut from files if they are large."""
        if device.type == "cpu" and is_large(self.X.micrographs):
            return MappedRegions(self.X)
        return StackedRegions(self.X, device)

    def count_labels(self, positives):
        """Count the labelled particles."""
        return count_particles(self.X, positives)

    def default_steps(self, n_labels):
        """Return the updates of an epoch for so many labelled particles."""
        return steps_of_epoch(n_labels)

    def default_dropout(self, n_labels):
        """Return the share of pixels to drop for so many labelled particles."""
        return input_dropout(n_labels)

    def _check_finite(self):
        for micrograph in self.X.micrographs:
            check_finite(micrograph)


@compute_logits.register(RegionSamples)
def logits_of_regions(samples, network, module, device, batch_size):
    """Return one logit per region, all of a micrograph at once if the module can."""
    regions = samples.X
    if not can_be_dense(module, regions.size):
        return compute_logits.dispatch(Samples)(
            samples, network, module, device, batch_size
        )
    dense = dense_form(network, module, regions.size).to(device)
    if not regions.is_view:
        maps = (score_map(dense, m, regions.size, device) for m in regions.micrographs)
        return np.concatenate([scores.ravel() for scores in maps])
    which, y, x = regions.locate()
    logits = np.empty(len(regions), np.float32)
    for number in np.unique(which):
        here = which == number
        image = regions.micrographs[number]
        logits[here] = score_map(dense, image, regions.size, device)[y[here], x[here]]
    return logits


@estimate_unlabeled_prior.register(RegionSamples)
def share_of_regions(samples, classifier, positives):
    """Return the share from peaks of score maps, and its interval."""
    return prior_of_regions(classifier, samples.X, positives)


class MappedRegions(PlacedSamples):
    """Regions of micrographs that are not held in memory, cut out one by one."""

    n_turns = 8 * len(REGION_ANGLES)

    def __init__(self, regions):
        self.regions = regions
        self.offsets = turned_offsets(regions.size, REGION_ANGLES)
        # With what the corners reach when they turn.
        self.wide = copy(regions)
        self.wide.size = 2 * reach(self.offsets) + 1

    def __len__(self):
        return len(self.regions)

    def gather(self, rows, turns=None):
        """Return the regions of those rows, turned if turns are given."""
        if turns is None:
            return self._cut(self.regions, rows)
        return turned(self._cut(self.wide, rows), self.offsets, turns)

    def _cut(self, regions, rows):
        # Reading a region may bring in megabytes around it.
        parts = [
            self._cut_few(regions[rows[i : i + 32]]) for i in range(0, len(rows), 32)
        ]
        return torch.from_numpy(np.concatenate(parts))[:, None]

    def _cut_few(self, regions):
        crops = np.asarray(regions)
        free_mapped_memory(
            *(regions.micrographs[number] for number in np.unique(regions.groups))
        )
        return crops


class StackedRegions(PlacedSamples):
    """Regions of micrographs, cut from one zero-padded stack on the device.

    The micrographs lie end to end in one flat array, so that a batch of regions from
    any of them, each turned in its own way, is a single gather.
    """

    n_turns = 8 * len(REGION_ANGLES)

    def __init__(self, regions, device):
        self.regions = regions
        dy, dx = offsets = turned_offsets(regions.size, REGION_ANGLES)
        # Room for the corners of a region turned around a pixel of the edge.
        margin = reach(offsets)
        shapes = np.array([m.shape for m in regions.micrographs]) + 2 * margin
        self.strides = widths = shapes[:, 1]
        ends = shapes.prod(1).cumsum()
        starts = ends - shapes.prod(1)
        self.origins = starts + margin * (widths + 1)
        self.pixels = torch.empty(int(ends[-1]), dtype=torch.float32, device=device)
        for start, end, m in zip(starts, ends, regions.micrographs, strict=True):
            image = np.pad(np.float32(m), margin).ravel()
            self.pixels[start:end] = torch.from_numpy(image)
            free_mapped_memory(m)
        # Of every width and turn; the first turn is none.
        widths, self.kinds = np.unique(widths, return_inverse=True)
        widths = torch.from_numpy(widths)[:, None, None, None]
        self.offsets = (dy * widths + dx).flatten(2).to(device)

    def __len__(self):
        return len(self.regions)

    def gather(self, rows, turns=None):
        """Return the regions of those rows, turned if turns are given."""
        which, y, x = self.regions.locate(rows)
        centres = self.origins[which] + y * self.strides[which] + x
        turns = np.zeros(len(rows), int) if turns is None else turns
        places = self.offsets[self.kinds[which], turns]
        places += torch.from_numpy(centres).to(places.device)[:, None]
        return self.pixels[places].view(-1, 1, *self.regions.shape[1:])
