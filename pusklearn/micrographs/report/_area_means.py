"""Make an image smaller by means over areas."""

import numpy as np
from numpy.typing import NDArray


def area_means(image: NDArray, factor: float) -> NDArray[np.float32]:
    """Return the means of an image over squares, whose edge may be a broken number.

    Square number ``i`` of a row covers the pixels from ``i * factor`` on, up to
    ``(i + 1) * factor``; a pixel that lies in two squares counts for its share in each.
    Pixels at the right and at the bottom that fill no square are left out.

    Parameters
    ----------
    image : ndarray of shape (height, width)
        The image. Pixels that are NaN do not count.
    factor : float
        Edge of a square in pixels. Nothing is changed if it is not above 1.

    Returns
    -------
    ndarray of float32
        The means; NaN where no pixel counts.

    Examples
    --------
    >>> import numpy as np
    >>> from pusklearn.micrographs.report._area_means import area_means
    >>> area_means(np.array([[0.0, 2.0, 4.0], [0.0, 2.0, 4.0], [9.0, 9.0, 9.0]]), 1.5)
    array([[0.6666667, 3.3333333],
           [6.2222223, 7.111111 ]], dtype=float32)
    """
    image = np.asarray(image, np.float32)
    if factor <= 1:
        return image
    # Whole pixels first: what is left takes little memory.
    whole = max(1, int(factor // 2))
    there = ~np.isnan(image)
    if there.all():
        return _means(_block_means(image, whole), factor / whole)
    weights = _block_means(there.astype(np.float32), whole)
    sums = _block_means(np.where(there, image, np.float32(0)), whole)
    weights = _means(weights, factor / whole)
    sums = _means(sums, factor / whole)
    means = np.full_like(sums, np.nan)
    return np.divide(sums, weights, out=means, where=weights > 1e-6)


def _block_means(image, edge):
    """Return the means over whole blocks; an image smaller than a block is one."""
    if edge == 1:
        return image
    height, width = (max(1, n // edge) for n in image.shape)
    rows, columns = (min(edge, n) for n in image.shape)
    cut = image[: height * rows, : width * columns]
    return cut.reshape(height, rows, width, columns).mean((1, 3))


def _means(image, factor):
    along_rows = _means_of_rows(image, factor)
    return _means_of_rows(along_rows.T, factor).T.astype(np.float32)


def _means_of_rows(image, factor):
    n_rows = max(1, int(len(image) / factor + 1e-9))
    edges = np.minimum(np.arange(n_rows + 1) * factor, len(image))
    whole = edges.astype(int)
    zeros = np.zeros_like(image[:1])
    sums = np.concatenate([zeros, np.cumsum(image, axis=0, dtype=np.float64)])
    sums = (
        sums[whole] + (edges - whole)[:, None] * np.concatenate([image, zeros])[whole]
    )
    return np.diff(sums, axis=0) / np.diff(edges)[:, None]
