"""
Labels that are not random
==========================

PU learning assumes that the labelled positives are a random sample of all positives.
People label what is easy to see. This example shows what that does to a classifier, and
how far it can be noticed.
"""

# %%
# Two ways to label the same data
# -------------------------------
# One feature tells positives from negatives, more or less. 30 % of the positives are
# labelled: once at random, and once nearly always the clearest ones. A second column
# says who labelled: the data come from four hospitals.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import recall_score

from pusklearn import PriorEstimator, PUClassifier, PUThresholdClassifier
from pusklearn.metrics import LabelsAtRandomDisplay, PriorSensitivityDisplay
from pusklearn.modules import MLP

PRIOR = 0.4
rng = np.random.default_rng(0)
y = rng.random(6000) < PRIOR
X = rng.normal(3 * y, size=len(y))[:, None]
hospital = rng.choice(list("ABCD"), len(y))
random_labels = y & (rng.random(len(y)) < 0.3)
clear_labels = y & (rng.random(len(y)) < np.where(X[:, 0] > 3, 0.54, 0.06))

fig, axes = plt.subplots(1, 2, figsize=(9, 3.2), sharey=True, layout="constrained")
cases = {"labels at random": random_labels, "the clearest labelled": clear_labels}
for ax, (name, labels) in zip(axes, cases.items(), strict=True):
    bins = np.linspace(-3, 7, 41)
    for mask, color, label in [
        (~y, "0.8", "negatives"),
        (y, "C0", "positives"),
        (labels, "C1", "labelled positives"),
    ]:
        ax.hist(X[mask, 0], bins, color=color, alpha=0.8, label=label)
    ax.set(title=name, xlabel="feature")
axes[0].set_ylabel("samples")
axes[0].legend()

# %%
# What it does to a classifier
# ----------------------------
# If the prior is estimated from labels of the clearest positives, it comes out far too
# small, and a classifier that believes it takes the other positives for negatives. A
# threshold that promises a recall of 95 % breaks its promise. The labels themselves do
# not show that: nearly all *labelled* positives are found.

for name, labels in cases.items():
    prior = PriorEstimator(LogisticRegression(), random_state=0).fit(X, labels).prior_
    classifier = PUClassifier(MLP((50,)), prior=prior, max_epochs=5, random_state=0)
    promise = PUThresholdClassifier(
        LogisticRegression(), threshold="recall:0.95", random_state=0
    )
    print(f"{name}: estimated prior {prior:.2f}, recall of")
    for what, model in {"classifier": classifier, "promise of 0.95": promise}.items():
        found = model.fit(X, labels).predict(X)
        print(
            f"  {what:16} {found[labels].mean():.2f} of the labelled, "
            f"{recall_score(y, found):.2f} of all positives"
        )

# %%
# Noticing it
# -----------
# If labels are random, no part of the data can have a greater labelled share than the
# positives themselves. ``LabelsAtRandomDisplay`` looks for such a part among the
# highest scores. The prior has to be known from elsewhere: a prior that was estimated
# from the same labels hides the effect.

fig, axes = plt.subplots(1, 2, figsize=(10, 4), sharey=True, layout="constrained")
for ax, (name, labels) in zip(axes, cases.items(), strict=True):
    display = LabelsAtRandomDisplay.from_estimator(
        LogisticRegression(), X, labels, prior=PRIOR, random_state=0, ax=ax
    )
    ax.set_title(f"{name}: p = {display.pvalue:.3f}")

# %%
# Groups
# ------
# Labels may also depend on where a sample comes from. Here hospital A labels 60 % of
# its positives and the others 20 %. In a figure by hospital, A stands out.

of_hospital = y & (rng.random(len(y)) < np.where(hospital == "A", 0.6, 0.2))
display = LabelsAtRandomDisplay.from_estimator(
    LogisticRegression(), X, of_hospital, prior=PRIOR, by=hospital, random_state=0
)
display.figure_.set_layout_engine("constrained")
for name, pvalue in sorted(display.pvalues.items()):
    print(f"hospital {name}: p = {pvalue:.3f}")

# %%
# What cannot be noticed
# ----------------------
# Labels that prefer positives which look like negatives leave no trace: too few labels
# at the top look the same as negatives there. A p-value that is not small proves
# nothing.
#
# How much depends on the prior
# -----------------------------
# Labels that are not random also distort every estimate of the prior. If you are not
# sure of it, look at how much the conclusions depend on it. Recall and the predicted
# share do not need the prior; precision does.

classifier = LogisticRegression(class_weight="balanced").fit(X[::2], random_labels[::2])
display = PriorSensitivityDisplay.from_estimator(
    classifier, X[1::2], random_labels[1::2], prior=PRIOR
)
display.figure_.set_layout_engine("constrained")
plt.show()
# sphinx_gallery_thumbnail_number = 2

# %%
# What to do
# ----------
# - Label samples as they come, the faint ones too. This is worth more than any method.
# - Label a small random part completely, and compare.
# - If the clearest ones are labelled, use the classifier for ranking, and set the
#   threshold by hand or by a part that was labelled completely.
