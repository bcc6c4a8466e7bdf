"""A GPU gives what the CPU gives, and is never made to wait while it learns.

Each test runs on a `FakeGpu`, so that it is tested itself, and on a real one if there
is one (``pytest tests/test_gpu.py -m gpu`` runs these alone).
"""

import gc
import warnings
from contextlib import contextmanager
from functools import partial

import joblib
import numpy as np
import pytest
import torch
from fake_gpu import FakeGpu
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_array
from skorch.callbacks import Callback

from pusklearn import PUClassifier, TiledRegions, load, make_picker, save
from pusklearn.datasets import make_micrographs
from pusklearn.modules import MLP, ConvNet, ResNet8, ResNet16
from pusklearn.pu.criteria._registry import CRITERIA
from pusklearn.pu.network import _dense_network
from pusklearn.pu.network._dense_network import score_map

REAL = pytest.param("cuda", marks=pytest.mark.gpu)
SMALL = ConvNet(31, units=4)
RNG = np.random.default_rng(0)
TABLE = RNG.normal(size=(300, 6)).astype(np.float32)
PHOTOGRAPHS = RNG.normal(size=(300, 3, 16, 16)).astype(np.float32)
IMAGES = RNG.normal(size=(3, 80, 90)).astype(np.float32)
REGIONS = TiledRegions(IMAGES, 31)


@pytest.fixture(params=["fake", REAL])
def gpu(request):
    """Give a fake GPU, and then a real one."""
    if request.param == "fake":
        with FakeGpu() as gpu:
            yield gpu
    else:
        with warnings.catch_warnings():
            # Torch says once that the mode is a prototype.
            warnings.simplefilter("ignore")
            torch.cuda.set_sync_debug_mode("warn")
        torch.cuda.set_sync_debug_mode("default")
        yield torch.cuda


def labels(X, every=7):
    """Return labels, one in so many."""
    n = X.shape[0]
    return (np.arange(n) % every == 0).astype(int)


def fitted(X, module="auto", fit_params=None, **changes):
    """Return a classifier that has learnt on the GPU in a few steps."""
    options = {"prior": 0.3, "max_epochs": 2, "steps_per_epoch": 3, "batch_size": 32}
    options |= {"device": "cuda", "random_state": 0} | changes
    return PUClassifier(module, **options).fit(X, labels(X), **(fit_params or {}))


class NoWaiting(Callback):
    """Raise wherever the GPU waits from the first to the last batch of an epoch.

    In the first batch it may, since much is done once there.
    """

    def __init__(self, n_batches):
        self.n_batches = n_batches

    def on_epoch_begin(self, net, **kwargs):
        self.seen_ = {True: 0, False: 0}

    def on_batch_end(self, net, training=False, **kwargs):
        self.seen_[training] += 1
        is_last = self.seen_[training] == self.n_batches
        torch.cuda.set_sync_debug_mode("default" if is_last else "error")

    def on_epoch_end(self, net, **kwargs):
        torch.cuda.set_sync_debug_mode("default")


@contextmanager
def waits_of():
    """Give a list of what a GPU waits for inside."""
    waits = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        torch.cuda.set_sync_debug_mode("warn")
        yield waits
        torch.cuda.set_sync_debug_mode("default")
    messages = [str(warning.message) for warning in caught]
    waits += [text for text in messages if "called a synchroniz" in text]


