"""What the workers of a cluster in the tests do besides their work.

Workers are processes of their own, which import this file by its name.
"""

import os
import signal

from distributed import LocalCluster, WorkerPlugin

from pusklearn.commands import _cluster_worker
from pusklearn.commands._pick_workers import pick_one


def start(n_workers, *, threads_per_worker=1, **options):
    """Start a cluster on this machine."""
    return LocalCluster(
        n_workers=n_workers,
        threads_per_worker=threads_per_worker,
        host="127.0.0.1",
        # Any free port will do.
        dashboard_address="127.0.0.1:0",
        **options,
    )


class EndsWorkers(WorkerPlugin):
    """Lets workers end in the middle of a micrograph, as too little memory does.

    Parameters
    ----------
    key : str
        The micrograph, by the key of its task.
    once : Path or None
        A file that the first worker makes before it ends; if it is there, no more end.
        None ends every worker.
    """

    name = "ends-workers"

    def __init__(self, key, once=None):
        self.key = key
        self.once = once

    def setup(self, worker):
        _cluster_worker.pick_one = self.pick_one

    def teardown(self, worker):
        _cluster_worker.pick_one = pick_one

    def pick_one(self, setup, task):
        if task.key == self.key and (self.once is None or self.is_first()):
            os.kill(os.getpid(), signal.SIGKILL)
        return pick_one(setup, task)

    def is_first(self):
        try:
            os.close(os.open(self.once, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return False
        return True
