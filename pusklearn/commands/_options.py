"""Arguments and options that several subcommands share."""

from collections.abc import Callable
from pathlib import Path

import click

from pusklearn.commands._numbers import POSITIVE

micrographs_argument = click.argument(
    "micrographs", nargs=-1, required=True, metavar="MICROGRAPHS..."
)
json_option = click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print the result as JSON on standard output, and everything else on standard "
    "error.",
)
pixel_size_option = click.option(
    "--pixel-size",
    type=POSITIVE,
    metavar="ANGSTROM",
    help="Pixel size of the micrographs, in angstrom. If it is not given, it is read "
    "from the STAR or .cs file that lists them, else from the files themselves.",
)
mask_option = click.option(
    "--mask",
    type=click.Path(exists=True, path_type=Path),
    metavar="DIR",
    help="Folder of masks, named as the micrographs, or so with _mask behind. A pixel "
    "that is not 0 in its mask is not looked at: carbon, gold or ice.",
)
device_option = click.option(
    "--device",
    default="auto",
    show_default=True,
    metavar="NAME",
    help="What computes: auto (the GPU if there is one), cpu, cuda, cuda:1 or mps.",
)
seed_option = click.option(
    "--seed",
    type=click.IntRange(0, 2**32 - 1),
    metavar="N",
    default=0,
    show_default=True,
    help="Seeds all that is random. The same seed gives the same result.",
)


def jobs_option(help: str) -> Callable:
    """Return the option ``--jobs``."""
    return click.option(
        "--jobs",
        type=click.IntRange(1),
        metavar="N",
        default=1,
        show_default=True,
        help=help,
    )


def threads_option(default: int | None, help: str) -> Callable:
    """Return the option ``--threads``."""
    return click.option(
        "--threads",
        type=click.IntRange(1),
        metavar="N",
        default=default,
        show_default=default is not None,
        help=help,
    )


def set_threads(threads: int | None) -> None:
    """Let this process compute with so many threads; None leaves it as it is."""
    if threads is None:
        return
    import threadpoolctl
    import torch

    torch.set_num_threads(threads)
    threadpoolctl.threadpool_limits(threads)
