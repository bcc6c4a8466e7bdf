"""How fast each piece of work is, beside a plain one and beside what it needs at least.

A case is a function that yields rows of the table: a name that the template
``performance.md`` explains, a size, the seconds of ours, of the plain implementation
and of the least work possible, and how the answers agree.
"""

import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import cache, partial
from multiprocessing import get_context
from tempfile import TemporaryDirectory
from timeit import repeat

import mrcfile
import numpy as np
import pandas as pd
import plain_references as plain
import torch
from fewer_products import PRODUCTS_COLUMNS, products
from large_tables import TABLE_COLUMNS, tables
from pages import read_conditions, save_conditions, write_page
from picking_data import judge
from resumable import PAGE_OPTIONS, output_folder, parse
from scipy.ndimage import gaussian_filter
from scipy.spatial import cKDTree
from sklearn.base import clone
from torch.utils.flop_counter import FlopCounterMode
from watched import watched
from whole_picking import PICKING_COLUMNS, picking

from pusklearn import (
    MicrographNormalizer,
    PeakExtractor,
    PUClassifier,
    TiledRegions,
    io,
    make_picker,
)
from pusklearn.datasets import make_micrographs
from pusklearn.metrics import match_coordinates
from pusklearn.modules import ConvNet, ResNet8

COLUMNS = ["work", "size", "seconds", "plain_seconds", "least_seconds", "answers"]
MANY_COLUMNS = [
    *("micrographs", "updates_s", "rest_of_fit_ms", "fit_peak_gb"),
    *("pick_ms", "pick_cpu_ms", "pick_peak_gb", "picks"),
]
BUSY_COLUMNS = ["work", "alone_ms", "busy_ms"]
NETWORKS = {"conv net": (ConvNet(31), 300), "ResNet8": (ResNet8(), 40)}  # and updates


