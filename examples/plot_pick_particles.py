"""
Pick particles from a few labelled ones
=======================================

A handful of particles is clicked, a network learns what they look like against
everything else, and picks the rest of them in micrographs that it has not seen.
Micrographs are simulated here; give a folder of your own, the coordinates of all its
particles and their diameter in pixels::

    python plot_pick_particles.py --data FOLDER --coordinates FILE --diameter 27

The folder holds ``.mrc`` files, also in folders below.
"""

# %%
# Micrographs and their particles
# -------------------------------
# Coordinates are ``x, y`` in pixels, one array per micrograph. Only 100 of the
# particles are labelled; nothing is said of the others, which stay among the
# unlabeled pixels.

import argparse
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from pusklearn import io, make_picker
from pusklearn.datasets import make_micrographs
from pusklearn.metrics import PicksDisplay, picking_average_precision, picking_curve

parser = argparse.ArgumentParser()
parser.add_argument("--data", type=Path)
parser.add_argument("--coordinates", help="anything io.read_coordinates takes")
parser.add_argument("--diameter", type=float, default=24)
parser.add_argument("--downsample", type=float, default=1)
parser.add_argument("--labels", type=int, default=100)
parser.add_argument("--updates", type=int, default=1000)
parser.add_argument("--output", type=Path, default=Path("demo"))
options, _ = parser.parse_known_args()
if options.data and not options.coordinates:
    parser.error("--data needs --coordinates")

if options.data is None:
    micrographs, particles = make_micrographs(
        9, size=512, snr=0.1, contamination=0.5, random_state=0
    )
else:
    micrographs = io.read_micrographs(sorted(options.data.rglob("*.mrc")))
    table = io.read_coordinates(options.coordinates)
    particles = io.coordinates_for(table, micrographs)
    labelled = [i for i, points in enumerate(particles) if len(points)]
    micrographs = [micrographs[i] for i in labelled]
    particles = [particles[i] for i in labelled]

n_train = max(1, len(micrographs) * 2 // 3)
n_particles = sum(map(len, particles[:n_train]))
drawn = np.random.default_rng(0).permutation(n_particles)[: options.labels]
is_label = np.isin(np.arange(n_particles), drawn)
ends = np.cumsum([len(points) for points in particles[:n_train]])[:-1]
labels = [
    points[chosen]
    for points, chosen in zip(particles, np.split(is_label, ends), strict=False)
]

# %%
# The picker
# ----------
# One scikit-learn pipeline: downsample, normalize, score, extract. The diameter
# decides what the network sees. The mean number of particles in a micrograph tells
# how many of the unlabeled regions must hold one; a guess will do.

picker = make_picker(
    options.diameter,
    downsample=options.downsample,
    particles_per_micrograph=n_particles / n_train,
    threshold="prior",
    random_state=0,
)
picker.set_params(
    score__classifier__steps_per_epoch=max(1, options.updates // 10),
    score__classifier__verbose=1,
)
picker.fit(micrographs[:n_train], labels)

# %%
# How good the picks are
# ----------------------
# The other micrographs are picked and compared with all their particles. A pick
# comes with its score, which ranks picks.

test_micrographs, test_particles = micrographs[n_train:], particles[n_train:]
maps = picker[:-1].transform(test_micrographs)
extract = picker.named_steps["extract"]
picks = extract.predict(maps)  # above the threshold, as picker.predict gives them
peaks = extract.peaks(maps)  # all of them
precision, recall, _ = picking_curve(test_particles, peaks, extract.match_radius)
average_precision = picking_average_precision(
    test_particles, peaks, extract.match_radius
)

print(f"average precision {average_precision:.3f}")
for level in (0.5, 0.7, 0.9):
    best = precision[recall >= level].max(initial=0)
    print(f"precision at {level:.0%} recall {best:.3f}")
print(f"threshold {extract.threshold_:+.2f}: {sum(map(len, picks))} picks")

# %%
# Picks in a file, and a look at them
# -----------------------------------
# RELION, cryoSPARC and the others read the STAR file. Green circles hit a particle,
# red ones do not, yellow ones were missed.

options.output.mkdir(exist_ok=True)
io.write_coordinates(options.output / "picks.star", picks, test_micrographs)
display = PicksDisplay.from_predictions(
    test_micrographs[0],
    picks[0],
    test_particles[0],
    radius=extract.match_radius,
    diameter=options.diameter,
)
display.figure_.savefig(options.output / "picks.png", dpi=100)

fig, ax = plt.subplots(figsize=(5, 4), layout="constrained")
ax.plot(recall, precision)
ax.set(xlabel="recall", ylabel="precision", xlim=(0, 1), ylim=(0, 1.02))
plt.show()
