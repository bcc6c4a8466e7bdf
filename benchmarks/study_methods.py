"""The methods of the study of labels, and its defaults switched off one by one.

A method is a function of a `study_data.DataSet` and a seed that returns a picker. A
new line of the table is a new entry of `CHANGES`.
"""

from sklearn.pipeline import make_pipeline
from study_callbacks import (
    AddNoise,
    AverageWeights,
    ConstantRate,
    RightAngles,
    VaryContrast,
)
from study_data import DATA_SETS

from pusklearn import FourierDownsampler, PUClassifier, ReferencePicker, make_picker
from pusklearn.criteria import GEBinomial

CRITERIA = {
    "GE-binomial": "ge-binomial",
    "PN": "pn",
    "NN-PU": "nnpu",
    "GE-KL": "ge-kl",
}
REFERENCE = "reference images"
ESTIMATED = "prior estimated"
CODED = " + autoencoder"


def reference(data, seed):
    picker = ReferencePicker(data.diameter, random_state=seed)
    return make_pipeline(FourierDownsampler(data.downsample), picker)


def default(data, seed, **arguments):
    """Return what a user gets who tells nothing but what he knows of the data."""
    settings = {
        "downsample": data.downsample,
        "particles_per_micrograph": data.particles_per_micrograph,
        "random_state": seed,
    }
    return make_picker(data.diameter, **(settings | arguments))


def with_parameters(**parameters):
    """Return the default with parameters of its steps changed."""

    def make(data, seed):
        return default(data, seed).set_params(**parameters)

    return make


def with_callback(make_callback):
    """Return the default with something done while it trains, a function of a seed."""

    def make(data, seed):
        callbacks = [make_callback(seed)]
        return default(data, seed).set_params(score__classifier__callbacks=callbacks)

    return make


def with_arguments(change):
    """Return the default with other arguments, from a function of the data."""

    def make(data, seed):
        return default(data, seed, **change(data))

    return make


def trained_by(criterion, reconstruction_weight):
    """Return the default with an objective of its own."""
    return with_parameters(
        score__classifier__criterion=criterion,
        score__classifier__reconstruction_weight=reconstruction_weight,
    )


def as_in_the_paper(reconstruction_weight):
    """Return the training of Bepler et al., of 2,000 updates in place of 50,000."""

    def make(data, seed):
        return default(data, seed).set_params(
            normalize__whiten=False,
            extract__smoothing=0.0,
            score__classifier__criterion=GEBinomial(slack=1.0),
            score__classifier__reconstruction_weight=reconstruction_weight,
            score__classifier__module__input_dropout=0.0,
            score__classifier__lr=2e-4,
            score__classifier__callbacks=[ConstantRate(1.0)],
            score__classifier__steps_per_epoch=200,
        )

    return make


def times_count(factor):
    """Return the default that is told a wrong number of particles."""
    return with_arguments(
        lambda data: {
            "particles_per_micrograph": factor * data.particles_per_micrograph
        }
    )


OBJECTIVES = {
    **{name: trained_by(criterion, 0.0) for name, criterion in CRITERIA.items()},
    **{
        name + CODED: trained_by(criterion, "auto")
        for name, criterion in CRITERIA.items()
    },
}
# What changes one default, or adds to them; run at few labels.
SHORTER = "320 updates"
LESS_DROPPED = "input dropout 0.2"
LONGER = "1,000 updates"
PAPER = "as in the paper"
CHANGES = {
    "prior x 2": times_count(2),
    "prior / 2": times_count(0.5),
    ESTIMATED: with_arguments(
        lambda data: {"particles_per_micrograph": None, "prior": "estimate"}
    ),
    "prior None": with_arguments(lambda data: {"particles_per_micrograph": None}),
    "slack 1, the paper's": with_parameters(
        score__classifier__criterion=GEBinomial(slack=1.0)
    ),
    "no whitening": with_parameters(normalize__whiten=False),
    "no augmentation": with_parameters(score__classifier__augment=False),
    "right angles only": with_callback(lambda seed: RightAngles()),
    "no smoothing": with_parameters(extract__smoothing=0.0),
    "no input dropout": with_parameters(score__classifier__module__input_dropout=0.0),
    "constant learning rate": with_callback(lambda seed: ConstantRate()),
    SHORTER: with_parameters(score__classifier__steps_per_epoch=32),
    LESS_DROPPED: with_parameters(score__classifier__module__input_dropout=0.2),
    LONGER: with_parameters(score__classifier__steps_per_epoch=100),
    LONGER + CODED: with_parameters(
        score__classifier__steps_per_epoch=100,
        score__classifier__reconstruction_weight="auto",
    ),
    PAPER: as_in_the_paper(0.0),
    PAPER + CODED: as_in_the_paper("auto"),
    "no halving": with_parameters(score__classifier__module__halve=False),
    "contrast varied": with_callback(VaryContrast),
    "noise added": with_callback(AddNoise),
    "averaged weights": with_callback(lambda seed: AverageWeights()),
    "positives 1/8 of a batch": with_parameters(
        score__classifier__positive_share=1 / 8
    ),
}
MOST_CHANGED = 100


def makes_a_difference(data, n_labels, method):
    """Tell whether a method is worth a run of its own, for such data and labels."""
    if method.startswith((SHORTER, LESS_DROPPED, LONGER, PAPER)):
        # For 100 labels 1,000 updates are the default, for 1,000 it is 2,000, and an
        # input dropout of 0.2; and the paper says that its autoencoder helps where
        # labels are fewest.
        return n_labels < 100
    if method == "no halving":  # it takes eight times as long
        return data.diameter / data.downsample > 31 and n_labels == MOST_CHANGED
    return method not in CHANGES or n_labels <= MOST_CHANGED


def find_default():
    """Return the name of the objective that the default settings are."""

    def settings(make):
        return make(EXAMPLE, 0).__repr__(N_CHAR_MAX=10**6)

    for name, make in OBJECTIVES.items():
        if settings(make) == settings(default):
            return name
    return "default settings"


EXAMPLE = next(iter(DATA_SETS.values()))
DEFAULT = find_default()
# In the order in which they are run.
METHODS = {
    DEFAULT: default,
    REFERENCE: reference,
    **{name: make for name, make in OBJECTIVES.items() if name != DEFAULT},
    **CHANGES,
}


def train_briefly(picker):
    """Return the picker, its network, if it has one, trained for 5 updates only."""
    if isinstance(picker.get_params().get("score__classifier"), PUClassifier):
        picker.set_params(
            score__classifier__max_epochs=1, score__classifier__steps_per_epoch=5
        )
    return picker
