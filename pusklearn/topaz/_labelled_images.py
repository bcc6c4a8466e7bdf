"""Images to learn from and to test on, with their particles."""

import os
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pusklearn.micrographs.images._lazy_rows import LazyRows
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.io._coordinates_for import coordinates_for
from pusklearn.micrographs.io._read_each import read_or_stand_in
from pusklearn.micrographs.io._read_micrographs import MOST_OPEN
from pusklearn.topaz._image_lists import ListedImage, in_own_pixels, list_images
from pusklearn.topaz._messages import say
from pusklearn.topaz._tables import points_of, read_table


class LabelledImages(NamedTuple):
    """Images, and the particles ``x, y`` of each in pixels of the image.

    Attributes
    ----------
    images : sequence of Micrograph
        The images.
    particles : sequence of ndarray of shape (k, 2)
        The particles of each.
    listed : sequence of ListedImage
        The name and the file of each.
    """

    images: Sequence[Micrograph]
    particles: Sequence[NDArray[np.float64]]
    listed: Sequence[ListedImage] = ()

    @property
    def mean_count(self) -> float:
        """The mean number of particles."""
        return float(np.mean([len(points) for points in self.particles]))

    def part(self, rows: Sequence[int]) -> "LabelledImages":
        """Return some of the images."""
        images: Sequence[Micrograph]
        if isinstance(self.images, LazyRows):
            images = self.images[rows]
        else:
            images = [self.images[row] for row in rows]
        particles = [self.particles[row] for row in rows]
        return LabelledImages(images, particles, [self.listed[row] for row in rows])

    def joined(self, other: "LabelledImages") -> "LabelledImages":
        """Return the images of both, each file once with all its particles."""
        rows = {os.path.realpath(one.path): n for n, one in enumerate(self.listed)}
        listed, particles = list(self.listed), list(self.particles)
        for one, points in zip(other.listed, other.particles, strict=True):
            row = rows.get(os.path.realpath(one.path))
            if row is None:
                listed.append(one)
                particles.append(points)
            else:
                particles[row] = np.concatenate([particles[row], points])
        return LabelledImages(open_images(listed), particles, listed)


def open_images(listed: Sequence[ListedImage]) -> Sequence[Micrograph]:
    """Read images, or open each when it is asked for if they are many."""
    images: Sequence[Micrograph] = LazyRows(read_image, listed)
    # More than these would be too many open files.
    return list(images) if len(listed) <= MOST_OPEN else images


def read_image(listed: ListedImage) -> Micrograph:
    """Read an image; one that cannot be read is masked as a whole, with a warning."""
    return in_own_pixels(read_or_stand_in(listed.path, "warn"), listed.name)


def read_sets(
    options: dict[str, Any],
) -> tuple[LabelledImages, LabelledImages | None]:
    """Return the images to learn from and those to test on, None without any.

    Parameters
    ----------
    options : dict of str to object
        The options of ``train``.

    Raises
    ------
    ValueError
        If no particle belongs to any image, or the folds would leave nothing to learn
        from.
    FileNotFoundError
        If a file is missing.
    """
    learnt = read_set(options, "train")
    if "test_images" in options:
        return learnt, read_test_set(options)
    n_folds = options.get("k_fold", 0)
    if n_folds < 2:
        return learnt, None
    if n_folds > len(learnt.images):
        raise ValueError(
            f"--k-fold must be at most the number of images, {len(learnt.images)}. "
            f"Got {n_folds}."
        )
    seed = options.get("cross_validation_seed", 42)
    order = np.random.default_rng(seed).permutation(len(learnt.images))
    is_test = np.isin(
        np.arange(len(order)), np.array_split(order, n_folds)[options.get("fold", 0)]
    )
    say(f"fold {options.get('fold', 0)} of {n_folds}: {is_test.sum()} images to test")
    return (
        learnt.part(np.flatnonzero(~is_test).tolist()),
        learnt.part(np.flatnonzero(is_test).tolist()),
    )


def read_test_set(options: dict[str, Any]) -> LabelledImages | None:
    """Return the test set, or say why there is none.

    What it measures is not worth a training, so particles that are missing do not end
    one.
    """
    try:
        return read_set(options, "test")
    except ValueError as error:
        say(f"Warning: nothing is measured on the test set. {error}")
        return None


def read_set(options: dict[str, Any], kind: str) -> LabelledImages:
    """Return the images and particles of one set, "train" or "test"."""
    listed = list_images(options[f"{kind}_images"], options.get("image_ext", ""))
    images = open_images(listed)
    targets = options[f"{kind}_targets"]
    table = points_of(read_table(targets, options.get("format", "auto")))
    if not len(table):
        raise ValueError(f"{targets} holds no particle, but at least 1 is needed.")
    particles = coordinates_for(table, images, outside="warn")
    n_particles = sum(map(len, particles))
    if not n_particles:
        raise ValueError(
            f"None of the particles in {targets} lies in an image of "
            f"{options[f'{kind}_images']}."
        )
    say(
        f"{kind}: {len(images)} images, {n_particles} particles in "
        f"{sum(len(points) > 0 for points in particles)} of them"
    )
    return LabelledImages(images, particles, listed)
