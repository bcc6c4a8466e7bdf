"""Micrographs on a common grey scale."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Self

from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, TransformerMixin

from pusklearn.micrographs.images._check_micrographs import check_micrographs
from pusklearn.micrographs.images._lazy_rows import map_now_or_lazily
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.preprocessing._normalized import normalized
from pusklearn.pu._checks import check_choice, check_flag, check_number, check_verbose


class MicrographNormalizer(TransformerMixin, BaseEstimator):
    """Shift and scale each micrograph so that background has mean 0 and variance 1.

    Micrographs differ in dose and ice thickness. This step makes their grey values
    comparable: after it, bare ice lies about 0 and protein, which is darker, below.
    One row is one micrograph, and each is normalised independently of the others.

    Parameters
    ----------
    method : {"mixture", "affine"}, default="mixture"
        How the background is found. "mixture" fits two Gaussians of equal variance to
        the pixels and takes the brighter one as background. "affine" takes all
        pixels as background, protein too: the result has mean 0 and standard
        deviation 1, outliers and areas of another grey apart.
    alpha, beta : float, default=900.0, 1.0
        The weight of the brighter Gaussian has a Beta(alpha, beta) prior; both must
        be >= 1. The default says that most of a micrograph is background. "affine"
        does not use them.
    whiten : bool, default=False
        Whether to divide out the power spectrum of the background of each micrograph
        first. Noise then has the same power at all spatial frequencies, and what tells
        a particle from noise is no longer buried under the strong low frequencies. Ice
        that grows thicker across the micrograph leaves little trace. It suits particles
        well below 128 pixels.
    verbose : int, default=0
        0 shows nothing; 1 or more shows a bar with the time left.
    on_error : {"raise", "warn"}, default="raise"
        What happens if a micrograph cannot be used, such as one whose pixels are all
        equal: an error, or a warning that names it and says why. In the second case,
        the result has a micrograph in its place that is masked as a whole.

    See Also
    --------
    FourierDownsampler : The previous step of a picker.

    Notes
    -----
    Nothing is learned: `transform` works without `fit`, and makes the same checks.

    The mixture is that of Topaz [1]_: ``w N(m1, s**2) + (1 - w) N(m0, s**2)`` with
    ``m1 > m0`` and ``w ~ Beta(alpha, beta)``. EM finds its posterior mode from
    12 starting weights from 0.1 to 1, where 1 is the single Gaussian and equals
    "affine". The mode of greatest posterior density wins, and ``x`` becomes
    ``(x - m1) / s``.

    The posterior counts every pixel, so the prior weighs as much as `alpha` pixels,
    which are one in a thousand of a micrograph of 1024 x 1024. It has no visible effect
    if the two Gaussians are apart. If they overlap so much that the pixels hardly tell
    them apart, it decides for a great weight of the brighter one.

    If the brighter Gaussian has less than 40 % of the pixels, the darker one is the
    background: holes in the ice are bright, and so are the particles of inverted
    micrographs.

    Outliers are found before all this, by their distance from the median in units of
    the median absolute deviation. Missing pixels, blank areas of one grey and holes
    far out, such as gold and bars at the edge, come out 0 and masked. Specks, such as
    hot pixels, come out as the background around them. No outlier takes part in the
    statistics. Wide areas of another grey, such as carbon, take no part in them
    either; if `whiten` is True, they are raised or lowered to the background first,
    with all that lies on them.

    The spectrum of the background is, in each of 64 rings of spatial frequency, the
    lower quartile over patches of 128 x 128 pixels, so that aggregates and crystals of
    ice, which lie in few patches, do not change it. The power of waves longer than a
    patch is taken to grow with the fourth power of their length, so they are divided
    out almost entirely; in micrographs of less than 200 pixels there are hardly any.
    Pixels more than 10 standard deviations out, such as a blank border, keep their long
    waves. Beside a fainter step, such as the edge of the carbon film, grey values rise
    or fall.

    References
    ----------
    .. [1] T. Bepler et al., "Positive-unlabeled convolutional neural networks for
       particle picking in cryo-electron micrographs", Nature Methods 16, 2019.

    Examples
    --------
    The background is 100, and every fifth row is 3 standard deviations darker:

    >>> import numpy as np
    >>> from pusklearn import Micrograph, MicrographNormalizer
    >>> rng = np.random.default_rng(0)
    >>> image = rng.normal(100, 5, (200, 200))
    >>> image[::5] -= 15
    >>> micrograph = Micrograph(image, name="grid1")
    >>> (normal,) = MicrographNormalizer().fit_transform([micrograph])
    >>> abs(float(normal[1::5].mean())) < 0.05, round(float(normal[1::5].std()), 1)
    (True, 1.0)
    >>> round(float(normal[::5].mean()), 1), normal.name, normal.dtype
    (-3.0, 'grid1', dtype('float32'))

    The plain mean lies between the background and the dark rows:

    >>> (affine,) = MicrographNormalizer("affine").fit_transform([micrograph])
    >>> round(float(affine[1::5].mean()), 1), round(float(affine.std()), 1)
    (0.4, 1.0)
    """

    def __init__(
        self,
        method="mixture",
        *,
        alpha=900.0,
        beta=1.0,
        whiten=False,
        verbose=0,
        on_error="raise",
    ):
        self.method = method
        self.alpha = alpha
        self.beta = beta
        self.whiten = whiten
        self.verbose = verbose
        self.on_error = on_error

    def fit(self, X: Sequence[ArrayLike], y: Any = None) -> Self:
        """Check the parameters and the micrographs; nothing is learned.

        Parameters
        ----------
        X : sequence of array-like of shape (height, width)
            The micrographs.
        y : object, default=None
            It is not used; a pipeline passes it to every step.

        Returns
        -------
        MicrographNormalizer
            The transformer itself.

        Raises
        ------
        ValueError
            If `method` is unknown, or `alpha` or `beta` is < 1 or not finite.
        TypeError
            If `alpha` or `beta` is not a number, or `whiten` is not True or False.
        """
        self._check_parameters()
        # `transform` warns of micrographs that cannot be used.
        check_micrographs(X, "pass" if self.on_error == "warn" else "raise")
        return self

    def transform(self, X: Sequence[ArrayLike]) -> Sequence[Micrograph]:
        """Normalise the micrographs.

        Parameters
        ----------
        X : sequence of array-like of shape (height, width)
            The micrographs. Pixels that are masked, NaN or infinite are missing.

        Returns
        -------
        sequence of Micrograph
            The normalised micrographs, float32, with all their attributes; every pixel
            is finite. Missing pixels are 0, and True in ``mask``. It is a list; if the
            micrographs have more than 2**26 pixels together, rows are computed each
            time they are asked for.

        Raises
        ------
        ValueError
            If `fit` would raise it, or a micrograph is constant or has no pixel that is
            there. One that is masked as a whole stays so.
        TypeError
            If a parameter has the wrong type.

        Warns
        -----
        UserWarning
            If the background of a micrograph is in doubt: most of its pixels have one
            grey value, or they are of two kinds, far apart and about half of them each.
        """
        self._check_parameters()
        micrographs = check_micrographs(X, self.on_error)
        bar = "normalizing micrographs" if self.verbose else None
        normalize = partial(
            normalized,
            method=self.method,
            alpha=self.alpha,
            beta=self.beta,
            whiten=self.whiten,
        )
        return map_now_or_lazily(normalize, micrographs, self.on_error, bar)

    def _check_parameters(self):
        check_choice(self.method, "method", ["mixture", "affine"])
        for name in ("alpha", "beta"):
            check_number(getattr(self, name), name, "[1, inf)")
        check_flag(self.whiten, "whiten")
        check_verbose(self.verbose)
        check_choice(self.on_error, "on_error", ["raise", "warn"])

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        tags.transformer_tags.preserves_dtype = ["float32"]
        tags.requires_fit = False
        return tags
