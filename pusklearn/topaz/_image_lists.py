"""Lists of images, as files and as folders."""

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.io._names import micrograph_stem

SUFFIXES = (".mrc", ".tif", ".tiff")


class ListedImage(NamedTuple):
    """An image of a list: its name, and the file that holds it."""

    name: str
    path: Path


def list_images(path: str | os.PathLike, suffix: str = "") -> list[ListedImage]:
    """Return the images of a list or of a folder.

    Parameters
    ----------
    path : str or path-like
        A folder, whose images are named after their files; or a text with the columns
        ``image_name`` and ``path``, separated by tabs or blanks. A path that is not
        absolute starts at the working directory or else at the folder of the list.
    suffix : str, default=""
        The ending of the images in a folder; "" takes those of MRC and TIFF files.

    Returns
    -------
    list of ListedImage
        The images, sorted by name if they are those of a folder.

    Raises
    ------
    ValueError
        If there is no image, the list has no such columns, or a name stands twice.
    FileNotFoundError
        If there is no such file or folder, or an image is missing.
    """
    path = Path(path)
    listed = _in_folder(path, suffix) if path.is_dir() else _in_list(path)
    if not listed:
        raise ValueError(f"{path} holds no image, but at least 1 is needed.")
    names = [image.name for image in listed]
    if len(set(names)) < len(names):
        ((twice, _),) = Counter(names).most_common(1)
        raise ValueError(
            f"Images must have distinct names. {path} has the name {twice!r} twice."
        )
    return listed


def _in_folder(path, suffix):
    endings = (suffix.lower(),) if suffix else SUFFIXES
    files = [
        file
        for file in sorted(path.iterdir())
        if file.name.lower().endswith(endings) and not file.name.startswith(".")
    ]
    return [ListedImage(micrograph_stem(file), file) for file in files]


def _in_list(path):
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise ValueError(
            f"A list of images must be a text or a folder. {path} is neither; an image "
            "is named in a list, or lies in a folder of images."
        ) from error
    head, *rows = [line for line in lines if line.strip()] or [""]
    separator = "\t" if "\t" in head else None
    columns = [word.strip() for word in head.split(separator)]
    if not {"image_name", "path"} <= set(columns):
        raise ValueError(
            "A list of images needs a first line with the columns image_name and path. "
            f"That of {path} is {head[:80]!r}."
        )
    name_at, path_at = columns.index("image_name"), columns.index("path")
    listed = []
    for row in rows:
        values = [value.strip() for value in row.split(separator)]
        if len(values) <= max(name_at, path_at):
            raise ValueError(
                f"Each line of {path} needs {len(columns)} values. Got {row[:80]!r}."
            )
        file = _find(Path(values[path_at]), path.parent)
        listed.append(ListedImage(micrograph_stem(Path(values[name_at])), file))
    return listed


def _find(file, folder):
    for candidate in (file, folder / file):
        if candidate.exists():
            return candidate
    raise FileNotFoundError(f"There is no image {file}, which the list names.")


def image_list_text(images: Iterable[ListedImage]) -> str:
    """Return the text of a list of images, with absolute paths."""
    rows = [f"{image.name}\t{image.path.absolute()}\n" for image in images]
    return "".join(["image_name\tpath\n", *rows])


def in_own_pixels(micrograph: Micrograph, name: str) -> Micrograph:
    """Return a micrograph that is known by that name alone, without a pixel size.

    Lengths and coordinates are given in its pixels. The pixel size in its file is left
    out: RELION writes that of the micrograph before it was made smaller, and topaz
    writes none.
    """
    micrograph.name, micrograph.path, micrograph.pixel_size = name, None, None
    return micrograph


def check_distinct(paths: Sequence[Path], *, by_folder: bool = False) -> None:
    """Raise a ValueError if images of one name would be written to one file.

    Parameters
    ----------
    paths : sequence of Path
        The images.
    by_folder : bool, default=False
        Whether each file is written beside its image, so that names in different
        folders may agree.
    """
    by_name: dict[tuple[Path | None, str], Path] = {}
    for path in paths:
        folder = path.parent if by_folder else None
        other = by_name.setdefault((folder, micrograph_stem(path)), path)
        if other != path:
            raise ValueError(
                "A folder has one file for each image, so no two may have the same "
                f"name. Got {other} and {path}; give them folders of their own."
            )
