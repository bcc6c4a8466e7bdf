import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot as plt
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from skorch.callbacks import Callback

from pusklearn import PUClassifier, PUThresholdClassifier
from pusklearn.metrics import TrainingCurveDisplay

matplotlib.use("agg")


class Recorder(Callback):
    """Records a number, a text and, in every other epoch, another number."""

    def on_epoch_end(self, net, **kwargs):
        epoch = len(net.history)
        net.history.record("halved", 1 / epoch)
        net.history.record("remark", "fine")
        if epoch % 2:
            net.history.record("now_and_then", epoch)


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    truth = rng.random(200) < 0.4
    X = rng.normal(2.0 * truth[:, np.newaxis], size=(200, 2)).astype(np.float32)
    return X, (truth & (rng.random(200) < 0.5)).astype(int)


@pytest.fixture
def classifier():
    return PUClassifier(prior=0.4, max_epochs=3, steps_per_epoch=4, random_state=0)


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def test_losses_are_those_of_the_history(data, classifier):
    history = classifier.fit(*data).net_.history
    display = TrainingCurveDisplay.from_estimator(classifier)
    np.testing.assert_array_equal(display.epoch_loss, history[:, "train_loss"])
    assert [len(losses) for losses in display.batch_loss] == [4, 4, 4]
    assert display.batch_loss[1][2] == history[1, "batches", 2, "train_loss"]
    assert display.records == {}


def test_what_callbacks_record_is_kept_where_it_is_a_number(data, classifier):
    classifier.set_params(callbacks=[Recorder()]).fit(*data)
    records = TrainingCurveDisplay.from_estimator(classifier).records
    assert list(records) == ["halved", "now_and_then"]
    np.testing.assert_allclose(records["halved"], [1, 1 / 2, 1 / 3])
    np.testing.assert_array_equal(records["now_and_then"], [1, np.nan, 3])


@pytest.mark.parametrize(
    "wrap",
    [
        lambda c: make_pipeline(StandardScaler(), c),
        lambda c: GridSearchCV(c, {"lr": [1e-3]}, scoring="accuracy", cv=2),
        lambda c: PUThresholdClassifier(c, threshold=0.4),
        lambda c: make_pipeline(StandardScaler(), PUThresholdClassifier(c)),
    ],
)
def test_the_net_is_found_inside(data, classifier, wrap):
    display = TrainingCurveDisplay.from_estimator(wrap(classifier).fit(*data))
    assert len(display.epoch_loss) == 3


def test_the_net_is_found_inside_a_frozen_one(data, classifier):
    frozen = FrozenEstimator(classifier.fit(*data))
    assert len(TrainingCurveDisplay.from_estimator(frozen).epoch_loss) == 3


def test_others_are_refused(classifier):
    for estimator in (classifier, LogisticRegression()):
        with pytest.raises(TypeError, match="must be a fitted PUClassifier or hold"):
            TrainingCurveDisplay.from_estimator(estimator)


def test_an_epoch_spans_its_batches(data, classifier):
    display = TrainingCurveDisplay.from_estimator(classifier.fit(*data))
    batches, epochs = display.ax_.lines
    np.testing.assert_allclose(batches.get_xdata(), np.arange(1, 13) / 4)
    np.testing.assert_allclose(epochs.get_xdata(), [0.5, 1.5, 2.5])
    np.testing.assert_array_equal(epochs.get_ydata(), display.epoch_loss)
    assert display.ax_.get_xlim() == (0, 3)
    assert len(display.figure_.axes) == 1


def test_it_draws_at_once_where_told_and_again(data, classifier):
    _, ax = plt.subplots()
    display = TrainingCurveDisplay.from_estimator(classifier.fit(*data), ax=ax)
    assert display.ax_ is ax
    assert display.figure_ is ax.figure
    assert len(plt.get_fignums()) == 1
    assert display.plot().ax_ is not ax
    assert len(plt.get_fignums()) == 2


def test_it_draws_where_told_with_records_on_an_axis_of_their_own():
    _, ax = plt.subplots()
    records = {"f1": np.array([0.5, np.nan])}
    display = TrainingCurveDisplay(np.ones(2), [np.ones(3)] * 2, records).plot(ax=ax)
    assert display.ax_ is ax
    _, beside = display.figure_.axes
    np.testing.assert_array_equal(beside.lines[0].get_xdata(), [1, 2])
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == ["loss of a batch", "mean of an epoch", "f1"]