KNOWN = {"known_negative": (np.arange(len(TABLE)) % 7 == 3)}
WEIGHTS = {"sample_weight": RNG.uniform(0.5, 2, len(TABLE))}
TRAININGS = {
    **{f"criterion {name}": (TABLE, {"criterion": name}) for name in CRITERIA},
    **{
        f"criterion {name}, known negatives": (
            TABLE,
            {"criterion": name, "fit_params": KNOWN},
        )
        for name in ("ge-binomial", "nnpu", "count-loss")
    },
    "a loss of torch": (TABLE, {"criterion": torch.nn.BCEWithLogitsLoss()}),
    "weights": (TABLE, {"fit_params": WEIGHTS}),
    "a sparse table": (csr_array(TABLE), {}),
    "sgd": (TABLE, {"optimizer": "sgd"}),
    "an optimizer of torch": (TABLE, {"optimizer": torch.optim.RMSprop}),
    "photographs": (PHOTOGRAPHS, {}),
    "photographs, turned": (PHOTOGRAPHS, {"augment": True}),
    "regions": (REGIONS, {"module": SMALL}),
    "regions in float32": (REGIONS, {"module": SMALL, "precision": "float32"}),
    "regions, dropout": (REGIONS, {"module": ConvNet(31, units=4, dropout=0.2)}),
    "regions, residual": (TiledRegions(IMAGES, 71), {"module": ResNet8(units=2)}),
    "regions, decoder": (REGIONS, {"module": SMALL, "reconstruction_weight": 1.0}),
    "held out": (TABLE, {"validation_fraction": 0.3}),
}


@pytest.mark.parametrize("name", TRAININGS)
def test_a_gpu_is_not_waited_for_within_an_epoch(gpu, name):
    X, options = TRAININGS[name]
    callback = NoWaiting(3)
    fitted(X, callbacks=[callback], **options)
    assert callback.seen_[True] == 3


class LaunchesOfUpdate(Callback):
    """Counts the kernels that were started when each batch ends.

    Parameters
    ----------
    gpu : FakeGpu
        The GPU.
    """

    def __init__(self, gpu):
        self.gpu = gpu

    def on_train_begin(self, net, **kwargs):
        self.counts_ = []

    def on_batch_end(self, net, **kwargs):
        self.counts_.append(self.gpu.launches.total())


# A GPU that learns in small batches waits for the host to start kernels.
def test_an_update_starts_less_than_twice_the_kernels_of_a_bare_loop(load):
    with FakeGpu() as gpu:
        callback = LaunchesOfUpdate(gpu)
        fitted(REGIONS, SMALL, precision="bfloat16", callbacks=[callback])
        ours = np.diff(callback.counts_)[1]
    with FakeGpu() as gpu:
        bare = load("gpu_loops").BareTraining(SMALL, 32, torch.device("cuda"), True)
        gpu.launches.clear()
        bare.update()
        assert 50 < gpu.launches.total() < ours < 2 * gpu.launches.total()


ARCHITECTURES = {
    "MLP": MLP((8,)),
    "ConvNet 31": ConvNet(31, units=4),
    "ConvNet 63": ConvNet(63, units=2),
    "ConvNet 63, halved": ConvNet(63, units=2, halve=True),
    "ConvNet 127, halved": ConvNet(127, units=2, halve=True),
    "ResNet8": ResNet8(units=2),
    "ResNet16": ResNet16(units=2),
}


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_scores_are_those_of_the_cpu_after_saving(gpu, tmp_path, name):
    module = ARCHITECTURES[name]
    size = module.receptive_field or 9
    regions = TiledRegions(IMAGES[:1], size)
    on_gpu = fitted(regions, module, precision="float32", steps_per_epoch=2)
    assert next(on_gpu.net_.module_.parameters()).device.type == "cuda"
    rows = np.arange(0, len(regions), 97)
    scores = on_gpu.decision_function(regions[rows])
    crops = on_gpu.decision_function(np.asarray(regions[rows]))
    on_gpu.set_params(device="cpu")
    save(on_gpu, tmp_path / "network.pusk")
    on_cpu = load(tmp_path / "network.pusk")
    assert next(on_cpu.net_.module_.parameters()).device.type == "cpu"
    assert_allclose(scores, on_cpu.decision_function(regions[rows]), atol=1e-3)
    assert_allclose(crops, scores, atol=1e-3)
    if module.receptive_field:
        for step in (1, 2):
            expected = on_cpu.score_map(IMAGES[0], step)
            assert_allclose(on_gpu.score_map(IMAGES[0], step), expected, atol=1e-3)


