import math

import pytest
import torch

from pusklearn import PUClassifier
from pusklearn.datasets import make_pu
from pusklearn.topaz._training_curve import TrainingCurve, curve_line, rates


def test_what_is_not_measured_is_a_dash():
    values = {"epoch": 10, "iter": 600, "split": "test", "loss": 0.125, "auprc": 1.0}
    assert curve_line(values) == "10\t600\ttest\t0.125\t-\t-\t-\t-\t1\n"


def test_rates_are_shares():
    assert rates(3, 4, 12, 100) == {"precision": 0.25, "tpr": 0.75, "fpr": 9 / 96}
    assert rates(0, 0, 0, 0) == {"precision": 0.0, "tpr": 0.0, "fpr": 0.0}


class Net:
    max_epochs = 4

    def __init__(self, n_epochs):
        self.history = [None] * n_epochs


@pytest.mark.parametrize(("n_done", "epoch"), [(1, "3"), (2, "5"), (3, "8"), (4, "10")])
def test_a_batch_is_a_line(n_done, epoch):
    lines = []
    curve = TrainingCurve(lines.append, 10)
    curve.on_train_begin(None)
    logits = torch.tensor([1.0, -1.0, 2.0, -2.0])
    target = torch.tensor([True, True, False, False])
    batch, loss = (torch.zeros(4, 1), target), torch.tensor(1.5)
    for training in (False, True):
        curve.on_batch_end(Net(n_done), batch, loss, logits, training=training)
    (line,) = lines
    values = line.split("\t")
    assert values[:3] == [epoch, "1", "train"]
    of_labelled = (math.log1p(math.exp(-1)) + math.log1p(math.exp(1))) / 2
    assert float(values[3]) == 1.5
    assert float(values[4]) == pytest.approx(1.5 - of_labelled, abs=1e-5)
    assert [float(v) for v in values[5:8]] == [0.5, 0.5, 0.5]
    assert values[8] == "-\n"


def test_every_update_of_a_training_is_written():
    X, y = torch.randn(200, 2).numpy(), [1, 0] * 100
    X, y_pu, _ = make_pu(X, y, label_frequency=0.5, random_state=0)
    lines = []
    PUClassifier(
        prior=0.5,
        max_epochs=2,
        steps_per_epoch=3,
        callbacks=[TrainingCurve(lines.append, 2)],
        random_state=0,
    ).fit(X, y_pu)
    assert [line.split("\t")[:2] for line in lines] == [
        [str(1 + n // 3), str(n + 1)] for n in range(6)
    ]
