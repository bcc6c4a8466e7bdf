"""The subcommand ``train_test_split``."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pusklearn.micrographs.io._draft_files import write_files
from pusklearn.micrographs.io._names import micrograph_stem
from pusklearn.topaz._arguments import Option, parse
from pusklearn.topaz._image_lists import SUFFIXES, ListedImage, image_list_text
from pusklearn.topaz._messages import NAME, say
from pusklearn.topaz._pick_tables import check_file_can_be_written
from pusklearn.topaz._tables import coord_text, read_table

# Of the micrographs, if the number is not given.
TEST_SHARE = 0.2
OPTIONS = (
    Option("-n --number", int, "micrographs in the test set; a fifth of them"),
    Option("--seed", int, "seeds the choice; 0"),
    Option("--image-dir", str, "the folder of the images; that of the file"),
    Option("--image-ext", str, "the suffix of the images; that of MRC and TIFF files"),
    Option(
        "--format",
        str,
        "the format of the file; auto: by its suffix",
        ("auto", "coord", "csv", "star", "json", "box"),
    ),
)


def train_test_split(argv: Sequence[str]) -> int:
    """Divide labelled micrographs into those to learn from and those to test on.

    Parameters
    ----------
    argv : sequence of str
        The arguments.

    Returns
    -------
    int
        The exit status: 0, or 2 if the file is missing among the arguments.

    Raises
    ------
    ValueError
        If the file cannot be understood, an image is missing, or the test set would
        leave nothing to learn from.
    FileNotFoundError
        If the file is missing.
    """
    options = parse("train_test_split", OPTIONS, "the file of coordinates", argv)
    if len(options["files"]) != 1:
        say(f"{NAME} train_test_split: error: 1 file of coordinates is needed.")
        return 2
    if options.get("seed", 0) < 0:
        say(f"{NAME} train_test_split: error: --seed must be at least 0.")
        return 2
    file = Path(options["files"][0])
    table = read_table(file, options.get("format", "auto"))
    check_file_can_be_written(file.with_name("image_list_test.txt"))
    names = list(dict.fromkeys(table["image_name"]))
    number = options.get("number", max(1, round(TEST_SHARE * len(names))))
    if len(names) < 2:
        raise ValueError(
            f"At least 2 micrographs with particles are needed. {file} has "
            f"{len(names)}."
        )
    if not 0 < number < len(names):
        raise ValueError(
            f"--number must be at least 1 and less than the {len(names)} micrographs "
            f"with particles in {file}. Got {number}."
        )
    images = find_images(
        names, Path(options.get("image_dir", file.parent)), options.get("image_ext", "")
    )
    order = np.random.default_rng(options.get("seed", 0)).permutation(len(names))
    test = {names[row] for row in order[:number]}
    texts = {}
    for kind, chosen in (("train", set(names) - test), ("test", test)):
        part = table[table["image_name"].isin(chosen)]
        texts[file.with_name(f"{file.stem}_{kind}.txt")] = coord_text(part)
        listed = [image for image in images if image.name in chosen]
        texts[file.with_name(f"image_list_{kind}.txt")] = image_list_text(listed)
        say(f"{kind}: {len(listed)} micrographs with {len(part)} particles")
    write_files(texts)
    return 0


def find_images(names: Sequence[str], folder: Path, suffix: str) -> list[ListedImage]:
    """Return the image of each name in a folder."""
    endings = SUFFIXES if suffix in ("", "*") else (suffix.lower(),)
    files = {
        micrograph_stem(file): file
        for file in sorted(folder.iterdir() if folder.is_dir() else ())
        if file.name.lower().endswith(endings)
    }
    missing = next((name for name in names if name not in files), None)
    if missing is not None:
        raise ValueError(
            f"There is no image of {missing!r} in {folder}; --image-dir and "
            "--image-ext say where the images are."
        )
    return [ListedImage(name, files[name]) for name in names]