def training(quick):
    """Measure an update of `fit` beside a plain loop over ready tensors."""
    size, batch_size = (128, 32) if quick else (1024, 256)
    micrographs = np.random.default_rng(0).normal(size=(4, size, size))
    for name, (module, n_updates) in NETWORKS.items():
        n, width = 6 if quick else n_updates, module.receptive_field
        regions = TiledRegions(micrographs.astype(np.float32), width)
        y = (np.arange(len(regions)) % 500 == 0).astype(int)
        options = {"batch_size": batch_size, "max_epochs": 1, "steps_per_epoch": n}
        classifier = PUClassifier(module, prior=0.02, random_state=0, **options)
        fit = best(partial(classifier.fit, regions, y), 1 if quick else 3) / n
        network = plain.plain_network(module)
        # Forward, and back to the weights and to the layer before.
        least = 3 * batch_size * flops(network, width) / flops_per_second(quick)
        samples = torch.randn(batch_size, 1, width, width)
        for half in (True, False):
            loop = partial(plain.train, network, samples, n // 6, half=half)
            seconds = best(loop, 1 if quick else 3) / (n // 6)
            precision = "bfloat16" if half else "float32"
            yield f"{name}, {precision}", batch_size, fit, seconds, least, ""


def dense(quick):
    """Measure scores of every pixel and picks beside the network on each region."""
    size, n_regions = (128, 256) if quick else (976, 4096)
    micrographs, particles = make_micrographs(5, size=size, random_state=0)
    picker = make_picker(
        24, particles_per_micrograph=len(particles[0]), random_state=0
    ).set_params(score__classifier__steps_per_epoch=3 if quick else 30)
    picker.fit(micrographs[:3], [points[:40] for points in particles[:3]])
    normal = picker[:2].transform(micrographs[3:])
    scorer = picker["score"]
    network = scorer.classifier_.net_.module_.network.eval()
    width = scorer.region_size_
    padded = np.pad(normal[0], width // 2)
    regions = np.lib.stride_tricks.sliding_window_view(padded, (width, width))
    regions = regions.reshape(-1, 1, width, width)[:n_regions].copy()
    with torch.inference_mode():
        batches = torch.from_numpy(regions).split(256)
        one_by_one = best(lambda: [network(batch) for batch in batches], 3)
    ways = {"low rank": (2, True), "step 2": (2, False), "step 1": (1, False)}
    for name, (step, low_rank) in ways.items():
        scorer.set_params(step=step, low_rank=low_rank)
        ours = best(lambda: picker[2:].predict(normal[:1]), 3)
        [score] = judge(particles[3:], picker[2:].predict(normal), 24 / 3)
        # The layers before the step is reached still have fewer outputs.
        network = scorer.classifier_.module_.build((31, 31), step=step)
        least = flops(network, size) / flops_per_second(quick)
        plain_seconds = one_by_one * normal[0].size / n_regions
        answers = f"average precision {score:.4f}"
        yield f"dense, {name}", size, ours, plain_seconds, least, answers


def normalisation(quick):
    """Measure the mixture of two Gaussians, alone and after whitening."""
    size = 128 if quick else 1024
    rng = np.random.default_rng(0)
    image = rng.normal(100, 5, (size, size))
    # 2.5 standard deviations, all over the image: a band would be left out as an area.
    image[rng.random(image.shape) < 0.2] -= 12.5
    image = image.astype(np.float32)
    plain_seconds = best(lambda: plain.mean_and_std(image), 1)
    mean, std = plain.mean_and_std(image)
    [normal] = MicrographNormalizer().transform([image])
    # What the fit was: the result is (image - mean) / std.
    a, b = np.polyfit(normal[:, 0].astype(float), image[:, 0].astype(float), 1)
    answers = f"mean off by {abs(b - mean) / std:.0e}, "
    answers += f"standard deviation by {abs(a / std - 1):.0e} of it"
    least = 3 * image.nbytes / bytes_per_second(quick)
    ours = best(lambda: MicrographNormalizer().transform([image]))
    yield "normalisation", size, ours, plain_seconds, least, answers
    ours = best(lambda: MicrographNormalizer(whiten=True).transform([image]))
    yield "normalisation, whitened", size, ours, plain_seconds, least, ""


def peaks(quick):
    """Measure the peaks of smooth noise, which has one wherever there is room."""
    size = 128 if quick else 1024
    noise = np.random.default_rng(0).normal(size=(size, size))
    scores = gaussian_filter(noise, 2).astype(np.float32)
    extractor = PeakExtractor(13.5).fit([scores])
    [picks], expected = extractor.predict([scores]), plain.greedy_peaks(scores, 13.5)
    same = "the same set" if np.array_equal(picks, expected) else "DIFFERENT SETS"
    ours = best(lambda: extractor.predict([scores]))
    plain_seconds = best(lambda: plain.greedy_peaks(scores, 13.5), 1)
    least = scores.nbytes / bytes_per_second(quick)
    yield "peaks", size, ours, plain_seconds, least, f"{same} of {len(picks):,} picks"


def matching(quick):
    """Measure the matching of picks, if 7 in 10 of them belong to a particle."""
    n, radius, rng = (100 if quick else 1000), 15.0, np.random.default_rng(0)
    true = rng.uniform(0, 1024, (n, 2))
    near = true[: 7 * n // 10] + rng.normal(0, 4, (7 * n // 10, 2))
    picks = np.concatenate([near, rng.uniform(0, 1024, (n - len(near), 2))])
    cost, n_hits = plain.best_matching(true, picks, radius)
    hit, distance = match_coordinates(true, picks, radius)
    same = np.isclose(np.sum(distance[hit] ** 2 - radius**2), cost, rtol=1e-9)
    answers = "the same optimum" if same and hit.sum() == n_hits else "DIFFERENT OPTIMA"

    def find_pairs():
        tree, other = cKDTree(picks), cKDTree(true)
        tree.sparse_distance_matrix(other, radius, output_type="ndarray")

    ours = best(lambda: match_coordinates(true, picks, radius))
    plain_seconds = best(lambda: plain.best_matching(true, picks, radius))
    yield "matching", n, ours, plain_seconds, best(find_pairs), answers


def busy(quick):
    """Measure updates alone, and beside as many busy processes as there are cores."""
    size, batch_size, n = (128, 32, 3) if quick else (512, 256, 40)
    pixels = np.random.default_rng(0).normal(size=(2, size, size)).astype(np.float32)
    regions = TiledRegions(pixels, 31)
    y = (np.arange(len(regions)) % 500 == 0).astype(int)
    tables = np.random.default_rng(0).normal(size=(2000, 50))
    labels = np.arange(2000) < 100
    options = {"prior": 0.2, "max_epochs": 1, "batch_size": batch_size}
    conv, mlp = (
        PUClassifier(module, steps_per_epoch=n, random_state=0, **options)
        for module in (ConvNet(31), "auto")
    )
    network = plain.plain_network(ConvNet(31))
    samples = torch.randn(batch_size, 1, 31, 31)
    works = {
        "`fit`, 31-px conv net": partial(conv.fit, regions, y),
        "`fit`, table of 50 columns": partial(mlp.fit, tables, labels),
        "a plain loop, 31-px conv net": partial(
            plain.train, network, samples, n, half=True
        ),
    }
    for name, work in works.items():
        alone = best(work, 3)
        with busy_processes(torch.get_num_threads()):
            beside = best(work, 1)
        yield name, 1e3 * alone / n, 1e3 * beside / n


@contextmanager
def busy_processes(number):
    """Let processes compute without end while the context lasts."""
    command = [sys.executable, "-c", "while True: pass"]
    processes = [subprocess.Popen(command) for _ in range(number)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def many(quick):
    """Measure memory, and time per micrograph, with a small network.

    The micrographs lie in a temporary folder (with what the fit writes, 8 GB for 1,000;
    TMPDIR names the folder). Each number of them has a process of its own.
    """
    for n in (2,) if quick else (10, 100, 1000):
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            run = map if quick else pool.map
            yield from run(learn_and_pick, [n], [256 if quick else 1024])


def learn_and_pick(n, size):
    """Learn from n micrographs and pick them; return a row of the table."""
    classifier = PUClassifier(ConvNet(31, units=4), max_epochs=1, steps_per_epoch=50)
    with TemporaryDirectory() as folder:
        labels, count = write_micrographs(folder, n, size)
        picker = make_picker(
            24, classifier=classifier, particles_per_micrograph=count, random_state=0
        )
        # So that nothing is loaded, built or compiled while we watch.
        few, points = make_micrographs(2, size=256, random_state=0)
        clone(picker).set_params(score__particles_per_micrograph=100).fit(few, points)
        micrographs = io.read_micrographs(folder)
        _, fit, _, fit_peak = watched(lambda: picker.fit(micrographs, labels))
        picks, pick, cpu, pick_peak = watched(lambda: picker.predict(micrographs))
    updates = sum(picker["score"].classifier_.net_.history[:, "dur"])
    rest, pick, cpu = (1e3 * seconds / n for seconds in (fit - updates, pick, cpu))
    return n, updates, rest, fit_peak, pick, cpu, pick_peak, sum(map(len, picks)) / n


def write_micrographs(folder, n, size):
    """Write n micrographs: four scenes again and again, each time under fresh noise.

    Return two labels of each, and the mean number of particles.
    """
    scenes, particles = make_micrographs(4, size=size, random_state=0)
    rng = np.random.default_rng(0)
    labels = []
    for number in range(n):
        scene = scenes[number % 4]
        noise = rng.standard_normal(scene.shape, np.float32) * scene.std()
        image = np.float32(scene + noise)
        mrcfile.write(f"{folder}/grid{number:04d}.mrc", image, voxel_size=1.5)
        labels.append(rng.permutation(particles[number % 4])[:2])
    return labels, np.mean([len(points) for points in particles])


OTHER_TABLES = {
    "busy": ("busy_machine", BUSY_COLUMNS),
    "many": ("many_micrographs", MANY_COLUMNS),
    "picking": ("whole_picking", PICKING_COLUMNS),
    "products": ("fewer_products", PRODUCTS_COLUMNS),
    "tables": ("large_tables", TABLE_COLUMNS),
}
CASES = {
    case.__name__: case
    for case in (
        *(training, dense, normalisation, peaks, matching, busy),
        *(picking, products, many, tables),
    )
}


def best(function, repeats=7):
    """Return the shortest time of a call; the first call is not counted."""
    function()
    return min(repeat(function, number=1, repeat=repeats))


def flops(network, size):
    """Count the multiplications and additions of one image."""
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        network.eval()(torch.zeros(1, 1, size, size))
    return counter.get_total_flops()


@cache
def flops_per_second(quick):
    """Measure float32 arithmetic in a product of matrices, on the threads of torch."""
    n = 128 if quick else 2048
    matrix = torch.ones(n, n)
    return 2 * n**3 / best(lambda: matrix @ matrix)


@cache
def bytes_per_second(quick):
    """Measure how NumPy, on one core, reads and writes memory beyond the caches."""
    source = np.zeros(2 ** (20 if quick else 26), np.uint8)
    target = np.empty_like(source)
    return 2 * source.nbytes / best(lambda: np.copyto(target, source))


def report(folder):
    """Fill the page from its tables."""
    values = {}
    for name in ("speed", *(table for table, _ in OTHER_TABLES.values())):
        path = folder / f"{name}.csv"
        rows = pd.read_csv(path).to_dict("records") if path.exists() else []
        values[name] = {"rows": rows, "conditions": read_conditions(path)}
    write_page(folder / "performance.md", **values)


def main(argv=None):
    cases = {"nargs": "+", "choices": CASES, "default": [*CASES][:-4]}
    options = parse(argv, __doc__, PAGE_OPTIONS | {"--cases": cases})
    with output_folder(options, "performance.md") as out:
        for case in [] if options.report else options.cases:
            path, columns = out / "speed.csv", COLUMNS
            if case in OTHER_TABLES:
                table, columns = OTHER_TABLES[case]
                path = out / f"{table}.csv"
            rows = pd.DataFrame(CASES[case](options.quick), columns=columns)
            if path.exists():
                rows = pd.concat([pd.read_csv(path), rows])
            rows = rows.drop_duplicates(columns[0], keep="last")
            rows.to_csv(path, index=False, float_format="%.4g")
            save_conditions(path, threads=torch.get_num_threads())
            print(f"{case} is measured.", flush=True)
        report(out)


if __name__ == "__main__":
    main()
