"""The cases of the page on GPUs; see ``gpu.py``."""

import os
import re
import subprocess
import sys
import time
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import joblib
import numpy as np
import torch
from gpu_loops import (
    BareTraining,
    FitTraining,
    bare_maps,
    best_seconds,
    captured_updates,
)
from gpu_watch import count_waits, kernels_of, timed_loader
from pages import processor
from sklearn.base import clone
from speed import write_micrographs

from pusklearn import (
    MicrographNormalizer,
    PUClassifier,
    RegionScorer,
    TiledRegions,
    io,
    load,
    make_picker,
    save,
)
from pusklearn.modules import MLP, ConvNet, ResNet8, ResNet16
from pusklearn.pu.network import _training
from pusklearn.pu.network._dense_network import dense_form

ROOT = Path(__file__).parents[1]
ARCHITECTURES = {
    "MLP": MLP(),
    "ConvNet(31)": ConvNet(31),
    "ConvNet(63)": ConvNet(63),
    "ConvNet(127, halve=True)": ConvNet(127, halve=True),
    "ResNet8": ResNet8(),
    "ResNet16": ResNet16(),
}
ALLOWED = 1e-3
MB = 2**20


def name_of(device):
    """Return the name of a GPU, or of the processor."""
    return torch.cuda.get_device_name(device) if is_gpu(device) else processor()


def is_gpu(device):
    """Tell whether a device is a GPU."""
    return device.type == "cuda"


def small(module, quick):
    """Return a specification, for a quick run that of a small network."""
    if not quick:
        return module
    is_flat = isinstance(module, MLP)
    return clone(module).set_params(**({"hidden": (8,)} if is_flat else {"units": 2}))


def noise(n, size):
    """Return micrographs of noise."""
    values = np.random.default_rng(0).standard_normal((n, size, size), np.float32)
    return [*values]


def learner(module, device, **changes):
    """Return a classifier of regions."""
    options = {"prior": 0.02, "max_epochs": 1, "device": device, "random_state": 0}
    return PUClassifier(module, **(options | changes))


def labels(regions):
    """Return labels, one in 500."""
    return (np.arange(len(regions)) % 500 == 0).astype(int)


def tests(device, quick):
    """Run the tests that need a GPU."""
    command = [sys.executable, "-m", "pytest", "tests/test_gpu.py", "-m", "gpu", "-q"]
    command += ["-p", "no:cacheprovider", "--tb=short"]
    paths = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
    with patch.dict("os.environ", {"PYTHONPATH": paths}):
        run = subprocess.run(
            command, cwd=ROOT, text=True, capture_output=True, timeout=140
        )
    sys.stderr.write(run.stdout[-20_000:] + run.stderr[-5_000:])
    last = run.stdout.strip().splitlines()[-1]
    for outcome in ("passed", "failed", "error", "skipped"):
        found = re.search(rf"(\d+) {outcome}", last)
        yield outcome, int(found[1]) if found else 0, "tests", None, ""
    for name in re.findall(r"^(?:FAILED|ERROR) (\S+)", run.stdout, re.M):
        yield "not passed", None, "", None, name


