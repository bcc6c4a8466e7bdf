"""Deep positive-unlabeled classification as a scikit-learn estimator."""

import numpy as np
import torch
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_array, check_is_fitted

from pusklearn.pu._labels import find_positives
from pusklearn.pu.criteria._registry import as_criterion
from pusklearn.pu.modules._architecture import check_step
from pusklearn.pu.network._automatic_settings import (
    resolve_input_dropout,
    resolve_module,
    resolve_reconstruction_weight,
)
from pusklearn.pu.network._check_input import (
    check_new_samples,
    check_parameters,
    check_samples,
)
from pusklearn.pu.network._dense_scores import (
    can_be_dense,
    compute_logits,
    dense_form,
    score_map,
)
from pusklearn.pu.network._devices import computes_in_half, full_precision
from pusklearn.pu.network._estimate_unlabeled_prior import estimate_unlabeled_prior
from pusklearn.pu.network._training import train
from pusklearn.pu.priors._class_priors import (
    asked_priors,
    check_scheme,
    estimated_priors,
    set_priors,
)


class PUClassifier(ClassifierMixin, BaseEstimator):
    """Neural network trained on labelled positives and unlabeled samples.

    Any data, any network, any objective. Every batch holds a fixed number of
    positives and fills up with unlabeled samples; the learning rate rises and falls
    once over the training.

    Parameters
    ----------
    module : "auto", specification or callable, default="auto"
        The network: an object of `pusklearn.modules` such as ``ConvNet(31)``, or a
        class (or any callable without arguments) that gives a ``torch.nn.Module``
        with one logit per sample; images come to it with a channel axis. "auto" is
        ``MLP()`` for 2-D `X`, and for images the largest `ConvNet` that fits them, the
        one of 31 pixels for smaller ones, with ``halve=True``.
    criterion : str, criterion or callable, default="ge-binomial"
        The objective: "pn", "upu", "nnpu", "ge-kl", "ge-binomial", "abs-pu",
        "imbalanced-nnpu", "vpu", "dist-pu", "count-loss", an object of
        `pusklearn.criteria`, or a callable with the arguments
        ``(logits, is_positive, priors)``.
    prior : float, "estimate" or None, default=None
        Share of positives in the population, in (0, 1). None is the labelled share:
        no positives among the unlabeled, as in ordinary classification. "estimate"
        finds it first, by `estimate_prior` on scores that the network makes for
        samples that it was not trained on; for regions, on the peaks of such scores.
        It takes 9 epochs more, for regions about two and a half times `max_epochs`.
    scheme : {"single", "case-control"}, default="single"
        How the samples were drawn. "single": one sample of the population, some of
        whose positives are labelled. "case-control": the unlabeled samples are a
        sample of the population, and the positives were drawn apart.
    pos_label : label or None, default=None
        The label of the positives; None is the greater of the two.
    reconstruction_weight : float or "auto", default=0.0
        Weight of the squared reconstruction error, a sum over the values of a
        sample, that a decoder of the latent features makes; its mean is taken over a
        batch, over 64 to 127 samples of a larger one. 0 attaches none. "auto"
        is the rule of Bepler et al., 10 divided by the number of labels; labelled
        regions that touch are one. Works with the networks of `pusklearn.modules`.
    optimizer : {"adam", "adamw", "sgd"} or torch.optim.Optimizer class, \
default="adam"
        What takes the steps; "sgd" has a momentum of 0.9.
    lr : float, default=3e-3
        Highest learning rate of the schedule.
    weight_decay : float, default=0.0
        Given to the optimizer.
    batch_size : int, default=256
        Samples in a batch.
    positive_share : float, default=1/16
        Share of labelled positives in a batch, in (0, 1); at least one is taken.
    max_epochs : int, default=10
        Number of epochs.
    steps_per_epoch : int or None, default=None
        Updates in an epoch. None is 0.4 times the number of labelled positives, at
        least 100 and at most 200; for `TiledRegions` 60, but at least 10 and at most
        20 times the root of the number of labelled particles, and at most 200.
    augment : "auto" or bool, default="auto"
        Turn each image by a random multiple of 90 degrees, each region of a
        micrograph by one of 45 degrees, and mirror it at random, while training.
        "auto" does so for `TiledRegions` only.
    callbacks : list of skorch.callbacks.Callback or None, default=None
        Called while training, beside our own. The losses of batches come into the
        history at the end of an epoch; ``on_batch_end`` is given its own as ``loss``.
    device : str or torch.device, default="auto"
        Where to compute; "auto" is the GPU where there is one.
    precision : {"auto", "float32", "bfloat16"}, default="auto"
        Of the training. "auto" is bfloat16 for images where the device has
        instructions for it. The criterion and predictions are in float32, save those
        of `score_map`.
    compile : bool, default=False
        Compile the network with ``torch.compile`` for training.
    random_state : int, RandomState instance or None, default=None
        Of the weights, the batches and the augmentation. An int gives the same bits
        on the same machine. In threads, it does not for a module of your own that
        draws while training, such as ``torch.nn.Dropout``: their draws come from one
        random state, which is as before once all have been fitted.
    verbose : int, default=0
        1 shows a bar with the time left.

    Attributes
    ----------
    classes_ : ndarray of shape (2,)
        The two labels, sorted.
    pos_label_ : label
        The one of the positives.
    prior_ : float
        Share of positives in the population.
    unlabeled_prior_ : float
        Share of positives among the unlabeled samples.
    label_frequency_ : float
        Share of the positives in the data that are labelled.
    prior_interval_ : tuple of float or None
        Lower and upper end of an estimated prior, which they hold with a probability
        of 0.9; None for one that was given.
    module_ : specification or callable
        The network's, "auto" resolved.
    reconstruction_weight_ : float
        "auto" resolved.
    net_ : skorch.NeuralNet
        The fitted net, with its ``history``. Predict with the classifier, not
        with it.
    n_features_in_ : int
        Length of axis 1 of `X`; not for `TiledRegions`.
    feature_names_in_ : ndarray of str
        Names of the columns, where `X` has names.
    sample_shape_ : tuple of int
        Shape of one sample.

    See Also
    --------
    RegionScorer : Trains it on regions of micrographs.

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
    """

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
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X, y):
        """Train the network.

        Parameters
        ----------
        X : array-like of shape (n, features), (n, height, width) or \
(n, channels, height, width), or TiledRegions
            The samples, labelled positives and unlabeled together.
        y : array-like of shape (n,)
            Two labels: the positives' and that of the unlabeled. For `TiledRegions`
            also a sparse array of shape (n, 1), 1 for the positives.

        Returns
        -------
        PUClassifier
            The fitted classifier.

        Raises
        ------
        ValueError
            For other than two labels, a prior that cannot be, or a parameter out of
            its range.
        TypeError
            For a parameter of another type.
        """
        check_parameters(self)
        samples, y = check_samples(self, X, y)
        labels = find_positives(y, self.pos_label)
        self.classes_, self.pos_label_, positives = labels
        priors = self._find_priors(samples, positives)
        set_priors(self, priors, len(positives), len(samples))
        n_labels = samples.count_labels(positives)
        module = resolve_module(self.module, self.sample_shape_)
        self.module_ = resolve_input_dropout(module, samples, n_labels)
        self.reconstruction_weight_ = resolve_reconstruction_weight(
            self.reconstruction_weight, n_labels
        )
        self.net_ = train(self, samples, positives, priors)
        return self

    def decision_function(self, X):
        """Return the log-odds of ``classes_[1]``, shape (n,).

        Parameters
        ----------
        X : array-like or TiledRegions
            Samples of the shape seen in `fit`. Regions of whole micrographs are
            scored densely, with the result of scoring them one by one.

        Returns
        -------
        ndarray of float32 of shape (n,)
            Positive where ``classes_[1]`` is the likelier.
        """
        check_is_fitted(self, "net_")
        samples = check_new_samples(self, X)
        network = self.net_.module_.network.eval()
        device = next(network.parameters()).device
        with torch.inference_mode(), full_precision(device):
            logits = compute_logits(
                samples, network, self.module_, device, self.batch_size
            )
        return logits if self.pos_label_ == self.classes_[1] else -logits

    def score_map(self, micrograph, step=2):
        """Return the log-odds of ``classes_[1]`` of the region around every pixel.

        Nearly as `decision_function` does for the `TiledRegions` of the micrograph, and
        several times as fast.

        Parameters
        ----------
        micrograph : array-like of shape (height, width)
            The micrograph, finite everywhere.
        step : int, default=2
            Every `step`-th pixel of every `step`-th row is scored, in the `precision`
            of the training; a cubic interpolation gives the rest. 1, or a power of 2
            up to the ``stride`` of `module`.

        Returns
        -------
        ndarray of float32 of shape (height, width)
            Log-odds.

        Raises
        ------
        ValueError
            Where a pixel is not finite, or the network has no dense form, or not for
            that step.
        """
        check_is_fitted(self, "net_")
        micrograph = check_array(micrograph, dtype=np.float32, input_name="micrograph")
        size = self.sample_shape_[-1]
        if self.sample_shape_ != (size, size) or not can_be_dense(self.module_, size):
            raise ValueError(
                "Only a network of pusklearn.modules that was trained on square "
                "regions, and sees no more than those, scores a micrograph at once. "
                f"Got {self.module_!r} and regions of shape {self.sample_shape_}."
            )
        check_step(step, self.module_)
        network = self.net_.module_.network.eval()
        device = next(network.parameters()).device
        half = computes_in_half(self.precision, device, is_image=True)
        with (
            torch.inference_mode(),
            full_precision(device),
            torch.autocast(device.type, torch.bfloat16, enabled=half),
        ):
            dense = dense_form(network, self.module_, size, step).to(device)
            logits = score_map(dense, micrograph, size, device, step)
        return logits if self.pos_label_ == self.classes_[1] else -logits

    def predict_proba(self, X):
        """Return the probabilities of both classes, shape (n, 2).

        Parameters
        ----------
        X : array-like or TiledRegions
            Samples of the shape seen in `fit`.

        Returns
        -------
        ndarray of float32 of shape (n, 2)
            Columns in the order of `classes_`.
        """
        logits = torch.from_numpy(self.decision_function(X))
        return torch.stack([(-logits).sigmoid(), logits.sigmoid()], 1).numpy()

    def predict(self, X):
        """Return the likelier class of each sample, shape (n,).

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

    def set_params(self, **params):
        """Set parameters, those of a criterion given by name too.

        Parameters
        ----------
        **params : dict
            ``criterion__slack`` reaches inside the criterion, ``module__units``
            inside the network's specification.

        Returns
        -------
        PUClassifier
            Itself.
        """
        nested = {name.partition("__")[0] for name in params if "__" in name}
        criterion = params.get("criterion", self.criterion)
        if "criterion" in nested and isinstance(criterion, str):
            params["criterion"] = as_criterion(criterion)
        module = params.get("module", self.module)
        if "module" in nested and isinstance(module, str):
            raise ValueError(
                "To set a parameter of the network, give `module` as a specification "
                f"such as ConvNet(31). Got {module!r}."
            )
        return super().set_params(**params)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.three_d_array = True
        return tags

    def _find_priors(self, samples, positives):
        n_positive, n = len(positives), len(samples)
        self.prior_interval_ = None
        if not isinstance(self.prior, str) or self.prior != "estimate":
            return asked_priors(self, n_positive, n, or_estimate=True)
        check_scheme(self.scheme)
        share, interval = estimate_unlabeled_prior(samples, self, positives)
        priors, self.prior_interval_ = estimated_priors(
            share, interval, n_positive, n, self.scheme
        )
        return priors
