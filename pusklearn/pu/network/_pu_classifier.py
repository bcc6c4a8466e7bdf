"""Deep positive-unlabeled classification as a scikit-learn estimator."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, log_expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_array, check_is_fitted

from pusklearn.pu._labels import find_positives, toward_second_class
from pusklearn.pu._missing_rows import count_rows, leave_out_missing
from pusklearn.pu._whole_or_unfitted import whole_or_unfitted
from pusklearn.pu.modules._thread_team import own_threads
from pusklearn.pu.network._automatic_settings import (
    resolve_input_dropout,
    resolve_reconstruction_weight,
    scoring_batch,
)
from pusklearn.pu.network._check_input import (
    check_new_samples,
    check_parameters,
    check_samples,
)
from pusklearn.pu.network._chosen_training import find_training
from pusklearn.pu.network._dense_scores import compute_logits, score_micrograph
from pusklearn.pu.network._devices import full_precision
from pusklearn.pu.network._estimate_unlabeled_prior import find_priors
from pusklearn.pu.network._hold_out import learnt_and_held_out
from pusklearn.pu.network._initial import (
    InitialMixin,
    check_fits_initial,
    resolve_module_of,
    start_of,
)
from pusklearn.pu.network._known_negatives import find_negatives, negatives_there
from pusklearn.pu.network._matched_prior import match_prior
from pusklearn.pu.network._named_criterion import NamedCriterionMixin
from pusklearn.pu.network._sample_weights import weighted_counts, without_weightless
from pusklearn.pu.network._training import train
from pusklearn.pu.network._warm_start import check_goes_on, last_fit
from pusklearn.pu.network._warn_of_collapse import warn_of_collapse
from pusklearn.pu.priors._class_priors import set_priors


class PUClassifier(NamedCriterionMixin, InitialMixin, ClassifierMixin, BaseEstimator):
    """Neural network trained on labelled positives and unlabeled samples.

    It takes any data, any network and any objective. Every batch holds a fixed number
    of positives and fills up with unlabeled samples; the learning rate rises and falls
    once over the training.

    Parameters
    ----------
    module : "auto", specification or callable, default="auto"
        The network: an object of `pusklearn.modules` such as ``ConvNet(31)``, or a
        class (or any callable without arguments) that gives a ``torch.nn.Module`` with
        one logit per sample; images come to it with a channel axis.
        ``set_params(module__hidden=16)`` sets an argument of a class. "auto" is
        ``MLP()`` for 2-D `X`, or the linear ``MLP(())`` for texts with few labels, see
        the notes. For images it is the largest `ConvNet` that fits them,
        with ``halve=True``; for smaller images it is the `ConvNet` of 31 pixels.
    criterion : str, criterion or callable, default="ge-binomial"
        The objective: "pn", "upu", "nnpu", "ge-kl", "ge-binomial", "abs-pu",
        "imbalanced-nnpu", "vpu", "mean-prior-vpu", "dist-pu", "count-loss", an object
        of `pusklearn.criteria`, or a callable with the arguments
        ``(logits, is_positive, priors)``, and ``is_negative`` if negatives are known.
    prior : float, "estimate" or None, default=None
        Share of positives in the population, in (0, 1). None takes the labelled share:
        no positives are among the unlabeled samples, as in ordinary classification.
        "estimate" finds it first, by `estimate_prior` on scores of samples that were
        held out. They come from extremely randomised trees, logistic regression or
        their mean, whichever tells the labels from the unlabeled samples best. For
        images they are the mean scores of nine networks, each trained with 60 updates,
        or with those of an epoch if these are more or given. For regions, they are the
        peaks of the network's scores, which takes about two and a half times
        `max_epochs`. Look at ``prior_is_upper_bound_`` afterwards.
    scheme : {"single", "case-control"}, default="single"
        How the samples were drawn. "single": one sample was drawn from the population,
        and some of its positives are labelled. "case-control": the unlabeled samples
        were drawn from the population, and the labelled positives separately from the
        positives.
    pos_label : label or None, default=None
        The label of the positives; None takes the one that is plainly positive, by
        a word such as "positive" or a number above 0 beside one that is not, or by a
        word such as "unlabeled" of the other. If neither is, the greater is taken with
        a warning.
    reconstruction_weight : float or "auto", default=0.0
        Weight of the squared reconstruction error, at least 0. A decoder of the latent
        features makes this error; it is a sum over the values of a sample, and its
        mean is taken over a batch, or over 64 to 127 samples of a larger one. 0
        attaches no decoder. "auto" is the rule of Bepler et al., 10 divided by the
        number of labels; labelled regions that touch are one label. It works with the
        networks of `pusklearn.modules`.
    optimizer : {"adam", "adamw", "sgd"} or torch.optim.Optimizer class, \
