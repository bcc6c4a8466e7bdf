"""
Probabilities from PU labels
============================

A score ranks samples; a probability says how often one is right. This example looks at
the probabilities of three classifiers, corrects them with ``PUCalibratedClassifier``,
and checks the result, all from PU labels and the prior.
"""

# %%
# The data
# --------
# There are 10,000 samples. Half of them are positive, and 30 % of the positives are
# labelled. The first half is for training. The second half is held out with its PU
# labels, since the curves below need samples that no classifier has seen.

import matplotlib.pyplot as plt
from sklearn.calibration import calibration_curve
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss

from pusklearn import PUCalibratedClassifier, PUClassifier
from pusklearn.datasets import make_pu
from pusklearn.metrics import pu_brier_score_loss, pu_calibration_curve, pu_interval
from pusklearn.modules import MLP

PRIOR = 0.5
X, y = make_classification(
    10_000,
    n_features=10,
    n_informative=4,
    n_redundant=0,
    class_sep=0.7,
    flip_y=0,
    random_state=1,
)
X, y_pu, y_true = make_pu(X, y, label_frequency=0.3, random_state=0)
X_train, y_train = X[:5000], y_pu[:5000]
X_test, y_test, truth = X[5000:], y_pu[5000:], y_true[5000:]

# %%
# Three classifiers, and each of them calibrated
# ----------------------------------------------
# Logistic regression on labelled against unlabeled samples learns the probability of
# *being labelled*, which is far too low. Networks with a PU criterion are better, but
# no criterion guarantees right probabilities: "nnpu" is not confident enough here, and
# "dist-pu" is too confident.
#
# ``PUCalibratedClassifier`` maps the scores of held-out folds to probabilities by a
# rising function, which it fits to PU labels. The logistic regression knows no prior,
# so it is given here.

settings = {"prior": PRIOR, "max_epochs": 5, "random_state": 0}
classifiers = {
    "labelled against unlabeled": LogisticRegression(),
    'network, "nnpu"': PUClassifier(MLP((100,)), "nnpu", **settings),
    'network, "dist-pu"': PUClassifier(MLP((100,)), "dist-pu", **settings),
}
probabilities = {}
for name, classifier in classifiers.items():
    calibrated = PUCalibratedClassifier(classifier, prior=PRIOR, cv=3, random_state=0)
    probabilities[name] = [
        model.fit(X_train, y_train).predict_proba(X_test)[:, 1]
        for model in (classifier, calibrated)
    ]

# %%
# Reliability curves
# ------------------
# The held-out samples are divided into fifths by their probability.
# ``pu_calibration_curve`` tells the share of positives in each fifth from PU labels,
# and ``pu_interval`` how well it is known. The crosses show the shares from true
# labels, which only an example has. Points on the diagonal are right. An estimated
# share may lie a little above 1.


def quantile_curve(y, probability, **settings):
    return pu_calibration_curve(y, probability, strategy="quantile", **settings)


def draw(ax, probability):
    share, mean = quantile_curve(y_test, probability, prior=PRIOR)
    low, high = pu_interval(
        quantile_curve,
        y_test,
        probability,
        n_resamples=200,
        random_state=0,
        prior=PRIOR,
    )
    ax.plot([0, 1], [0, 1], color="0.8")
    ax.fill_between(mean, low[0], high[0], alpha=0.25)
    ax.plot(mean, share, "o-", label="from PU labels")
    known = calibration_curve(truth, probability, strategy="quantile")
    ax.plot(known[1], known[0], "x", color="C1", markersize=9, label="true labels")


fig, axes = plt.subplots(
    2, 3, figsize=(10, 6.6), sharex=True, sharey=True, layout="constrained"
)
for column, (name, pair) in zip(axes.T, probabilities.items(), strict=True):
    for ax, probability in zip(column, pair, strict=True):
        draw(ax, probability)
    column[0].set_title(name)
    column[1].set_xlabel("predicted probability")
axes[0, 0].set_ylabel("share of positives\nas it is")
axes[1, 0].set_ylabel("share of positives\ncalibrated")
axes[0, 0].legend(loc="lower right")

# %%
# One number
# ----------
# The Brier score is the mean squared error of a probability; less is better. It can be
# estimated from PU labels too.

print(f"{'Brier score':40} from PU labels   from true labels")
for name, pair in probabilities.items():
    for suffix, probability in zip(("", ", calibrated"), pair, strict=True):
        estimated = pu_brier_score_loss(y_test, probability, prior=PRIOR)
        true = brier_score_loss(truth, probability)
        print(f"{name + suffix:40} {estimated:14.3f}   {true:16.3f}")
plt.show()

# %%
# Which method?
# -------------
# - "auto", the default, takes "average" with fewer than 5,000 labelled positives that
#   are held out, and "isotonic" with more.
# - "isotonic" fits any rising function, and needs some hundred labelled positives.
# - "sigmoid" fits a straight line of log-odds, and needs fewer.
# - "average" is the mean of these two.
# - "beta" allows one slope below a score of 0 and another above.
#
# All of them take the prior as known. If it is too large, so are the probabilities.
