"""
An own network and an own criterion
===================================

The networks of ``pusklearn.modules`` are a convenience. Any ``torch.nn.Module`` that
gives one number per sample can be the network, and any function of
``(logits, is_positive, priors)`` can be the criterion.
"""

# %%
# Images with PU labels
# ---------------------
# The data are the digits of scikit-learn, images of 8 x 8 pixels. The positives are the
# round digits 0, 6, 8 and 9; a third of them are labelled.

import matplotlib.pyplot as plt
import numpy as np
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch.nn.functional import softplus

from pusklearn import PUClassifier
from pusklearn.criteria import GEBinomial, Priors
from pusklearn.datasets import make_pu
from pusklearn.metrics import TrainingCurveDisplay

images, digit = load_digits(return_X_y=True)
images = np.float32(images / 16).reshape(-1, 8, 8)
X, X_test, y, y_test = train_test_split(
    images, np.isin(digit, [0, 6, 8, 9]), random_state=0
)
X, y_pu, _ = make_pu(X, y, label_frequency=1 / 3, random_state=0)

# %%
# A module
# --------
# Images come to the module with a channel axis, shape (n, 1, 8, 8). It returns one
# logit per sample: the log-odds of being positive. ``PUClassifier`` calls the class
# without arguments, so give a ``functools.partial`` to set some.


class SmallNet(torch.nn.Module):
    def __init__(self, width=24):
        super().__init__()
        self.layers = torch.nn.Sequential(
            torch.nn.Conv2d(1, width, 3, padding=1),
            torch.nn.ReLU(),
            torch.nn.MaxPool2d(2),
            torch.nn.Conv2d(width, 2 * width, 3, padding=1),
            torch.nn.ReLU(),
            torch.nn.MaxPool2d(2),
            torch.nn.Flatten(),
            torch.nn.Dropout(0.3),
            torch.nn.Linear(8 * width, 1),
        )

    def forward(self, X):
        return self.layers(X)


classifier = PUClassifier(SmallNet, prior=y.mean(), max_epochs=8, random_state=0)
classifier.fit(X, y_pu)
print(f"accuracy on true labels {classifier.score(X_test, y_test):.3f}")

# %%
# The training
# ------------
# The loss of the batches falls and settles. If it still falls steeply at the end, train
# for more epochs; if it jumps, lower the learning rate.

TrainingCurveDisplay.from_estimator(classifier)

# %%
# A criterion
# -----------
# A criterion gets the logits of a batch, a mask of the labelled positives, and the
# class priors. ``priors.unlabeled`` is the share of positives among the unlabeled
# samples. This one asks the positives to score high, and the mean probability of the
# unlabeled samples to be near that share.


def squared_share(logits, is_positive, priors):
    positive = softplus(-logits[is_positive]).mean()
    share = logits[~is_positive].sigmoid().mean()
    return positive + 20 * (share - priors.unlabeled) ** 2


own = PUClassifier(
    SmallNet, squared_share, prior=y.mean(), max_epochs=8, random_state=0
).fit(X, y_pu)
print(f"own criterion: {own.score(X_test, y_test):.3f}")

# %%
# Criteria in plain PyTorch
# -------------------------
# The other way round works too: the criteria are ordinary functions of tensors, and fit
# into any training loop.

torch.manual_seed(0)
network = SmallNet()
optimizer = torch.optim.Adam(network.parameters(), lr=3e-3)
criterion = GEBinomial()
priors = Priors(float(y.mean()), labeled=float(y_pu.mean()))
inputs, is_positive = torch.tensor(X[:, None]), torch.tensor(y_pu == 1)
for _ in range(200):
    rows = torch.randint(len(inputs), (256,))
    loss = criterion(network(inputs[rows])[:, 0], is_positive[rows], priors)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
network.eval()
with torch.no_grad():
    predicted = network(torch.tensor(X_test[:, None]))[:, 0].numpy() > 0
print(f"plain PyTorch: {(predicted == y_test).mean():.3f}")

# %%
# What the network finds hard
# ---------------------------
# The upper row shows the test images with the highest scores, the middle row those on
# the boundary, and the lower row those with the lowest scores.

scores = classifier.decision_function(X_test)
order = np.argsort(scores)
middle = np.argsort(np.abs(scores))[:10]
fig, axes = plt.subplots(3, 10, figsize=(9, 3), layout="constrained")
for row, rows in zip(axes, (order[::-1][:10], middle, order[:10]), strict=True):
    for ax, k in zip(row, rows, strict=True):
        ax.imshow(X_test[k], cmap="gray_r")
        ax.set_title(f"{scores[k]:+.1f}", size=9)
        ax.set_axis_off()
plt.show()
# sphinx_gallery_thumbnail_number = 2
