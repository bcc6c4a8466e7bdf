"""A cluster of dask that somebody else has started."""

import asyncio
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pusklearn.commands._errors import print_warning

# The import takes a while, and the package may not be installed.
if TYPE_CHECKING:
    from distributed import Client

# A scheduler that runs answers within a second.
MOST_SECONDS_TO_ANSWER = 30.0
# What is not there after so many seconds is worth a line.
SECONDS_BEFORE_A_LINE = 5.0
# Those of distributed that have a level of their own.
LOGGERS = ("distributed", "distributed.client")


class Cluster(NamedTuple):
    """Where a cluster is, and how long to wait for it.

    Attributes
    ----------
    address : str or None
        The address of its scheduler, such as "tcp://10.0.0.1:8786".
    scheduler_file : Path or None
        The file that its scheduler writes, in the place of the address.
    wait : float
        How many seconds to wait for the file, and for a worker.
    """

    address: str | None
    scheduler_file: Path | None
    wait: float

    @property
    def place(self) -> str:
        """What the user has given, to find the cluster."""
        return str(self.scheduler_file or self.address)


@contextmanager
def connected(cluster: Cluster) -> Iterator["Client"]:
    """Connect with a cluster, and leave it as it was in the end.

    Parameters
    ----------
    cluster : Cluster
        The cluster.

    Raises
    ------
    ImportError, ValueError, OSError
        If it cannot be reached, see `check_reachable`.
    """
    check_reachable(cluster)
    from distributed import Client

    with (
        without_logs(),
        Client(
            cluster.address,
            scheduler_file=cluster.scheduler_file,
            timeout=seconds_to_answer(cluster),
            set_as_default=False,
        ) as client,
    ):
        yield client


@contextmanager
def without_logs() -> Iterator[None]:
    """Keep quiet what distributed logs of lost workers and schedulers.

    The command says it in its own words.
    """
    # The import sets the levels, and so it must come first.
    import distributed  # noqa: F401

    levels = {logger: logger.level for logger in map(logging.getLogger, LOGGERS)}
    for logger in levels:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in levels.items():
            logger.setLevel(level)


def check_reachable(cluster: Cluster) -> None:
    """Raise an error if a cluster cannot be reached; wait for its file.

    Raises
    ------
    ImportError
        If the package distributed is not installed.
    ValueError
        If the address is none.
    OSError
        If no scheduler answers, or it does not write its file.
    """
    if find_spec("distributed") is None:
        raise ImportError(
            "--dask and --scheduler-file need the package distributed: "
            "pip install pusklearn[dask]."
        )
    if cluster.scheduler_file is not None:
        wait_for_file(cluster.scheduler_file, cluster.wait)
    with without_logs():
        check_answers(cluster, seconds_to_answer(cluster))


def seconds_to_answer(cluster: Cluster) -> float:
    """Return how long a scheduler may take to answer."""
    return min(cluster.wait, MOST_SECONDS_TO_ANSWER)


def wait_for_file(path: Path, seconds: float) -> None:
    """Wait until a scheduler has written its file.

    Raises
    ------
    OSError
        If there is no such file after so many seconds.
    """
    start = time.monotonic()
    is_said = False
    while not os.path.exists(path):
        waited = time.monotonic() - start
        if waited > seconds:
            raise OSError(
                f"There is no file {path} after {seconds:g} seconds. A scheduler that "
                f"is started with `dask scheduler --scheduler-file {path}` writes it. "
                "Does its job run already? --wait 3600 waits for an hour."
            )
        if waited > SECONDS_BEFORE_A_LINE and not is_said:
            print_warning(f"Waiting for the scheduler, which writes {path}.")
            is_said = True
        time.sleep(0.1)


def check_answers(cluster: Cluster, seconds: float) -> None:
    """Raise an error if no scheduler answers.

    Raises
    ------
    ValueError
        If the address is none.
    OSError
        If there is no answer after so many seconds.
    """
    address = cluster.address or read_address(cluster.scheduler_file)
    try:
        asyncio.run(_say_hello(address, seconds))
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"--dask takes the address of a scheduler, such as tcp://10.0.0.1:8786. "
            f"Got {address!r}: {error}."
        ) from error
    except OSError as error:
        raise OSError(
            f"No scheduler of dask answers at {address} after {seconds:g} seconds. Is "
            "it running, can this host reach that address and port, and is it the "
            "address of the scheduler, not that of its dashboard?"
        ) from error


def read_address(path: Path | None) -> str:
    """Return the address in the file of a scheduler.

    Raises
    ------
    ValueError
        If the file is another one.
    """
    import json

    try:
        return json.loads(Path(str(path)).read_text(encoding="utf-8"))["address"]
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"{path} must be the file that `dask scheduler --scheduler-file` writes. "
            "It holds no address."
        ) from error


async def _say_hello(address, seconds):
    from distributed import Security
    from distributed.comm import connect

    options = Security().get_connection_args("client")
    comm = await connect(address, timeout=seconds, **options)
    await comm.close()
