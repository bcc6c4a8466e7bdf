import math

import numpy as np
import pytest
import torch
from sklearn.datasets import make_classification
from sklearn.metrics import roc_auc_score
from torch import nn

from pusklearn import PUClassifier
from pusklearn.criteria import NNPU, DistPU, GEBinomial, Priors
from pusklearn.modules import MLP
from pusklearn.pu._samples import as_samples
from pusklearn.pu.network._start_at_prior import start_at_prior

SAMPLES = as_samples(np.zeros((3, 2), np.float32))


def network():
    layers = nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1))
    nn.init.zeros_(layers[-1].bias)
    return layers


@pytest.mark.parametrize(
    ("criterion", "prior", "expected"),
    [
        (DistPU(), 0.01, math.log(0.01 / 0.99)),
        (NNPU(), 0.049, math.log(0.049 / 0.951)),
        (NNPU(), 0.05, 0.0),
        (GEBinomial(), 0.01, 0.0),
        (len, 0.01, 0.0),
    ],
    ids=["dist-pu", "nnpu", "not rare", "ge-binomial", "any callable"],
)
def test_the_last_bias_is_the_log_odds_of_a_small_prior(criterion, prior, expected):
    layers = network()
    start_at_prior(layers, criterion, Priors(prior), SAMPLES)
    assert layers[-1].bias.item() == pytest.approx(expected)


@pytest.mark.parametrize(
    "layers",
    [nn.Sequential(nn.Linear(2, 1, bias=False)), nn.Linear(2, 2), nn.Identity()],
    ids=["no bias", "two outputs", "no layer"],
)
def test_other_networks_stay_as_they_are(layers):
    before = [p.clone() for p in layers.parameters()]
    start_at_prior(layers, DistPU(), Priors(0.01), SAMPLES)
    assert all(map(torch.equal, before, layers.parameters()))


def test_regions_of_micrographs_stay_as_they_are():
    layers, regions = network(), as_samples(np.zeros((3, 2), np.float32))
    regions.groups = np.zeros(3)
    start_at_prior(layers, DistPU(), Priors(0.01), regions)
    assert layers[-1].bias.item() == 0


@pytest.mark.parametrize("criterion", ["dist-pu", "nnpu"])
def test_rare_positives_are_not_ranked_upside_down(criterion):
    X, y = make_classification(
        6000, n_informative=6, weights=[0.99], flip_y=0, random_state=1
    )
    X = (X - X.mean(0)) / X.std(0)
    labels = y * (np.cumsum(y) <= 20)
    classifier = PUClassifier(
        MLP((64,)),
        criterion,
        prior=y.mean(),
        max_epochs=5,
        steps_per_epoch=60,
        random_state=0,
    )
    classifier.fit(X[::2], labels[::2])
    assert roc_auc_score(y[1::2], classifier.decision_function(X[1::2])) > 0.7
