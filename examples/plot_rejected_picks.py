"""
Rejected picks
==============

A picker that has learnt from a few clicks takes some contaminants for particles. If you
reject its worst picks, it learns from these mistakes too.
"""

# %%
# A picker from 30 clicks
# -----------------------
# The micrographs show the edges of carbon films, ice, aggregates and fragments. 30
# particles are labelled in four of them; the other four are there to judge by. The
# network is small, so that this page is quick.

import matplotlib.pyplot as plt
import numpy as np

from pusklearn import PUClassifier, make_picker
from pusklearn.datasets import make_micrographs
from pusklearn.metrics import (
    PickingCurveDisplay,
    PicksDisplay,
    match_coordinates,
    picking_average_precision,
)
from pusklearn.modules import ConvNet

DIAMETER = 24  # pixels

micrographs, particles = make_micrographs(
    8, size=256, diameter=DIAMETER, snr=0.15, contamination=1, random_state=0
)
labels = [points[:n] for points, n in zip(particles[:4], (8, 8, 7, 7), strict=True)]


def new_picker():
    classifier = PUClassifier(ConvNet(31, units=8), random_state=0)
    return make_picker(
        DIAMETER, classifier=classifier, particles_per_micrograph=25, calibrate=False
    )


picker = new_picker().fit(micrographs[:4], labels)
picks = picker.predict(micrographs)

# %%
# Which picks are wrong
# ---------------------
# An expert looks at the picks that rank highest and rejects the wrong ones. Here the
# simulation tells which ones these are: the 20 best picks that are assigned to no
# particle within half its diameter.

right = [
    match_coordinates(truth, p, DIAMETER / 2)[0]
    for truth, p in zip(particles[:4], picks[:4], strict=True)
]
wrong = [p[~hit] for p, hit in zip(picks[:4], right, strict=True)]
limit = np.sort(np.concatenate(wrong)[:, 2])[-20]
rejected = [p[p[:, 2] >= limit, :2] for p in wrong]
print("rejected:", [len(points) for points in rejected])

# %%
# Learning from them
# ------------------
# The step ``score`` of the picker takes the rejected picks. Regions around them are
# known negatives: they leave the unlabeled regions, and a pick counts as a click does.

corrected = new_picker().fit(micrographs[:4], labels, score__rejected=rejected)
better = corrected.predict(micrographs)

for name, found in (("30 clicks", picks), ("and 20 rejected picks", better)):
    ap = picking_average_precision(particles[4:], found[4:], DIAMETER / 2)
    print(f"{name}: average precision {ap:.3f} on other micrographs")

# %%
# Precision and recall on the other micrographs, at every threshold. Contaminants that
# ranked among the particles have gone down.

fig, ax = plt.subplots(figsize=(6, 4.4), layout="constrained")
for name, found in (("30 clicks", picks), ("and 20 rejected picks", better)):
    PickingCurveDisplay.from_picks(
        particles[4:], found[4:], DIAMETER / 2, name=name, ax=ax
    )

# %%
# A micrograph of the training with its rejected picks, and with the 25 best picks of
# the new picker. Green circles hit a particle, orange ones do not, yellow ones were
# missed.

fig, axes = plt.subplots(1, 2, figsize=(10, 5.6), layout="constrained")
n = int(np.argmax([len(points) for points in rejected]))
best = better[n][np.argsort(-better[n][:, 2])[:25]]
PicksDisplay.from_predictions(
    micrographs[n], rejected[n], diameter=DIAMETER, ax=axes[0]
)
axes[0].set_title("rejected picks")
PicksDisplay.from_predictions(
    micrographs[n], best, particles[n], radius=DIAMETER / 2, ax=axes[1]
)
axes[1].set_title("the 25 best picks of the new picker")
plt.show()
