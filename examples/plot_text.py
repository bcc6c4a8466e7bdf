"""
Texts from end to end
=====================

A shop gets thousands of messages. Its staff has marked some complaints; nobody has read
the others, and some of them are complaints, too. This example goes from the raw texts
to a classifier, to the share of complaints, and to pictures of the result. It never
uses a label "no complaint".

The messages are made up of phrases here, so that the last section can compare with the
truth.
"""

# %%
# The texts
# ---------
# A quarter of the messages are complaints. Complaints and other messages have most
# words in common. A fifth of the complaints is marked.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline

from pusklearn import PriorEstimator, PUCalibratedClassifier, PUThresholdClassifier
from pusklearn.metrics import (
    LabelsAtRandomDisplay,
    PredictedShareDisplay,
    ReliabilityDisplay,
    pu_f1_score,
    pu_interval,
)

ANY = [
    *("hello", "good morning", "my order number is", "I bought a lamp"),
    *("I bought a chair", "the box was blue", "for my kitchen", "last week"),
    *("on Monday", "could you tell me", "please answer", "many thanks"),
    *("kind regards", "I wrote before", "it is for a friend"),
]
COMPLAINT = [
    *("it arrived broken", "a part is missing", "it never came", "very disappointed"),
    *("I want my money back", "the wrong colour came", "it stopped working"),
    *("nobody answers", "there are scratches", "it is too late now"),
]
OTHER = [
    *("what does it cost", "do you ship abroad", "is it in stock", "I love it"),
    *("which sizes are there", "can I change my address", "do you have a catalogue"),
    *("when do you open", "it is perfect", "it works well"),
]

rng = np.random.default_rng(0)
n = 4000
is_complaint = rng.random(n) < 0.25


def write(complains):
    """Write a message, in which a phrase may come from the other kind."""
    kind, odd = (COMPLAINT, OTHER) if complains else (OTHER, COMPLAINT)
    phrases = [*rng.choice(ANY, 4), *rng.choice(kind, rng.integers(1, 3))]
    if rng.random() < 0.2:
        phrases.append(rng.choice(odd))
    return ", ".join(rng.permutation(phrases))


texts = np.array([write(complains) for complains in is_complaint], dtype=object)
marked = is_complaint & (rng.random(n) < 0.2)
X, X_new, y, y_new, _, truth = train_test_split(
    texts, marked, is_complaint, test_size=0.4, random_state=0
)
print(f"{len(X)} messages, {y.sum()} marked; for example:\n{X[0]}")

# %%
# How many are complaints?
# ------------------------
# ``TfidfVectorizer`` turns each text into a row of a sparse array. It is a part of the
# classifier, so it never sees the texts that are held out. The estimate comes with an
# interval.

words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=3)
trees = ExtraTreesClassifier(100, min_samples_leaf=3, random_state=0)
estimator = PriorEstimator(make_pipeline(words, trees), random_state=0).fit(X, y)
low, high = estimator.prior_interval_
print(f"estimated prior {estimator.prior_:.2f}, between {low:.2f} and {high:.2f}")

# %%
# A classifier
# ------------
# On texts, a linear model that is cut at the prior is hard to beat. It learns to tell
# the marked messages from all others. Its probabilities are those of being marked, so
# its threshold of 1/2 would find next to nothing.
# ``make_pipeline(words, PUClassifier(prior=prior))`` takes its place if there are many
# labels.

prior = estimator.prior_
linear = make_pipeline(words, LogisticRegression(class_weight="balanced"))
finder = PUThresholdClassifier(linear, threshold="prior", prior=prior, random_state=0)
finder.fit(X, y)
found = finder.predict(X_new)
print(f"{found.mean():.0%} of the new messages are found; the first is:")
print(X_new[found][0])

# %%
# How good is it, without true labels?
# ------------------------------------
# The score is estimated from the marks of the new messages and the prior.

f1 = pu_f1_score(y_new, found, prior=prior)
low, high = pu_interval(pu_f1_score, y_new, found, prior=prior, random_state=0)
print(f"F1 {f1:.2f}, between {low:.2f} and {high:.2f}")

# %%
# Two pictures of the result
# --------------------------
# Do the marked messages agree with the upper hump of all others, and is the predicted
# share near the prior?

display = PredictedShareDisplay.from_estimator(finder, X_new, y_new, prior=prior)
display.figure_.set_layout_engine("constrained")

# %%
# Are the marked messages a random sample of the complaints, or only the clearest ones?
# A small p-value would say that they are not.

display = LabelsAtRandomDisplay.from_estimator(
    linear, X, y, prior=prior, random_state=0
)
display.figure_.set_layout_engine("constrained")
print(f"p-value {display.pvalue:.2f}")

# %%
# The truth
# ---------
# Nobody has it in practice: the share of complaints is 0.25, and here is what the
# classifier finds of them.

both = (found & truth).sum()
precision, recall = both / found.sum(), both / truth.sum()
print(f"true precision {precision:.2f}, recall {recall:.2f}")
print(f"true F1 {2 * precision * recall / (precision + recall):.2f}")

# %%
# A probability for each message comes from a calibration, which learns from PU labels
# alone. The truth shows whether it is right.

calibrated = PUCalibratedClassifier(linear, prior=prior, cv=3, random_state=0)
calibrated.fit(X, y)
display = ReliabilityDisplay.from_estimator(calibrated, X_new, truth, n_bins=5)
display.figure_.set_layout_engine("constrained")
plt.show()
