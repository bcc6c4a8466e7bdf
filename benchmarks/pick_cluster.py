"""What a micrograph costs on a dask cluster of two processes, from 10 to 1,000 of them.

Simulated micrographs are picked as by ``pusklearn pick --dask``, by two workers of one
thread. For each number of micrographs, the seconds from the first task to the last
picks are printed, the processor time of the workers, of the scheduler and of the
command, and the greatest number of tasks that were under way. The runs of each number
come in random order, more of those that take little time, and the median of each is
printed.

The cost of a micrograph is the processor time of all processes together, which a busy
machine disturbs less than the seconds. A run of no micrograph shows what each run pays
to connect with the cluster and to leave it; the costs are compared with it and without.
"""

import os
import random
import statistics
import tempfile
import time
from pathlib import Path

import psutil
from distributed import LocalCluster
from pick_jobs import write_inputs
from resumable import FLAG, NUMBER, parse

from pusklearn.commands import _pick_cluster
from pusklearn.commands._cluster import Cluster
from pusklearn.commands._pick_tasks import make_tasks
from pusklearn.commands._pick_workers import Setup
from pusklearn.commands._picker_file import sha256_of

OPTIONS = {
    "--micrographs": NUMBER | {"nargs": "+", "default": [10, 100, 1000]},
    "--size": NUMBER | {"default": 256},
    "--repeats": NUMBER | {"default": 2},
    "--quick": FLAG,
}
WORKERS = 2
# So many files are enough; they are picked again and again.
FILES = 50


def workers_of(cluster):
    """Return the processes of the workers."""
    pids = [worker.process.pid for worker in cluster.workers.values()]
    return [psutil.Process(pid) for pid in pids]


def seconds_of(processes):
    """Return the processor time of processes."""
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def measure(cluster, setup, tasks):
    """Return seconds, those of the workers and of this process, and tasks under way."""
    waiting = []
    entries_of = _pick_cluster._Run._entries

    def counted(run, *arguments):
        waiting.append(len(run.pending))
        return entries_of(run, *arguments)

    _pick_cluster._Run._entries = counted
    workers = workers_of(cluster)
    start = time.perf_counter(), seconds_of(workers), time.process_time()
    place = Cluster(cluster.scheduler_address, None, 60.0)
    try:
        entries = list(_pick_cluster.picked_on_cluster(setup, tasks, place))
    finally:
        _pick_cluster._Run._entries = entries_of
    end = time.perf_counter(), seconds_of(workers), time.process_time()
    if len(entries) != len(tasks) or any(entry.error for entry in entries):
        raise RuntimeError("Some micrographs have no picks.")
    return *(b - a for a, b in zip(start, end, strict=True)), max(waiting, default=0)


def main(arguments=None):
    """Measure and print."""
    options = parse(arguments, __doc__, OPTIONS)
    numbers, size, repeats = options.micrographs, options.size, options.repeats
    if options.quick:
        numbers, size, repeats = [2, 4], 96, 1
    with (
        tempfile.TemporaryDirectory() as name,
        LocalCluster(
            n_workers=WORKERS,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
        ) as cluster,
    ):
        folder = Path(name)
        write_inputs(folder, min(FILES, max(numbers)), size)
        files = sorted(folder.glob("*.mrc"))
        model = folder / "model.pusk"
        setup = Setup(model, sha256_of(model), None, None, "cpu")
        tasks = make_tasks(files, folder) * (1 + max(numbers) // len(files))
        # The workers import the library and read the model.
        measure(cluster, setup, tasks[: 2 * WORKERS])
        found = {number: [] for number in (0, *numbers)}
        for number in in_random_order(found, repeats):
            found[number].append(measure(cluster, setup, tasks[:number]))
        report(found)


def in_random_order(numbers, repeats):
    """Return the numbers again and again, the small ones more often."""
    largest = max(numbers)
    times = [max(1, round((largest / max(n, 10)) ** 0.5)) for n in numbers]
    runs = [n for n, k in zip(numbers, times, strict=True) for _ in range(k * repeats)]
    return random.Random(0).sample(runs, len(runs))


def report(found):
    """Print a row for each number of micrographs, in milliseconds of a micrograph."""
    print(f"{os.cpu_count()} cores, {WORKERS} workers\n")
    print("| micrographs | ms | ms of workers | ms of the rest | tasks under way |")
    print("| --- | --- | --- | --- | --- |")
    medians = {
        number: [*map(statistics.median, zip(*runs, strict=True))]
        for number, runs in found.items()
    }
    _, *start, _ = medians.pop(0)
    costs, costs_without = [], []
    for number, (*seconds, waiting) in medians.items():
        each, workers, rest = (1000 * value / number for value in seconds)
        costs.append(workers + rest)
        costs_without.append(workers + rest - 1000 * sum(start) / number)
        print(f"| {number} | {each:.1f} | {workers:.1f} | {rest:.1f} | {waiting:g} |")
    print(
        f"\nA run of no micrograph costs {1000 * sum(start):.0f} ms. "
        f"A micrograph of {max(medians)} costs {costs[-1] / costs[0]:.2f} times what "
        f"one of {min(medians)} does, {costs_without[-1] / costs_without[0]:.2f} times "
        "without that."
    )


if __name__ == "__main__":
    main()
