"""
A table from end to end
=======================

A clinic's register lists some thousand patients. Some of them have a diagnosis of a
disease; nobody has examined the others. They are *unlabeled*: many are healthy, and
some are ill without knowing it. This example goes all the way from the table to a saved
classifier, and never uses a label "healthy".

The register is simulated, so that the last section can compare with the truth.
"""

# %%
# The table
# ---------
# Two blood markers and the age are higher in the ill, smoking is more frequent, and the
# blood group says nothing. A quarter of all patients are ill. Four in ten of the ill
# have a diagnosis.

from pathlib import Path
from tempfile import TemporaryDirectory

import joblib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.calibration import calibration_curve
from sklearn.compose import make_column_transformer
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import precision_score, recall_score
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from pusklearn import (
    PriorEstimator,
    PUCalibratedClassifier,
    PUClassifier,
    PUThresholdClassifier,
)
from pusklearn.metrics import PredictedShareDisplay, pu_scorer
from pusklearn.modules import MLP

rng = np.random.default_rng(0)
n = 8000
ill = rng.random(n) < 0.25
table = pd.DataFrame(
    {
        "age": rng.normal(50 + 8 * ill, 12),
        "marker_a": rng.lognormal(1 + 0.8 * ill, 0.4),
        "marker_b": rng.normal(20 + 7 * ill, 4),
        "smoker": np.where(rng.random(n) < 0.2 + 0.3 * ill, "yes", "no"),
        "blood_group": rng.choice(["A", "B", "AB", "0"], n),
    }
)
diagnosed = ill & (rng.random(n) < 0.4)
X, X_new, y, _, _, ill_new = train_test_split(
    table, diagnosed, ill, test_size=0.4, random_state=0
)
print(f"{len(X)} patients, {y.sum()} with a diagnosis")
X.head()

# %%
# One transformer for all columns
# -------------------------------
# A network wants numbers of about the same size. The transformer is a part of the
# classifier, so it is fitted again in each fold below.

preprocess = make_column_transformer(
    (StandardScaler(), ["age", "marker_a", "marker_b"]),
    (OneHotEncoder(), ["smoker", "blood_group"]),
)

# %%
# How many are ill?
# -----------------
# The share of positives in the population, the *prior*, decides what a classifier of PU
# data learns. If you do not know it, estimate it. Any classifier can be used; forests
# are quick and rank well. The estimate comes with an interval.

forest = ExtraTreesClassifier(200, min_samples_leaf=3, random_state=0)
estimator = PriorEstimator(make_pipeline(preprocess, forest), random_state=0).fit(X, y)
low, high = estimator.prior_interval_
print(f"estimated prior {estimator.prior_:.2f}, between {low:.2f} and {high:.2f}")

# %%
# The classifier
# --------------
# The labels come from the same patients as the rest of the table. That is the scheme
# "single", the default.

prior = estimator.prior_
classifier = make_pipeline(
    preprocess, PUClassifier(MLP((100,)), prior=prior, max_epochs=6, random_state=0)
)

# %%
# A search
# --------
# A search needs a score that PU labels can tell. The default, accuracy, counts every
# ill patient without a diagnosis as an error when the classifier finds them.
# ``pu_scorer`` estimates the score on true labels from the PU labels and the prior.

grid = {
    "puclassifier__criterion": ["ge-binomial", "nnpu"],
    "puclassifier__weight_decay": [0, 1e-3],
}
search = GridSearchCV(classifier, grid, scoring=pu_scorer("f1", prior=prior), cv=3)
search.fit(X, y)
print(search.best_params_)
print(f"F1 estimated from PU labels {search.best_score_:.2f}")

# %%
# Has it learnt anything sensible?
# --------------------------------
# The first look is at the scores. The labelled patients (scaled to the share that the
# prior expects) should agree with the upper hump of all unlabeled ones, and the share
# that is predicted ill should be near the prior. The samples are those of the training
# here, which is enough to see a classifier that has collapsed.

display = PredictedShareDisplay.from_estimator(search.best_estimator_, X, y)
display.figure_.set_layout_engine("constrained")

# %%
# A threshold that keeps a promise
# --------------------------------
# A screening must not miss many. The threshold is set such that at least 90 % of the
# ill are found, with a confidence of 90 %: half of the labelled patients are held out
# to measure it.

screening = PUThresholdClassifier(
    search.best_estimator_, threshold="recall:0.9", random_state=0
).fit(X, y)
print(f"{screening.predict(X_new).mean():.0%} of the new patients are called in")

# %%
# A probability for each patient
# ------------------------------
# A doctor asks how likely the disease is. The calibration fits a rising function to
# scores that are held out, from PU labels and the prior alone.

calibrated = PUCalibratedClassifier(
    search.best_estimator_, prior=prior, cv=3, random_state=0
).fit(X, y)
probability = calibrated.predict_proba(X_new)[:, 1]
X_new.head().assign(probability=probability[:5].round(2))

# %%
# The truth
# ---------
# Only a simulation knows who is ill. The screening keeps its promise, and the
# probabilities are about right.

called = screening.predict(X_new)
print(f"recall    {recall_score(ill_new, called):.2f}")
print(f"precision {precision_score(ill_new, called):.2f}")

shares, means = calibration_curve(ill_new, probability, n_bins=5)
fig, ax = plt.subplots(figsize=(5, 4.2), layout="constrained")
ax.plot([0, 1], [0, 1], color="0.7", label="perfect")
ax.plot(means, shares, "o-", label="calibrated from PU labels")
ax.set(xlabel="predicted probability", ylabel="share that is ill")
ax.legend()

# %%
# Saving
# ------
# A fitted classifier is an ordinary scikit-learn object. ``joblib`` keeps the
# transformer, the network and the threshold in one file.

with TemporaryDirectory() as folder:
    path = Path(folder, "screening.joblib")
    joblib.dump(screening, path)
    restored = joblib.load(path)
print((restored.predict(X_new) == called).all())
plt.show()
