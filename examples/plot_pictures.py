"""
Pictures of picks
=================

Is it right what a picker finds, how much of it is junk, and where should one cut? These
are the pictures that answer such questions in a paper or a notebook. Each takes a
fitted picker and micrographs, and draws on a figure of its own or, with ``ax=``, on
axes of yours.
"""

# %%
# A picker and micrographs
# ------------------------
# The general picker needs no labels, so it takes a moment only; a picker that was
# trained on your own labels is drawn in the same way. Its score is the log-odds that a
# pick is a particle, and the threshold 0 is an even chance. The micrographs are
# simulated, so that all their particles are known.

import matplotlib.pyplot as plt

from pusklearn import general_picker
from pusklearn.datasets import make_micrographs
from pusklearn.metrics import (
    ParticleMontage,
    PickingCurveDisplay,
    PicksDisplay,
    ReliabilityDisplay,
    ScoreMapDisplay,
)

micrographs, particles = make_micrographs(
    4, size=384, diameter=24, snr=0.1, contamination=0.6, random_state=2
)
picker = general_picker(24, threshold=0.0)

# %%
# Picks on their micrograph
# -------------------------
# The diameter and the smoothing are those that suit the picker. The colour of a circle
# tells the probability of the pick.

PicksDisplay.from_picker(picker, micrographs[0])

# %%
# A contact sheet
# ---------------
# Several micrographs, or a folder such as ``"MotionCorr/job002"``, make a contact
# sheet. With the true particles, colours and lines tell which picks hit.

PicksDisplay.from_picker(picker, micrographs, particles, n_columns=2)

# %%
# Crops of the picks
# ------------------
# The best picks, and those just above and just below the threshold: if most of the last
# row are particles, the threshold is too high.

ParticleMontage.from_picker(picker, micrographs, n_best=8, n_cut=24)

# %%
# The score map
# -------------
# Picks are the peaks of this map. It tells why a particle was missed, or why something
# else was picked.

ScoreMapDisplay.from_picker(picker, micrographs[0], values="score")

# %%
# Precision and recall
# --------------------
# All particles must be known for this curve. The full circle is the threshold. The
# empty one, with its intervals, is what the picker expects there without knowing them.

PickingCurveDisplay.from_picker(picker, micrographs, particles)

# %%
# Are the probabilities right?
# ----------------------------
# Of the picks with a probability of 0.8, eight of ten should be particles. The general
# picker has learnt its probabilities from particles of many kinds, so that it may be
# too sure of one kind, as it is here, or not sure enough; the intervals above allow for
# that. A picker that was trained on labels has learnt them from its own micrographs.

display = ReliabilityDisplay.from_picker(picker, micrographs, particles, n_bins=5)
print(
    f"{display.n_expected:.0f} particles expected, {display.n_true:.0f} are there; "
    f"precision above 0.5: {display.expected_precision:.2f} expected, "
    f"{display.true_precision:.2f} true"
)
plt.show()
# sphinx_gallery_thumbnail_number = 3
