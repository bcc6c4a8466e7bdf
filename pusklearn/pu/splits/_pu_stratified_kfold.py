"""Folds of PU data that can all be scored."""

import numpy as np
from sklearn.model_selection import StratifiedKFold

from pusklearn.pu._checks import check_integer
from pusklearn.pu._labels import labeled_positives


class PUStratifiedKFold(StratifiedKFold):
    """Stratified folds that all have labelled positives to score with.

    The folds are those of `sklearn.model_selection.StratifiedKFold`: each has the
    labelled share of the whole data set, up to one sample, which is right in both
    sampling schemes. There is one difference. If there are fewer labelled positives
    than folds, `StratifiedKFold` warns and makes folds without any, whose PU metrics
    are not defined; this splitter raises an error instead.

    Parameters
    ----------
    n_splits : int, default=5
        Number of folds, at least 2.
    pos_label : label or None, default=None
        The label of the positives; None takes the plainly positive one, or the greater.
    min_positives : int, default=1
        Smallest number of labelled positives in each fold, at least 1. Average
        precision needs 2; with 10, a fold's recall still has a standard error of up to
        0.16.
    shuffle : bool, default=False
        Whether to shuffle the samples of each kind before they are split.
    random_state : int, RandomState instance or None, default=None
        Seeds the shuffle; it must be None if `shuffle` is False.

    See Also
    --------
    sklearn.model_selection.RepeatedStratifiedKFold : Averages over several splits,
        which reduces the influence of chance if few positives are labelled.
    sklearn.model_selection.GroupKFold : Keeps groups of samples together, such as
        the regions of a micrograph.

    Examples
    --------
    >>> import numpy as np
    >>> from pusklearn import PUStratifiedKFold
    >>> X, y = np.zeros((12, 1)), [1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0]
    >>> for train, test in PUStratifiedKFold(n_splits=4).split(X, y):
    ...     print(test)
    [0 4 5]
    [1 6 7]
    [2 8 9]
    [ 3 10 11]
    >>> PUStratifiedKFold(n_splits=5).split(X, y)
    Traceback (most recent call last):
        ...
    ValueError: Each of the 5 folds must hold at least 1 labelled positive...
    """

    def __init__(
        self,
        n_splits=5,
        *,
        pos_label=None,
        min_positives=1,
        shuffle=False,
        random_state=None,
    ):
        super().__init__(n_splits, shuffle=shuffle, random_state=random_state)
        self.pos_label = pos_label
        self.min_positives = min_positives

    def split(self, X, y, groups=None):
        """Return the rows to train on and those to test on, fold by fold.

        Parameters
        ----------
        X : array-like of shape (n, ...)
            Only its length counts.
        y : array-like of shape (n,)
            Two labels: that of the labelled positives and that of the unlabeled.
        groups : None
            It is not used.

        Returns
        -------
        iterator of (ndarray, ndarray)
            Rows to train on, and rows of the fold.

        Raises
        ------
        TypeError
            If `min_positives` is not an integer.
        ValueError
            If `y` does not hold two labels, or either kind of sample is too rare for
            the number of folds.
        """
        check_integer(self.min_positives, "min_positives")
        is_positive, _, _ = labeled_positives(y, self.pos_label)
        n_positive, n_unlabeled = np.sum(is_positive), np.sum(~is_positive)
        self._check_count(n_positive, self.min_positives, "labelled positive")
        self._check_count(n_unlabeled, 1, "unlabeled sample")
        return super().split(X, y, groups)

    def _check_count(self, count, least, kind):
        # A fold gets the rounded-down or the rounded-up share of each kind.
        if count // self.n_splits < least:
            raise ValueError(
                f"Each of the {self.n_splits} folds must hold at least {least} {kind}"
                f"{'s' if least > 1 else ''}. Got {count}, which make at most "
                f"{count // least} folds."
            )
