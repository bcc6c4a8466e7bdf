"""The executable ``pusklearn-topaz``, which takes the place of ``topaz``.

Programs such as RELION start it anew for each micrograph, so nothing is imported here
that takes time; each subcommand imports what it needs.
"""

import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from pusklearn.topaz._messages import NAME, as_log_lines, say

# The version of the interface that this program takes the place of. cryoSPARC accepts
# nothing else than three numbers.
INTERFACE = "0.2.5"

# As shells have it.
INTERRUPTED = 130

COMMANDS = {
    "train": "learn to pick from labelled particles",
    "extract": "pick particles",
    "preprocess": "downsample and normalise micrographs",
    "normalize": "the same as preprocess",
    "convert": "scale, cut, join and convert files of coordinates",
    "train_test_split": "divide micrographs with labels into two sets",
}
# What topaz can do besides.
NOT_HERE = (
    *("denoise", "denoise3d", "downsample", "gui", "particle_stack"),
    *("precision_recall_curve", "segment", "split"),
    *("boxes_to_coordinates", "coordinates_to_boxes", "coordinates_to_eman2_json"),
    *("coordinates_to_star", "scale_coordinates", "star_to_coordinates", "train3d"),
    *("star_particles_threshold", "coordinates_to_eman2", "split_coordinates"),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line, and return the exit status.

    Parameters
    ----------
    argv : sequence of str or None, default=None
        The arguments, without the name of the program; None takes those of the process.

    Returns
    -------
    int
        0, or 1 after an error, which is said on standard error. Wrong options end the
        program with status 2, as argparse does; 130 is that of an interrupt.
    """
    for stream in ("stdout", "stderr"):
        # A caller may have closed it.
        if getattr(sys, stream) is None:
            setattr(sys, stream, open(os.devnull, "w"))  # noqa: SIM115
    name, *arguments = list(sys.argv[1:] if argv is None else argv) or [""]
    if name == "--version":
        sys.stdout.write(f"{INTERFACE}\n")
        return 0
    if name in ("-h", "--help"):
        sys.stdout.write(usage())
        return 0
    if name not in COMMANDS:
        say(refusal(name))
        return 2
    with as_log_lines():
        try:
            return command(name)(arguments)
        except (ValueError, OSError) as error:
            say(f"{NAME} {name}: error: {in_words(error)}")
            return 1
        except KeyboardInterrupt:
            say(f"{NAME} {name}: interrupted.")
            return INTERRUPTED


def command(name: str) -> Callable[[Sequence[str]], int]:
    """Return the function that runs a subcommand."""
    name = "preprocess" if name == "normalize" else name
    return getattr(import_module(f"pusklearn.topaz._{name}"), name)


def in_words(error: Exception) -> str:
    """Return what an error says, without the number that the system gives it."""
    if isinstance(error, OSError) and error.strerror and error.filename:
        return f"{error.filename}: {error.strerror}"
    return str(error)


def usage() -> str:
    """Return what the program can do."""
    lines = [f"  {name:18}{words}" for name, words in COMMANDS.items()]
    return "\n".join(
        [
            f"usage: {NAME} COMMAND [options]",
            "",
            "Pick particles with pusklearn, through the command line of topaz.",
            "",
            *lines,
            "",
            f"`{NAME} COMMAND --help` shows the options of a command.",
            "",
        ]
    )


def refusal(name: str) -> str:
    """Say why there is no such subcommand."""
    if name in NOT_HERE:
        return (
            f"{NAME}: error: topaz has a command {name!r}, but this program, which "
            "takes the place of topaz, does not. Call topaz itself for it. "
            f"The commands here are {', '.join(COMMANDS)}."
        )
    words = f"there is no command {name!r}" if name else "a command is needed"
    return f"{NAME}: error: {words}. The commands are {', '.join(COMMANDS)}."
