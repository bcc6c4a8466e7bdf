"""What the library says of its parameters, in the options of the command line."""

import re

OPTIONS = {
    "apply_shifts": "--shifts",
    "box_size": "--box-size",
    "device": "--device",
    "diameter": "--diameter",
    "downsample": "--downsample",
    "label_radius": "--label-radius",
    "margin": "--margin",
    "on_error": "--on-error",
    "outside": "--outside",
    "particles_per_micrograph": "--count",
    "pixel_size": "--pixel-size",
    "threshold": "--threshold",
    "rejected": "--rejected",
}
# Ways out that the command line does not have.
OF_PYTHON = re.compile(
    r",? or give (?:`star_name`, such as '[^']*'(?:, to leave the folders out)?"
    r"|each its number: `Micrograph\(micrograph, uid=\.\.\.\)`)"
)
# What the library says of the calibration.
OF_CALIBRATION = {
    "Fit the picker again with calibrate=True": (
        "Train the model again, without --no-calibration"
    ),
    " as a number or None, and calibrate=False": " as a number and --no-calibration",
}
# A call that has a subcommand of its own.
TRAINING = re.compile(r"make_picker\([^()]*\)")
# A parameter in backticks, alone or with its value. "its `pixel_size`" is that of a
# micrograph, and no parameter.
PARAMETER = re.compile(rf"(?<!its )`({'|'.join(OPTIONS)})(?:=([^`]*))?`")
# A call that shows where a parameter stands.
CALL = re.compile(
    r"(?:read_micrographs\(paths, pixel_size=[\d.]+\) or )?"
    r"(?:Micrograph|read_coordinates)\((?:image|path), ([^()]*)\)"
)


def in_options(text: str) -> str:
    """Return a message of the library with options in the place of parameters.

    Examples
    --------
    >>> from pusklearn.commands._in_options import in_options
    >>> in_options('`outside="warn"` leaves such particles out.')
    '--outside warn leaves such particles out.'
    >>> in_options("Give it, as in Micrograph(image, pixel_size=1.5).")
    'Give it, as in --pixel-size 1.5.'
    """
    for said, option in OF_CALIBRATION.items():
        text = text.replace(said, option)
    text = TRAINING.sub("`pusklearn train`", text)
    text = CALL.sub(lambda call: _options(call[1]), text)
    text = PARAMETER.sub(lambda found: _option(found[1], found[2]), text)
    return OF_PYTHON.sub("", text)


def _options(arguments):
    pairs = [argument.partition("=") for argument in arguments.split(", ")]
    return " ".join(_option(name, value) for name, _, value in pairs)


def _option(name, value):
    option = OPTIONS.get(name, name)
    # A truth value is a flag.
    return option if value in (None, "", "True") else f"{option} {_bare(value)}"


def _bare(value):
    return value.strip("\"'")
