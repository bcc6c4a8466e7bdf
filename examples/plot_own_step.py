"""
An own step in the picker
=========================

A picker is an ordinary scikit-learn ``Pipeline``. If your micrographs need something
that the library does not do, write a transformer of ten lines and put it in. Here the
detector has broken pixels.
"""

# %%
# Micrographs with broken pixels
# ------------------------------
# One pixel in two hundred of each micrograph is far too bright. Otherwise the
# micrographs are those of the other examples. 15 particles are labelled in each of
# three.

import matplotlib.pyplot as plt
import numpy as np
from scipy.ndimage import median_filter
from sklearn.base import BaseEstimator, TransformerMixin

from pusklearn import Micrograph, make_picker
from pusklearn.datasets import make_micrographs
from pusklearn.metrics import PicksDisplay

DIAMETER = 24  # pixels

micrographs, particles = make_micrographs(
    5, size=320, diameter=DIAMETER, snr=0.15, random_state=1
)
rng = np.random.default_rng(0)
for micrograph in micrographs:
    broken = rng.random(micrograph.shape) < 1 / 200
    micrograph[broken] += 30 * micrograph.std()
train, test = micrographs[:3], micrographs[3:]
labels = [points[:15] for points in particles[:3]]

# %%
# The step
# --------
# Rows go in and rows come out, and one row is one micrograph. A pixel that differs much
# from the median of its neighbours is replaced by this median. ``Micrograph`` keeps the
# name, the pixel size and the scale, which the steps after this one need: SciPy returns
# plain arrays, so the result is wrapped again.


class BrokenPixels(TransformerMixin, BaseEstimator):
    """Replace pixels that differ from the median of their neighbours."""

    def __init__(self, deviations=6.0):
        self.deviations = deviations

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        return [self._mend(micrograph) for micrograph in X]

    def _mend(self, micrograph):
        pixels = np.asarray(micrograph)
        median = median_filter(pixels, 3)
        difference = pixels - median
        spread = np.median(np.abs(difference)) / 0.6745
        is_broken = np.abs(difference) > self.deviations * spread
        return Micrograph(
            np.where(is_broken, median, pixels),
            name=micrograph.name,
            pixel_size=micrograph.pixel_size,
            scale=micrograph.scale,
        )

    def __sklearn_is_fitted__(self):
        return True


mended = BrokenPixels().transform(test)
fig, axes = plt.subplots(1, 2, figsize=(9, 4.6), layout="constrained")
low, high = np.percentile(mended[0], [0.5, 99.5])
for ax, image, title in zip(
    axes, (test[0], mended[0]), ("before", "after"), strict=True
):
    ax.imshow(image[-192:, -192:], cmap="gray", vmin=3 * low, vmax=3 * high)
    ax.set(title=title)
    ax.set_axis_off()

# %%
# Putting it in
# -------------
# ``Pipeline.steps`` is a list of names and transformers. The new step comes first. Its
# parameters are those of the pipeline from then on: ``mend__deviations`` can be
# searched over like any other.


def fit_picker(*steps):
    picker = make_picker(
        DIAMETER, particles_per_micrograph=38, threshold="prior", random_state=0
    )
    picker.set_params(score__classifier__max_epochs=5)
    picker.steps[:0] = steps
    return picker.fit(train, labels)


without = fit_picker()
with_step = fit_picker(("mend", BrokenPixels()))
print(" -> ".join(with_step.named_steps))

# %%
# What it brings
# --------------
# The numbers are the average precision against all particles of the two micrographs
# that were kept out of the training:

for name, picker in {"without": without, "with the step": with_step}.items():
    print(f"{name:14} {picker.score(test, particles[3:]):.3f}")

radius = with_step["extract"].match_radius
fig, axes = plt.subplots(1, 2, figsize=(10, 5.6), layout="constrained")
for ax, picker, title in zip(
    axes, (without, with_step), ("without the step", "with the step"), strict=True
):
    PicksDisplay.from_predictions(
        mended[0],
        picker.predict(test[:1])[0],
        particles[3],
        radius=radius,
        diameter=DIAMETER,
        ax=ax,
    )
    ax.set_title(title)
plt.show()
# sphinx_gallery_thumbnail_number = 2
