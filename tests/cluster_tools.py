"""What the workers of a cluster in the tests do besides their work.

Workers are processes of their own, which import this file by its name.
"""

import multiprocessing
import os
import signal
from importlib import import_module

import dask
from distributed import LocalCluster, WorkerPlugin
from distributed.utils import get_mp_context


def start(n_workers, *, threads_per_worker=1, **options):
    """Start a cluster on this machine.

    Where processes can be copied, workers are copies of one that has imported PyTorch.
    """
    if "forkserver" in multiprocessing.get_all_start_methods():
        dask.config.set({"distributed.worker.multiprocessing-method": "forkserver"})
        preload = ["distributed", "pusklearn.micrographs._make_picker"]
        get_mp_context().set_forkserver_preload(preload)
    return LocalCluster(
        n_workers=n_workers,
        threads_per_worker=threads_per_worker,
        host="127.0.0.1",
        # Any free port will do.
        dashboard_address="127.0.0.1:0",
        **options,
    )


class EndsWorkers(WorkerPlugin):
    """Lets workers end in the middle of a function, as too little memory does.

    Parameters
    ----------
    module, function : str
        The function, by its name in a module.
    key : str or None
        The key of the task that its last argument is; None stands for any argument.
    once : Path or None
        A file that the first worker makes before it ends; if it is there, no more end.
        None ends every worker.
    """

    name = "ends-workers"

    def __init__(self, module, function, *, key=None, once=None):
        self.module = module
        self.function = function
        self.key = key
        self.once = once

    def setup(self, worker):
        module = import_module(self.module)
        self.before = getattr(module, self.function)
        setattr(module, self.function, self.called)

    def teardown(self, worker):
        setattr(import_module(self.module), self.function, self.before)

    def called(self, *arguments):
        is_it = self.key is None or arguments[-1].key == self.key
        if is_it and (self.once is None or self.is_first()):
            os.kill(os.getpid(), signal.SIGKILL)
        return self.before(*arguments)

    def is_first(self):
        try:
            os.close(os.open(self.once, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return False
        return True
