"""The pixel sizes of micrographs, of which a list of particles tells only the names."""

from pathlib import Path

import numpy as np
import pandas as pd

from pusklearn.micrographs.io._header_pixel_size import header_pixel_size
from pusklearn.micrographs.io._listed_file import find_listed
from pusklearn.micrographs.io._settled_pixel_sizes import SettledPixelSizes
from pusklearn.micrographs.io._sizes_in_project import sizes_in_project


def micrograph_pixel_sizes(
    sizes: pd.DataFrame, names: "pd.Series[str] | None", path: Path
) -> "pd.Series[float]":
    """Return the pixel size of the micrograph of each particle.

    Parameters
    ----------
    sizes : DataFrame
        What the file of particles tells, as `find_pixel_sizes` returns it.
    names : Series of str or None
        The micrograph of each particle, None if the file does not tell.
    path : Path
        The file of particles.

    Returns
    -------
    Series of float
        In angstrom, NaN if it is unknown. The file counts first, then the list of
        micrographs in the job that made a micrograph, then its header, and then the
        pixel size of its movie.
    """
    found = sizes["micrograph"].copy()
    unknown = found.isna()
    if names is not None and unknown.any():
        movies = sizes["movie"][unknown].groupby(names[unknown], sort=False).first()
        in_project = sizes_in_project(list(movies.index), path)
        settled = {
            name: in_project.get(name) or _size_of_file(name, movie, path)
            for name, movie in zip(map(str, movies.index), movies, strict=True)
        }
        found[unknown] = names[unknown].map(settled).astype(float)
    return found.fillna(sizes["movie"])


def _size_of_file(name, movie, path):
    known = float(movie) if np.isfinite(movie) else None
    file = find_listed(name, path, "warn", movie_pixel_size=known)
    settled = SettledPixelSizes()
    size = settled.settle(file, header_pixel_size(file.file))
    return np.nan if size is None or settled.doubtful else size