default="adam"
        The optimizer that takes the steps; "sgd" has a momentum of 0.9.
    lr : float or "auto", default=3e-3
        Highest learning rate of the schedule, above 0. "auto" is 0.01 for
        `TiledRegions` with 80 to 300 labelled particles, if `module` is a `ConvNet`
        with batch norm, `criterion` is GE-binomial, `optimizer` is "adam", `initial`
        is None, and there is no decoder; else it is 3e-3. With an "auto" of 0.01, the
        rate is highest after 0.15 of the updates instead of 0.3, and the kernels of the
        first layer begin smooth, because particles have little power in fine detail.
    weight_decay : float, default=0.0
        Weight decay of the optimizer, at least 0.
    batch_size : int or "auto", default=256
        Samples in a batch, at least 2. "auto" is 128 where the `lr` "auto" would be
        0.01; else it is 256.
    positive_share : float, default=1/16
        Share of labelled positives in a batch, in (0, 1); at least one is taken.
    max_epochs : int, default=10
        Number of epochs.
    steps_per_epoch : int or None, default=None
        Updates in an epoch. None takes 0.4 times the number of labelled positives, at
        least 100 and at most 200; for images it is 0.1 times that number, at least 40
        and at most 200; for `TiledRegions` it is 60, but at least 10 and at
        most 20 times the root of the number of labelled particles, and at most 200.
        With `initial` it is half as many. For tables with 10 to 500 labels and a prior,
        None takes fewer if that suits held-out labels: so few that all epochs together
        have 150 or 400 updates, see Notes.
    augment : {"auto", "shift", "shift-mirror", True, False}, default="auto"
        How images are changed at random while training. "shift" shifts each by up to a
        fourteenth of its shorter side, in whole pixels, and repeats the pixels of its
        edge; "shift-mirror" also mirrors half of them left to right. True turns each
        image by a multiple of 90 degrees, or each region of a micrograph by one of 45
        degrees, and mirrors it. "auto" is "shift-mirror" for images of three channels,
        "shift" for other images, and True for `TiledRegions`. Give "shift" for colour
        images that have another meaning if they are mirrored, such as letters.
    callbacks : list of skorch.callbacks.Callback or None, default=None
        Callbacks that are called while training, besides those of the classifier. A
        `LRScheduler` replaces the schedule of the classifier, and starts from `lr`.
        Callbacks that watch or score held-out samples, as `EarlyStopping()`,
        `Checkpoint()` and `EpochScoring(...)` do by default, need a
        `validation_fraction`; a scorer is given 1 for labelled positives and 0 for
        unlabeled samples. `EarlyStopping` ends the training in good order; any other
        KeyboardInterrupt leaves `fit`, also that of a callback of your own. The losses
        of batches come into the history at the end of an epoch; ``on_batch_end`` is
        given the loss of its batch as ``loss``.
    device : str or torch.device, default="auto"
        The device that computes: "auto" (the GPU if there is one), "cpu", "cuda",
        "cuda:0", "mps" or another device of torch. Micrographs that take more than half
        of the free memory of a GPU with CUDA stay outside it, and the regions of each
        batch are sent.
    precision : {"auto", "float32", "bfloat16"}, default="auto"
        Precision of the training. "auto" is bfloat16 for images if the device has
        instructions for it, and float32 otherwise. The criterion and the predictions
        are in float32; only `score_map` predicts in the precision of the training.
    compile : bool, default=False
        Whether to compile the network with ``torch.compile`` for training, which takes
        its time in the first epoch. The criterion, the optimizer and the predictions
        are not compiled.
    validation_fraction : float, default=0.0
        Share of the samples that are held out of the training, in [0, 1). Their loss,
        without augmentation and dropout, comes into ``net_.history`` as ``valid_loss``
        after each epoch, on batches that are made up as those of the training and are
        the same in all epochs. Labelled and unlabeled samples are held out in the same
        share, and copies of a sample together. Of `TiledRegions`, whole micrographs are
        held out, or a band of rows if one micrograph alone has labels. 0 learns from
        all samples.
    warm_start : bool, default=False
        Whether `fit` goes on from the weights of the last fit, with a new optimizer, a
        new schedule and other batches, and adds to the ``history``. The labels, the
        shape of a sample and the network, but for its dropout, must be those of the
        last fit. A fit that fails or is interrupted then leaves the classifier as it
        was before; otherwise it leaves the classifier unfitted. Give an int as
        `random_state` with it if samples are held out, so that these are the same ones
        each time.
    initial : PUClassifier or None, default=None
        A fitted classifier; the training starts from its weights and leaves it as it
        is. It has the same network, but for the dropout, and was fitted on samples of
        the same shape; `module` "auto" takes its network. Clones share it. In a grid,
        whose values a search clones, give ``FrozenEstimator(classifier)`` of
        `sklearn.frozen`. With `warm_start`, it is where the first fit starts, and
        what every fit is brought nearer to.
    initial_labels : float, default=20
        As how many labels the weights of `initial` count, at least 0. Over the last
        fifth of the updates, the network is brought to the mean of its own weights and
        these; its own count as many labels as there are, and labelled regions that
        touch are one label. 0 leaves its own.
    random_state : int, RandomState instance or None, default=None
        Seeds the initial weights, the batches and the augmentation. An int gives the
        same bits on the same machine with the same ``torch.get_num_threads()``, which
        is often 1 in a process of joblib. There is one exception: if classifiers are
        fitted in several threads, a module of your own that draws while training, such
        as ``torch.nn.Dropout``, draws from one random state that all threads share.
        That state is as before once all classifiers have been fitted.
    verbose : int, default=0
        0 shows nothing; 1 or more shows a bar with the time left while a prior is
        estimated, while the network is trained and while it predicts.

    Attributes
    ----------
    classes_ : ndarray of shape (2,)
        The two labels, sorted.
    pos_label_ : label
        The label of the positives.
    prior_ : float
        Share of positives in the population.
    unlabeled_prior_ : float
        Share of positives among the unlabeled samples.
    label_frequency_ : float
        Share of the positives in the data that are labelled.
    prior_interval_ : tuple of float or None
        Lower and upper end of an estimated prior, which hold it with a probability
        of 0.9; None for one that was given.
    prior_is_upper_bound_ : bool
        Whether the estimated prior is only an upper bound, since the scores do not tell
        positives from negatives that score as high. The interval then begins at the
        labelled share. False if the prior was given.
    module_ : specification or callable
        The network's specification, "auto" resolved.
    optimizer_ : str or torch.optim.Optimizer class
        The optimizer: `optimizer`, or "sgd" if the linear network was chosen.
    lr_ : float
        The highest learning rate: `lr`, "auto" resolved, or that of the linear network.
    reconstruction_weight_ : float
        The weight of the reconstruction error, "auto" resolved.
    steps_per_epoch_ : int
        The updates in an epoch, None resolved.
    net_ : skorch.NeuralNet
        The fitted net, with its ``history``. Predict with the classifier, not
        with it.
    n_features_in_ : int
        Length of axis 1 of `X`; not set for `TiledRegions`.
    feature_names_in_ : ndarray of str
        Names of the columns, if `X` has names.
    sample_shape_ : tuple of int
        Shape of one sample.

    See Also
    --------
    RegionScorer : Trains it on regions of micrographs.
    pusklearn.metrics.pu_scorer : Scorers for searches on PU labels.

    Notes
    -----
    On PU labels, a search such as ``GridSearchCV`` must be given
    ``scoring=pu_scorer(...)``. Without it, the search ranks by `score`, the accuracy,
    which counts every unlabeled positive as a mistake.

    Where classes overlap, a network learns a few dozen labels by heart. For tables with
    10 to 500 labels and a prior, short trainings are therefore compared first: clones
    learn from two of three folds with 150 and with 400 updates. If they rank the
    held-out labels lower among the held-out unlabeled samples after 400 updates, by
    more than a standard error of the difference, all epochs together have 150 updates;
    if they rank them higher by as much, the usual number; if neither, 400. Classes
    whose ROC curve has an area of 0.9 or more after 150 updates have the usual number
    at once.

    Where at most 5 % of the values are not 0, as in texts, a linear network,
    ``MLP(())``, is compared with them if `module`, `optimizer`, `lr` and `weight_decay`
    are the defaults. It learns with 150 updates of "sgd", whose learning rate is the
    inverse of the mean squared length of the samples. It is taken unless it ranks the
    held-out labels lower by more than a standard error. ``module_``, ``optimizer_``,
    ``lr_`` and ``steps_per_epoch_`` tell what was chosen; ``module=MLP()`` leaves it
    out.

    Where classes overlap, few samples are positives more likely than not, so a network
    may predict next to none positive. If fewer unlabeled samples of a table, or images,
    are predicted positive than three quarters of the positives that the prior says are
    among them, the bias of the last layer is raised until they are as many. The order
    of the samples stays. Regions of micrographs, networks whose last layer has no bias,
    and the criterion "pn" are left as they are.

    References
    ----------
    Bepler et al., "Positive-unlabeled convolutional neural networks for particle
    picking in cryo-electron micrographs", arXiv 1803.08207.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from pusklearn import PUClassifier
    >>> X, y = make_classification(1000, random_state=0)  # half are positives
    >>> y_pu = y.copy()
    >>> y_pu[y.nonzero()[0][100:]] = 0  # only the first 100 keep their label
    >>> classifier = PUClassifier(prior=0.5, random_state=0).fit(X, y_pu)
    >>> bool(classifier.score(X, y) > 0.85)
    True

    A search knows the PU labels only, and takes a metric for these:

    >>> from sklearn.model_selection import GridSearchCV
    >>> from pusklearn.metrics import pu_scorer
    >>> from pusklearn.modules import MLP
    >>> classifier = PUClassifier(MLP((16,)), prior=0.5, max_epochs=2, random_state=0)
    >>> grid = {"criterion": ["pn", "nnpu"]}
    >>> scorer = pu_scorer("f1", prior=0.5)
    >>> search = GridSearchCV(classifier, grid, scoring=scorer, cv=2)
    >>> search.fit(X, y_pu).best_params_
    {'criterion': 'nnpu'}
    """

    #: Whether samples may be given as a `RowView`, which is read a batch at a time.
    _takes_row_views = True

    def __init__(
        self,
        module="auto",
        criterion="ge-binomial",
        *,
        prior=None,
        scheme="single",
        pos_label=None,
        reconstruction_weight=0.0,
        optimizer="adam",
        lr=3e-3,
        weight_decay=0.0,
        batch_size=256,
        positive_share=1 / 16,
        max_epochs=10,
        steps_per_epoch=None,
        augment="auto",
        callbacks=None,
        device="auto",
        precision="auto",
        compile=False,
        validation_fraction=0.0,
        warm_start=False,
        initial=None,
        initial_labels=20,
        random_state=None,
        verbose=0,
    ):
        self.module = module
        self.criterion = criterion
        self.prior = prior
        self.scheme = scheme
        self.pos_label = pos_label
        self.reconstruction_weight = reconstruction_weight
        self.optimizer = optimizer
        self.lr = lr
        self.weight_decay = weight_decay
        self.batch_size = batch_size
        self.positive_share = positive_share
        self.max_epochs = max_epochs
        self.steps_per_epoch = steps_per_epoch
        self.augment = augment
        self.callbacks = callbacks
        self.device = device
        self.precision = precision
        self.compile = compile
        self.validation_fraction = validation_fraction
        self.warm_start = warm_start
        self.initial = initial
        self.initial_labels = initial_labels
        self.random_state = random_state
        self.verbose = verbose

    @whole_or_unfitted
    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        known_negative: ArrayLike | None = None,
    ) -> Self:
        """Train the network.

        Parameters
        ----------
        X : array-like of shape (n, features), (n, height, width) or \
