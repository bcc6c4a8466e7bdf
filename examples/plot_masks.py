"""
Masks for carbon and ice
========================

Parts of a micrograph are no use: the carbon film beside a hole, gold, thick ice,
aggregates. If a program has found them, a picker takes its masks: nothing is learnt or
picked at masked pixels.
"""

# %%
# Micrographs with contaminants
# -----------------------------
# The micrographs show the edges of carbon films, ice and aggregates. 15 particles are
# labelled in each of four.

from importlib import import_module
from importlib.util import find_spec

import matplotlib.pyplot as plt
import numpy as np
from scipy.ndimage import binary_dilation, binary_propagation, gaussian_filter

from pusklearn import Micrograph, make_picker
from pusklearn.datasets import make_micrographs
from pusklearn.metrics import PicksDisplay, picking_average_precision

DIAMETER = 24  # pixels

micrographs, particles = make_micrographs(
    6, size=320, diameter=DIAMETER, snr=0.15, contamination=1, random_state=0
)
labels = [points[:15] for points in particles[:4]]

# %%
# Finding carbon
# --------------
# `MicrographCleaner <https://github.com/rsanchezgarc/micrograph_cleaner_em>`_ is a
# network for this purpose. It gives the probability of each pixel to be carbon or
# another contaminant. If it is not installed, a threshold has to do here: an area is
# masked if its smoothed grey value is far below the median. This works on these
# simulated micrographs, whose ice is even; on real ones, use a program made for it.


def find_carbon(micrograph):
    """Return a mask that is True at carbon, ice and aggregates."""
    if find_spec("micrograph_cleaner_em"):
        cleaner = import_module("micrograph_cleaner_em")
        with cleaner.MaskPredictor(DIAMETER, gpus=None) as predictor:
            return predictor.predictMask(np.asarray(micrograph)) > 0.5
    smooth = gaussian_filter(np.asarray(micrograph, float), DIAMETER / 3)
    offset = smooth - np.median(smooth)
    offset /= np.median(np.abs(offset))
    # From the darkest pixels of an area outward, as far as it is dark.
    whole = binary_propagation(offset < -5, mask=offset < -2.5)
    return binary_dilation(whole, iterations=DIAMETER // 6)


masked = [Micrograph(m, mask=find_carbon(m)) for m in micrographs]

fig, axes = plt.subplots(2, 3, figsize=(10, 7), layout="constrained")
for ax, micrograph in zip(axes.flat, masked, strict=True):
    image = np.asarray(gaussian_filter(micrograph, 1))
    ax.imshow(image, cmap="gray")
    ax.imshow(np.where(micrograph.mask, 1.0, np.nan), cmap="autumn", alpha=0.3)
    ax.set_axis_off()

# %%
# Learning and picking without them
# ---------------------------------
# ``Micrograph(pixels, mask=...)`` is all that has to be done; every step knows what a
# mask means. If a labelled particle is masked, ``fit`` leaves it out and says so. Masks
# in files are read together with the micrographs, and matched by name::
#
#     io.read_micrographs("micrographs/", masks="masks/")
#
# There, each pixel that is not 0 is masked. ``io.read_masks`` reads masks that mean it
# the other way round, and thresholds probabilities::
#
#     io.read_micrographs("micrographs/", masks=io.read_masks("masks/", threshold=0.5))


def fit_picker(training):
    picker = make_picker(
        DIAMETER, particles_per_micrograph=38, threshold="prior", random_state=0
    )
    picker.set_params(score__classifier__max_epochs=5)
    return picker.fit(training, labels)


without = fit_picker(micrographs[:4])
with_masks = fit_picker(masked[:4])

# %%
# What it brings
# --------------
# The numbers are the average precision against all particles of the two micrographs
# that were kept out of the training, masked or not.

radius = without["extract"].match_radius
for name, picker, rows in (
    ("without masks", without, micrographs[4:]),
    ("with masks", with_masks, masked[4:]),
):
    peaks = picker["extract"].peaks(picker[:-1].transform(rows))
    score = picking_average_precision(particles[4:], peaks, radius)
    print(f"{name:14} {score:.3f}")

# %%
# Green circles hit a particle, orange ones do not, yellow ones were missed.

fig, axes = plt.subplots(1, 2, figsize=(10, 5.6), layout="constrained")
for ax, picker, rows, title in zip(
    axes,
    (without, with_masks),
    (micrographs, masked),
    ("without masks", "with masks"),
    strict=True,
):
    PicksDisplay.from_predictions(
        rows[4],
        picker.predict(rows[4:5])[0],
        particles[4],
        radius=radius,
        diameter=DIAMETER,
        ax=ax,
    )
    ax.set_title(title)
plt.show()
# sphinx_gallery_thumbnail_number = 1
