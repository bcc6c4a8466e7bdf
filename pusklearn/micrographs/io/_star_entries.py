"""The names by which a STAR file tells of micrographs."""

import re
from collections.abc import Sequence

from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.io._distinct_names import distinct_names
from pusklearn.micrographs.io._names import listed_name, path_parts

_IMAGE = re.compile(r".\.(mrcs?|tiff?|eer|png|jpe?g)(\.(gz|bz2))?$", re.IGNORECASE)
# RELION ends a value at a blank, and takes quotes and "#" for its own signs. The others
# are no text.
_UNFIT = re.compile("[\\s\"'#\x00-\x1f\x7f\ud800-\udfff]")


def star_entries(
    micrographs: Sequence[Micrograph | str], star_name: str | None
) -> list[str]:
    """Return the value of ``rlnMicrographName`` for each micrograph.

    Parameters
    ----------
    micrographs : sequence of Micrograph or str
        The micrographs, or their names.
    star_name : str or None
        The value with ``{name}`` in place of the name of the micrograph. None stands
        for the ``path`` of the micrograph if it is known, else ``{name}.mrc``. A name
        that ends like an image file is taken for a path.

    Returns
    -------
    list of str

    Raises
    ------
    ValueError
        If a value has a blank, a quote, "#" or a control character, or `star_name` has
        no ``{name}``.
    """
    listed = [
        listed_name(micrograph, row) for row, micrograph in enumerate(micrographs)
    ]
    if star_name is None:
        paths = [getattr(micrograph, "path", None) for micrograph in micrographs]
        entries = [
            name if name == path or _IMAGE.search(name) else _with_extension(name)
            for name, path in zip(listed, paths, strict=True)
        ]
        way_out = (
            "Rename the file or its folder, or give `star_name`, such as '{name}.mrc', "
            "to leave the folders out"
        )
    else:
        if "{name}" not in star_name:
            raise ValueError(
                "`star_name` must contain '{name}', in place of which the name of the "
                f"micrograph is written. Got {star_name!r}."
            )
        entries = [star_name.replace("{name}", name) for name in distinct_names(listed)]
        way_out = f"`star_name` is {star_name!r}"
    for entry in entries:
        check_star_value(entry, way_out)
    return entries


def check_star_value(value: str, way_out: str) -> None:
    """Raise a ValueError if a name or a path is no value of a STAR file of RELION."""
    if _UNFIT.search(value):
        raise ValueError(
            "A name or a path in a STAR file must have no space, quote or '#', and no "
            f"control character. Got {value!r}. {way_out}."
        )


def _with_extension(name):
    root = "/" if name.startswith("/") else ""
    return f"{root}{'/'.join(path_parts(name))}.mrc"