def scores(device, quick):
    """Compare the scores of networks on the GPU and on the CPU, in float32."""
    image, size = noise(1, 128 if quick else 512)[0], 96 if quick else 256
    for name, module in ARCHITECTURES.items():
        width = module.receptive_field or 31
        if quick and name not in ("MLP", "ConvNet(31)", "ResNet8"):
            continue
        regions = TiledRegions(noise(1, size), width)
        n_steps = 2 if quick else 20
        classifier = learner(
            small(module, quick), device, precision="float32", steps_per_epoch=n_steps
        ).fit(regions, labels(regions))
        other = on_cpu(classifier)
        rows = np.arange(0, len(regions), len(regions) // 500)
        difference = np.abs(
            classifier.decision_function(regions[rows])
            - other.decision_function(regions[rows])
        ).max()
        yield f"{name}, regions", difference, "", ALLOWED, ""
        if module.receptive_field:
            ours, theirs = classifier.score_map(image), other.score_map(image)
            yield f"{name}, map", np.abs(ours - theirs).max(), "", ALLOWED, ""


def on_cpu(classifier):
    """Return a fitted classifier as it is loaded on the CPU."""
    device = classifier.device
    with TemporaryDirectory() as folder:
        save(classifier.set_params(device="cpu"), f"{folder}/classifier.pusk")
        classifier.set_params(device=device)
        return load(f"{folder}/classifier.pusk")


def update_seconds(module, regions, n, device, **options):
    """Return the seconds of an update in the quickest epoch, and in the first one."""
    classifier = learner(module, device, max_epochs=4, steps_per_epoch=n, **options)
    durations = classifier.fit(regions, labels(regions)).net_.history[:, "dur"]
    return min(durations[1:]) / n, durations[0]


def training(device, quick):
    """Measure updates of `fit` beside those of a bare loop."""
    works = [
        ("31-px conv net, bfloat16", ConvNet(31), 256, True),
        ("31-px conv net, float32", ConvNet(31), 256, False),
        ("31-px conv net, bfloat16", ConvNet(31), 4096, True),
        ("ResNet8, bfloat16", ResNet8(), 256, True),
    ]
    n = 3 if quick else 150
    for name, module, batch_size, half in works:
        batch_size = 32 if quick else batch_size
        module = small(module, quick)
        regions = noise_regions(module, quick)
        options = {
            "batch_size": batch_size,
            "precision": "bfloat16" if half else "float32",
        }
        ours, _ = update_seconds(module, regions, n, device, **options)
        bare = BareTraining(module, batch_size, device, half)
        seconds = best_seconds(partial(bare.run, n), device) / n
        yield f"{name}, batch of {batch_size}", 1e3 * ours, "ms", 1e3 * seconds, ""
    module, half = small(ConvNet(31), quick), {"precision": "bfloat16"}
    regions = noise_regions(module, quick)
    with patch.object(_training, "full_precision", lambda device: nullcontext()):
        ours, _ = update_seconds(module, regions, n, device, **half)
    yield "as cuDNN likes", 1e3 * ours, "ms", None, "bits may differ from run to run"
    first, second = (
        learner(module, device, steps_per_epoch=n, **half)
        .fit(regions, labels(regions))
        .score_map(regions.micrographs[0])
        for _ in range(2)
    )
    yield "same bits in two fits", float(np.array_equal(first, second)), "", 1.0, ""


def noise_regions(module, quick):
    """Return the regions of four micrographs of noise."""
    return TiledRegions(noise(4, 96 if quick else 1024), module.receptive_field)


def epoch(device, quick):
    """Look into the epochs of a fit: what waits, what loads, which kernels run."""
    module, n = small(ConvNet(31), quick), 1 if quick else 150
    regions = noise_regions(module, quick)
    fit = partial(update_seconds, module, regions, device=device)
    if is_gpu(device):
        waits = [count_waits(partial(fit, k)) for k in (n, 2 * n)]
        # Four epochs have so many more updates.
        yield "waits per update", (waits[1] - waits[0]) / (4 * n), "", 0.0, ""
    with timed_loader() as seconds:
        update, _ = fit(n)
    share = 100 * min(seconds[1:]) / (n * update)
    yield "loading", share, "% of the epoch", 10.0, ""
    n = min(n, 25)  # a profile of more takes long to evaluate
    times, count = kernels_of(partial(fit, n))
    total = sum(times.values())
    yield "kernels", count / (4 * n), "per update", None, ""
    yield "GPU at work", 100 * total / (4 * n) / update, "% of the epoch", None, ""
    for name in sorted(times, key=times.get, reverse=True)[:8]:
        what = name[:90].replace("|", "/")
        yield "kernel", 100 * times[name] / total, "% of all", None, what


def picking(device, quick):
    """Measure score maps beside a bare loop, and pickers from files to picks."""
    module, size, n = small(ConvNet(31), quick), *((96, 2) if quick else (1024, 16))
    images = MicrographNormalizer(method="affine").transform(noise(n, size))
    classifier = learner(module, device, steps_per_epoch=2 if quick else 20)
    scorer = RegionScorer(classifier, step=2).fit(images[:1], [[[50, 50], [60, 70]]])
    network = scorer.classifier_.net_.module_.network.eval()
    dense = dense_form(network, module, 31, step=2)
    half = scorer.classifier_.net_.module_.in_half
    ours = best_seconds(partial(scorer.transform, images), device) / n
    with torch.no_grad():
        bare = partial(bare_maps, dense, images, device, half)
        seconds = best_seconds(bare, device) / n
    yield f"score map, {size} x {size}", 1e3 * ours, "ms", 1e3 * seconds, ""
    with TemporaryDirectory() as folder:
        points, count = write_micrographs(folder, n, 128 if quick else size)
        files = io.read_micrographs(folder)
        picker = make_picker(
            24,
            classifier=classifier.set_params(prior=None),
            particles_per_micrograph=count,
            random_state=0,
        ).fit(files[:2], points[:2])
        for n_jobs in (1,) if quick else (1, 4, 16):
            start = time.perf_counter()
            with joblib.parallel_config("threading", n_jobs=n_jobs):
                picker.predict(io.read_micrographs(folder))
            seconds = (time.perf_counter() - start) / n
            work = f"from a file to picks, {n_jobs} at a time"
            yield work, 1e3 * seconds, "ms", None, ""


def memory(device, quick):
    """Measure the memory of a GPU, that of PyTorch's own stocks left out."""
    if not is_gpu(device):
        return
    module, size = small(ConvNet(31), quick), 96 if quick else 1024
    regions = TiledRegions(noise(4 if quick else 32, size), 31)
    classifier = learner(module, device, steps_per_epoch=3)
    before = torch.cuda.memory_allocated()
    torch.cuda.reset_peak_memory_stats()
    classifier.fit(regions, labels(regions))
    stack = sum(m.nbytes for m in regions.micrographs) / MB
    peak = (torch.cuda.max_memory_allocated() - before) / MB
    yield "fit, at most", peak, "MB", stack, "beside: its micrographs"
    after = (torch.cuda.memory_allocated() - before) / MB
    yield "after the fit", after, "MB", None, "the network and its optimizer"
    image = noise(1, 128 if quick else 4096)[0]
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    classifier.score_map(image)
    peak = (torch.cuda.max_memory_allocated() - before) / MB
    yield f"score map of {len(image)} x {len(image)}", peak, "MB", image.nbytes / MB, ""


def compiled(device, quick):
    """Measure what compiling gains; a quick run leaves it out, for it takes minutes."""
    if quick:
        return
    module, n = ConvNet(31), 150
    fit = partial(update_seconds, module, noise_regions(module, quick), n, device)
    fit = partial(fit, precision="bfloat16")
    eager, _ = fit()
    real = torch.compile
    for mode in ("default", "reduce-overhead"):
        torch.compiler.reset()
        with patch.object(torch, "compile", partial(real, mode=mode)):
            ours, first = fit(compile=True)
        answers = f"first epoch: {first:.0f} s"
        yield f"compile=True, mode {mode}", 1e3 * ours, "ms", 1e3 * eager, answers


def graphs(device, quick):
    """Measure updates on a ready batch, and what CUDA graphs of them would gain."""
    module, n = small(ConvNet(31), quick), 3 if quick else 150
    regions, batch_size = noise_regions(module, quick), 32 if quick else 256
    options = {"precision": "bfloat16", "batch_size": batch_size}
    eager, _ = update_seconds(module, regions, n, device, **options)
    classifier = learner(module, device, steps_per_epoch=3, **options)
    classifier.fit(regions, labels(regions))
    for captured in (False, True) if is_gpu(device) and not quick else (False,):
        how = "as one CUDA graph" if captured else "on a ready batch"
        works = {
            "bare loop": BareTraining(module, batch_size, device, True, captured),
            "fit": FitTraining(classifier, batch_size, captured),
        }
        for name, work in works.items():
            run = captured_updates(work) if captured else work.run
            seconds = best_seconds(partial(run, n), device) / n
            yield f"{name}, {how}", 1e3 * seconds, "ms", 1e3 * eager, ""