(n, channels, height, width), or TiledRegions
            The samples, labelled positives and unlabeled together.
        y : array-like of shape (n,)
            Two labels: that of the positives and that of the unlabeled. For
            `TiledRegions` also a sparse array of shape (n, 1), 1 for the positives.
        sample_weight : array-like of shape (n,) or None, default=None
            Weights of the samples, at least 0. Every mean of the criterion over the
            positives, or over the unlabeled samples, is weighted, and so are the
            shares of positives and of labels. A sample of weight 0 does not count at
            all. None gives all the same weight. `TiledRegions` take none.
        known_negative : array-like of bool of shape (n,) or None, default=None
            True for samples that are known to be negative, such as false positives that
            somebody has found. They have the label of the unlabeled samples in `y`, but
            do not count as unlabeled, see Notes. For `TiledRegions` also a sparse array
            of shape (n, 1). None stands for none.

        Returns
        -------
        PUClassifier
            The fitted classifier.

        Raises
        ------
        ValueError
            If there are not exactly two labels, the prior is impossible, or a parameter
            is out of its range, or a batch holds one positive although their weights
            differ, or `initial` is not fitted, or its network or shape of a sample is
            another. If `known_negative` is no mask of bool with a value for each
            sample, marks a labelled positive, leaves no unlabeled sample, or leaves
            fewer samples than the prior says are positives.
        TypeError
            If a parameter has the wrong type, the criterion takes no weights although
            they differ, or no known negatives although there are some, or the network
            or the criterion returns anything else than one tensor of logits or a scalar
            tensor.

        Warns
        -----
        PUCollapseWarning
            If the training has collapsed: the network returns the same for all samples,
            does not find the labelled positives or ranks them by chance, or predicts a
            share of positives that is far from the prior, or the learning rate is high
            and the log-odds are absurd. The warning tells the likely cause and a cure.
            So it does if fewer than 5 labels are all that is known.
        UserWarning
            If the labels do not say which is that of the positives, or a prior is
            estimated from fewer than 10 labelled positives, or known negatives are left
            out because their samples are missing.

        Notes
        -----
        Known negatives are chosen by somebody, as a rule among the samples that look
        most like positives, so they do not stand for all negatives. If ``n`` samples
        have ``n_P`` labelled positives and ``n_K`` known negatives, the share of
        positives among the unlabeled samples is, in the single scheme,
        ``(prior * n - n_P) / (n - n_P - n_K)``, and in the case-control scheme
        ``prior * (n - n_P) / (n - n_P - n_K)``. Regions of micrographs that are known
        negatives count as labels do: their mean loss is that of a share
        ``prior * n_K / n_P`` of the population, but not of more than the positives
        together or than all negatives, and at least of their share of the samples.
        Other known negatives may lie where the classes overlap, and count as the
        geometric mean of that share and of their share of the samples. Each batch
        holds as many of them as of the positives, if there are so many. The guide has
        the whole formula.
        """
        own_threads()  # before torch is used in this thread
        check_parameters(self)
        before = last_fit(self)
        samples, y = check_samples(self, X, y)
        negatives = find_negatives(known_negative, len(samples))
        samples, y, negatives, weights = without_weightless(
            samples, y, negatives, sample_weight, self
        )
        module = resolve_module_of(self, self.sample_shape_, before)
        check_fits_initial(self, module)
        labels = find_positives(y, self.pos_label)
        self.classes_, self.pos_label_, positives = labels
        check_goes_on(self, before)
        missing = samples.missing_runs()
        positives = leave_out_missing(positives, missing, len(samples))
        negatives = negatives_there(negatives, positives, samples, self)
        n_samples = len(samples) - count_rows(missing)
        counts = weighted_counts(positives, n_samples, weights, negatives)
        priors, self.prior_interval_, self.prior_is_upper_bound_ = find_priors(
            self, samples, positives, counts, negatives
        )
        set_priors(self, priors, *counts[:2])
        learnt, held_out = learnt_and_held_out(
            self, samples, positives, weights, negatives
        )
        n_labels = learnt.samples.count_labels(learnt.positives)
        module = resolve_input_dropout(module, samples, n_labels)
        self.reconstruction_weight_ = resolve_reconstruction_weight(
            self.reconstruction_weight, n_labels
        )
        (self.module_, self.optimizer_, self.lr_, self.steps_per_epoch_) = (
            find_training(self, module, learnt, priors, before or start_of(self))
        )
        self.net_ = train(self, learnt, held_out, priors, before and before["net_"])
        match_prior(self, learnt, priors)
        warn_of_collapse(
            self,
            learnt.samples,
            learnt.positives,
            priors,
            learnt.weights,
            learnt.negatives,
        )
        return self

    def decision_function(self, X: ArrayLike) -> NDArray[np.float32]:
        """Return the log-odds of ``classes_[1]``, shape (n,).

        Parameters
        ----------
        X : array-like or TiledRegions
            Samples of the shape seen in `fit`. Regions of whole micrographs are
            scored densely, with the result of scoring them one by one.

        Returns
        -------
        ndarray of float32 of shape (n,)
            Log-odds, positive if ``classes_[1]`` is the more probable class.
        """
        check_is_fitted(self, "net_")
        samples = check_new_samples(self, X)
        network = self.net_.module_.network.eval()
        device = next(network.parameters()).device
        n_at_once = scoring_batch(self.batch_size)
        with torch.inference_mode(), full_precision(device):
            logits = compute_logits(
                samples,
                network,
                self.module_,
                device,
                n_at_once,
                self.verbose,
            )
        return toward_second_class(logits, self.classes_, self.pos_label_)

    def score_map(
        self, micrograph: ArrayLike, step: int = 2, *, subspaces: Sequence[Any] = ()
    ) -> NDArray[np.float32]:
        """Return the log-odds of ``classes_[1]`` of the region around every pixel.

        The map is nearly what `decision_function` gives for the `TiledRegions` of the
        micrograph, and takes a fraction of the time.

        Parameters
        ----------
        micrograph : array-like of shape (height, width)
            The micrograph, finite everywhere.
        step : int, default=2
            Every `step`-th pixel of every `step`-th row is scored, in the `precision`
            of the training; a cubic interpolation gives the rest. It is 1, or a power
            of 2 up to the ``stride`` of `module`.
        subspaces : sequence, default=()
            The ``subspaces_`` of a `RegionScorer` that holds this classifier, for
            scores in a third of the products. None are used by default.

        Returns
        -------
        ndarray of float32 of shape (height, width)
            Log-odds.

        Raises
        ------
        ValueError
            If a pixel is not finite, or the network has no dense form, or none for
            that step.
        """
        check_is_fitted(self, "net_")
        pixels = check_array(micrograph, dtype=np.float32, input_name="micrograph")
        logits = score_micrograph(self, pixels, step, subspaces)
        return toward_second_class(logits, self.classes_, self.pos_label_)

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return the probabilities of both classes, shape (n, 2).

        Parameters
        ----------
        X : array-like or TiledRegions
            Samples of the shape seen in `fit`.

        Returns
        -------
        ndarray of float64 of shape (n, 2)
            Probabilities, columns in the order of `classes_`.
        """
        log_odds = self._decision_of_both(X)
        return expit(log_odds, out=log_odds)

    def predict_log_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return the logarithms of the probabilities of both classes, shape (n, 2).

        They are computed from the log-odds, so they are finite and precise for
        probabilities that round to 0 or 1, too.

        Parameters
        ----------
        X : array-like or TiledRegions
            Samples of the shape seen in `fit`.

        Returns
        -------
        ndarray of float64 of shape (n, 2)
            Natural logarithms, columns in the order of `classes_`.
        """
        log_odds = self._decision_of_both(X)
        return log_expit(log_odds, out=log_odds)

    def predict(self, X: ArrayLike) -> NDArray:
        """Return the more probable class of each sample, shape (n,).

        Parameters
        ----------
        X : array-like or TiledRegions
            Samples of the shape seen in `fit`.

        Returns
        -------
        ndarray of shape (n,)
            Labels of `classes_`.
        """
        is_second = self.decision_function(X) > 0
        return self.classes_[is_second.astype(int)]

    def score(
        self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> float:
        """Return the accuracy of the predictions on true labels.

        On PU labels it ranks classifiers wrongly: each positive that is unlabeled
        counts as a negative, so the best one is often not the one that finds the
        positives. Searches and cross-validation on PU labels need
        ``scoring=pu_scorer(...)``, see `pusklearn.metrics.pu_scorer`.

        Parameters
        ----------
        X : array-like or TiledRegions
            Samples of the shape seen in `fit`.
        y : array-like of shape (n,)
            True labels, of `classes_`.
        sample_weight : array-like of shape (n,) or None, default=None
            Weights of the samples; None gives all the same weight.

        Returns
        -------
        float
            Share of samples whose predicted class is their label, in [0, 1].
        """
        return super().score(X, y, sample_weight)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.three_d_array = True
        tags.input_tags.sparse = True
        return tags

    def _decision_of_both(self, X):
        """Return the log-odds of each class in float64, shape (n, 2)."""
        log_odds = self.decision_function(X)
        both = np.empty((len(log_odds), 2))
        both[:, 0], both[:, 1] = -log_odds, log_odds
        return both