def test_losses_are_those_of_the_cpu(gpu):
    module = ConvNet(31, units=4, input_dropout=0.0)
    of_gpu, of_cpu = (
        fitted(REGIONS, module, device=device, precision="float32").net_.history[
            :, "train_loss"
        ]
        for device in ("cuda", "cpu")
    )
    assert_allclose(of_gpu, of_cpu, rtol=1e-2)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_a_random_state_gives_the_same_bits(gpu, precision):
    module = ConvNet(31, units=4, dropout=0.1)
    first, second = (fitted(REGIONS, module, precision=precision) for _ in range(2))
    assert_array_equal(
        first.net_.history[:, "train_loss"], second.net_.history[:, "train_loss"]
    )
    assert_array_equal(first.score_map(IMAGES[0]), second.score_map(IMAGES[0]))


def test_the_micrographs_leave_the_memory_of_the_gpu_after_the_fit(gpu):
    fitted(REGIONS, SMALL)  # so that what torch keeps for itself is there
    gc.collect()
    before = torch.cuda.memory_allocated()
    classifier = fitted(REGIONS, SMALL)
    weights = classifier.net_.module_.state_dict().values()
    n_bytes = sum(weight.numel() * weight.element_size() for weight in weights)
    # The weights, their gradients, two moments, and a few rounded numbers.
    gc.collect()
    assert torch.cuda.memory_allocated() - before < 5 * n_bytes + 2**16
    del classifier, weights
    gc.collect()
    assert torch.cuda.memory_allocated() - before < 2**16


def test_micrographs_that_do_not_fit_are_cut_by_the_host(gpu, monkeypatch):
    whole = fitted(REGIONS, SMALL, precision="float32")
    n_bytes = 4 * sum((m.shape[0] + 64) * (m.shape[1] + 64) for m in IMAGES)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (n_bytes, 2**30))
    callbacks = [NoWaiting(3)]
    part = fitted(REGIONS, SMALL, precision="float32", callbacks=callbacks)
    assert_array_equal(
        part.net_.history[:, "train_loss"], whole.net_.history[:, "train_loss"]
    )


@pytest.mark.parametrize("step", [1, 2])
def test_a_gpu_is_waited_for_once_for_a_score_map(gpu, step, monkeypatch):
    classifier = fitted(REGIONS, SMALL)
    classifier.score_map(IMAGES[0], step)
    monkeypatch.setattr(_dense_network, "score_map", partial(score_map, tile=30))
    with waits_of() as waits:
        classifier.score_map(IMAGES[0], step)
    assert len(waits) == 1


def test_a_gpu_is_waited_for_once_for_the_scores_of_a_table(gpu):
    classifier = fitted(TABLE)
    with waits_of() as waits:
        classifier.decision_function(TABLE[:40])
    few = len(waits)
    with waits_of() as waits:
        classifier.decision_function(TABLE)
    assert len(waits) == few


@pytest.mark.parametrize("device", ["cpu", REAL])
def test_threads_share_a_device(device):
    micrographs, particles = make_micrographs(3, size=128, random_state=0)
    classifier = PUClassifier(SMALL, max_epochs=1, steps_per_epoch=3, device=device)
    picker = make_picker(24, classifier=classifier, prior=0.05, random_state=0)
    picker.fit(micrographs, [points[:9] for points in particles])
    expected = picker.predict(micrographs)
    with joblib.parallel_config("threading", n_jobs=3):
        picks = picker.predict(micrographs)
    for one, other in zip(picks, expected, strict=True):
        assert_array_equal(one, other)
    with joblib.parallel_config("threading", n_jobs=2):
        fits = joblib.Parallel()(
            joblib.delayed(fitted)(TABLE, device=device) for _ in range(2)
        )
    alone = fitted(TABLE, device=device).decision_function(TABLE)
    for one in fits:
        assert_array_equal(one.decision_function(TABLE), alone)
