"""
A picker step by step
=====================

Some particles are clicked, a network learns what they look like against everything
else, and picks the rest of them in micrographs that it has not seen. Micrographs are
simulated here; ``pusklearn demo --data FOLDER --diameter 180`` does the same on a
folder of your own.
"""

# %%
# Micrographs and their particles
# -------------------------------
# Coordinates are ``x, y`` in pixels, one array per micrograph. 17 particles are
# labelled in each of six micrographs, the circles below. Nothing is known about the
# others, which stay among the unlabeled pixels.

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from pusklearn import io, make_picker
from pusklearn.datasets import make_micrographs
from pusklearn.metrics import PicksDisplay, picking_average_precision, picking_curve

DIAMETER = 24  # pixels

micrographs, particles = make_micrographs(
    9, size=512, diameter=DIAMETER, snr=0.1, contamination=0.5, random_state=0
)
rng = np.random.default_rng(0)
labels = [rng.permutation(points)[:17] for points in particles[:6]]

fig, ax = plt.subplots(figsize=(6, 6.4), layout="constrained")
PicksDisplay.from_predictions(
    micrographs[0], labels[0], diameter=DIAMETER, sigma=2, ax=ax
)
ax.set_title(f"{len(labels[0])} of {len(particles[0])} particles are labelled")

# %%
# The picker
# ----------
# One scikit-learn pipeline: downsample, normalize, score, extract. The diameter decides
# what the network sees. How many of the unlabeled regions hold a particle is estimated
# from the clicks, and so is the probability that a pick is a particle.

picker = make_picker(DIAMETER, threshold="probability:0.5", random_state=0)
picker.fit(micrographs[:6], labels)
low, high = picker["extract"].n_expected_interval_
print(f"{low / 6:.0f} to {high / 6:.0f} particles in a micrograph")

# %%
# What each step does
# -------------------
# A slice of the pipeline is a pipeline, so that every intermediate result can be looked
# at. The normalisation evens out the background. The network gives a score for the
# region around every pixel, and the peaks of this score map are the picks.

new = micrographs[6:]
normalized = picker[:2].transform(new)
maps = picker[:-1].transform(new)
fig, axes = plt.subplots(1, 3, figsize=(11, 4), layout="constrained")
panels = {"micrograph": new[0], "normalized": normalized[0], "score map": maps[0]}
for ax, (title, image) in zip(axes, panels.items(), strict=True):
    low, high = np.percentile(image, [0.5, 99.5])
    cmap = "viridis" if title == "score map" else "gray"
    drawn = ax.imshow(image, cmap=cmap, vmin=low, vmax=high)
    ax.set(title=title)
    ax.set_axis_off()
fig.colorbar(drawn, ax=axes[-1], label="score", shrink=0.8)

# %%
# How good the picks are
# ----------------------
# The other micrographs are picked and compared with all their particles. The score of
# a pick is the log-odds that it is a particle, calibrated on micrographs that were not
# learnt from: 0 is an even chance.

extract = picker["extract"]
picks = extract.predict(maps)  # above the threshold, as picker.predict gives them
peaks = extract.peaks(maps)  # all of them
radius = extract.match_radius
precision, recall, _ = picking_curve(particles[6:], peaks, radius)

average_precision = picking_average_precision(particles[6:], peaks, radius)
print(f"average precision {average_precision:.3f}")
for level in (0.5, 0.7, 0.9):
    best = precision[recall >= level].max(initial=0)
    print(f"precision at {level:.0%} recall {best:.3f}")
expected = extract.expected_quality(picks=peaks)
print(f"{sum(map(len, picks))} picks with a probability above 0.5")
print(f"{expected.precision:.2f} of them are expected to be particles")

fig, ax = plt.subplots(figsize=(5, 4), layout="constrained")
ax.plot(recall, precision)
ax.set(xlabel="recall", ylabel="precision", xlim=(0, 1), ylim=(0, 1.02))

# %%
# Picks in a file, and a look at them
# -----------------------------------
# RELION, cryoSPARC and the others read the STAR file. Green circles hit a particle,
# orange ones do not, yellow ones were missed.

output = Path("demo")
output.mkdir(exist_ok=True)
io.write_coordinates(output / "picks.star", picks, new)
fig, ax = plt.subplots(figsize=(8, 8.4), layout="constrained")
PicksDisplay.from_predictions(
    new[0], picks[0], particles[6], radius=radius, diameter=DIAMETER, ax=ax
)
fig.savefig(output / "picks.png", dpi=100)
plt.show()
# sphinx_gallery_thumbnail_number = 4
