"""
A search over criteria
======================

``PUClassifier`` learns with any of ten criteria. Which one is best for your data? This
example lets a grid search decide, and shows why the search must be given a score that
is made for PU labels.
"""

# %%
# Digits with few labels
# ----------------------
# The positives are the even digits. In the scheme "case-control" the labelled positives
# are drawn separately: a collection of even digits, beside a sample of all digits
# without labels. ``make_pu`` makes such data; 15 % of the positives are labelled.

import matplotlib.pyplot as plt
import pandas as pd
from sklearn.datasets import load_digits
from sklearn.metrics import accuracy_score
from sklearn.model_selection import GridSearchCV

from pusklearn import PUClassifier, PUStratifiedKFold
from pusklearn.criteria import GEBinomial
from pusklearn.datasets import make_pu
from pusklearn.metrics import pu_scorer
from pusklearn.modules import MLP

DATA = {"prior": 0.5, "scheme": "case-control"}

pixels, digit = load_digits(return_X_y=True)
X, y, y_true = make_pu(
    pd.DataFrame(pixels / 16),
    digit % 2 == 0,
    label_frequency=0.15,
    scheme=DATA["scheme"],
    random_state=0,
)
y_true = pd.Series(y_true, index=X.index)
print(f"{y.sum()} labelled, {(y == 0).sum()} unlabeled")

# %%
# The scores
# ----------
# ``pu_scorer`` estimates the accuracy on true labels from PU labels, prior and scheme.
# It is the one that decides. Two more are here for the comparison: the plain accuracy,
# which compares predictions with the PU labels, as a search does when it is given no
# ``scoring``; and the accuracy on true labels, which only an example has.


def true_accuracy(estimator, X, _):
    return accuracy_score(y_true[X.index], estimator.predict(X))


# %%
# The search
# ----------
# A criterion is a name or an object. The last candidate is the GE-binomial criterion
# with another weight of its penalty. ``PUStratifiedKFold`` makes folds that all hold
# labelled positives.

names = ["pn", "upu", "nnpu", "dist-pu", "vpu", "ge-kl", "ge-binomial"]
candidates = [*names, GEBinomial(slack=1.0)]
search = GridSearchCV(
    PUClassifier(MLP((100,)), **DATA, batch_size=128, max_epochs=8, random_state=0),
    {"criterion": candidates},
    scoring={
        "pu": pu_scorer("accuracy", **DATA),
        "plain": "accuracy",
        "true": true_accuracy,
    },
    refit="pu",
    cv=PUStratifiedKFold(3, shuffle=True, random_state=0),
).fit(X, y)
print(f"chosen: {search.best_params_['criterion']}")

# %%
# Which score ranks well?
# -----------------------
# Each point is a candidate. If a score ranks well, the points rise from left to right.
# The orange one is what the score would choose.

labels = [*names, "slack=1"]
results = search.cv_results_
truth = results["mean_test_true"]
titles = {
    "plain": "accuracy on PU labels (the default)",
    "pu": 'pu_scorer("accuracy", ...)',
}
fig, axes = plt.subplots(1, 2, figsize=(10, 4.6), sharey=True, layout="constrained")
for ax, (name, title) in zip(axes, titles.items(), strict=True):
    scores = results[f"mean_test_{name}"]
    colors = ["C1" if score == scores.max() else "C0" for score in scores]
    ax.scatter(scores, truth, color=colors)
    for x, height, label in zip(scores, truth, labels, strict=True):
        ax.annotate(label, (x, height), (5, 3), textcoords="offset points", size=8)
    ax.set(title=title, xlabel="score in the search")
    ax.margins(0.15)
axes[0].set_ylabel("accuracy on true labels")

# %%
# The plain accuracy prefers the criterion "pn", which takes the unlabeled for
# negatives, although half of them are even digits. It is the worst. The score for PU
# labels ranks much as the true labels do.
#
# It rests on few labels, some 45 in each fold, so it cannot distinguish candidates
# whose scores differ by only some hundredths. If all good candidates are that close,
# keep the default, "ge-binomial".

for name in ("plain", "pu"):
    best = results[f"mean_test_{name}"].argmax()
    print(f"{name:5} chooses {labels[best]:12} true accuracy {truth[best]:.2f}")
plt.show()
