"""Write the network of an estimator for programs other than Python."""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted
from torch import nn

from pusklearn import __version__
from pusklearn.micrographs.io._draft_files import write_files
from pusklearn.micrographs.regions._region_scorer import RegionScorer
from pusklearn.pu._checks import check_is_estimator
from pusklearn.pu.modules._blueprint import check_step
from pusklearn.pu.network._dense_network import can_be_dense, dense_form
from pusklearn.pu.network._pu_classifier import PUClassifier
from pusklearn.saving._onnx_layers import FAR, Graph, add_layer

OPSET = 17
IR_VERSION = 8  # that of this opset; the latest one needs the latest runtime
OUTPUT = "log_odds"


def export_onnx(
    estimator: Any, path: str | os.PathLike, *, step: int | None = None
) -> None:
    """Write the network of a fitted estimator as ONNX.

    ONNX is read by programs in C++, by web pages and by other languages. The network of
    micrographs is written in its dense form: it takes a micrograph of any size, and
    gives the log-odds of the region around every pixel, edges included.

    Parameters
    ----------
    estimator : PUClassifier, RegionScorer or Pipeline
        The fitted classifier, what holds it, or a picker with it. Its network is one of
        `pusklearn.modules`.
    path : str or path-like
        The file, usually with the suffix ".onnx". If there is one, it is replaced.
    step : int or None, default=None
        Every `step`-th pixel of every `step`-th row is scored, and a cubic
        interpolation gives the rest, as in `PUClassifier.score_map`. None takes the
        ``step`` of the `RegionScorer`, and 1 for a classifier alone.

    Raises
    ------
    ImportError
        If the package onnx is not installed: ``pip install pusklearn[onnx]``.
    TypeError
        If `estimator` is none of these, or its network is not one of
        `pusklearn.modules`.
    ValueError
        If `step` is none that the network can take, or is given for a network that has
        no dense form.
    NotFittedError
        If `estimator` is not fitted.

    See Also
    --------
    save : Saves the whole estimator.

    Notes
    -----
    A classifier of square regions that hold the receptive field of its network has the
    input "micrograph" of shape (batch, 1, height, width), float32, and the output
    "log_odds" of the same shape. Any other has the input "samples" of shape
    (batch, features) or (batch, channels, height, width), with the sizes of its
    training, and the output "log_odds" of shape (batch,).

    The output is that of ``score_map`` and ``decision_function`` in float32, within
    1e-4: log-odds of ``classes_[1]``. What a picker does before and after is not in the
    file. Micrographs have to be made smaller and normalised first, as by
    ``picker[:2].transform(micrographs)``, and the maps are to be smoothed and their
    peaks found. The `turns` of a `RegionScorer` are not in the file either: the map is
    that of the micrograph as it is.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import onnxruntime
    >>> from pusklearn import PUClassifier, RegionScorer, export_onnx
    >>> from pusklearn.datasets import make_micrographs
    >>> from pusklearn.modules import ConvNet
    >>> micrographs, coordinates = make_micrographs(2, random_state=0)
    >>> classifier = PUClassifier(
    ...     ConvNet(31, units=4), max_epochs=1, steps_per_epoch=5, random_state=0
    ... )
    >>> scorer = RegionScorer(classifier, label_radius=2)
    >>> scorer = scorer.fit(micrographs, coordinates)
    >>> with TemporaryDirectory() as folder:
    ...     export_onnx(scorer, Path(folder) / "scorer.onnx")
    ...     session = onnxruntime.InferenceSession(Path(folder) / "scorer.onnx")
    >>> maps = session.run(None, {"micrograph": micrographs[0][None, None]})[0]
    >>> bool(abs(maps[0, 0] - scorer.transform(micrographs[:1])[0]).max() < 1e-4)
    True
    """
    if find_spec("onnx") is None:
        raise ImportError(
            "`export_onnx` needs the package onnx: pip install pusklearn[onnx]."
        )
    classifier, own_step = find_classifier(check_is_estimator(estimator, "estimator"))
    check_is_fitted(classifier, "net_")
    module, shape = classifier.module_, classifier.sample_shape_
    network = classifier.net_.module_.network.eval()
    graph = Graph()
    if shape == (shape[-1], shape[-1]) and can_be_dense(module, shape[-1]):
        step = own_step if step is None else step
        check_step(step, module)
        dense = dense_form(network, module, shape[-1], step)
        # The logits of a region need not reach to its last pixels.
        unused = (shape[-1] - module.receptive_field) % module.stride
        pads = (shape[-1] // 2, shape[-1] - shape[-1] // 2 - 1 - unused)
        output = add_map(dense, graph, "micrograph", pads, step)
        name, sizes = "micrograph", ["batch", 1, "height", "width"]
        output_sizes = sizes
    elif step is None:
        name, sizes = "samples", ["batch", *([1] if len(shape) == 2 else []), *shape]
        output = add_logits(network, graph, name)
        output_sizes = ["batch"]
    else:
        raise ValueError(
            "`step` needs a network of pusklearn.modules, trained on square regions "
            f"that hold its whole receptive field. Got {module!r} and regions of shape "
            f"{shape}."
        )
    if classifier.pos_label_ != classifier.classes_[1]:
        output = graph.add("Neg", output)
    graph.nodes[-1].output[0] = OUTPUT
    model = make_model(graph, (name, sizes), (OUTPUT, output_sizes))
    write_files({Path(path): model.SerializeToString()})


def find_classifier(estimator: Any) -> tuple[Any, int]:
    """Return the classifier with a network, and the step of its score maps.

    Raises
    ------
    TypeError
        If there is none.
    """
    if isinstance(estimator, PUClassifier):
        return estimator, 1
    if isinstance(estimator, RegionScorer):
        check_is_fitted(estimator)
        classifier, _ = find_classifier(estimator.classifier_)
        return classifier, estimator.step
    if isinstance(estimator, Pipeline):
        for _, part in estimator.steps:
            if isinstance(part, PUClassifier | RegionScorer):
                return find_classifier(part)
    raise TypeError(
        "`estimator` must be a PUClassifier, a RegionScorer of one, or a picker with "
        f"one. Got {estimator!r}; if it wraps a PUClassifier, give that one."
    )


def add_map(
    dense: nn.Module, graph: Graph, images: str, pads: tuple[int, int], step: int
) -> str:
    """Add a dense network, which gives a map of the size of the images.

    Parameters
    ----------
    dense : torch.nn.Module
        The network that gives a logit every `step` pixels.
    graph : Graph
        The graph.
    images : str
        The name of the images.
    pads : tuple of int
        Pixels that the region of a pixel has before it, and after it.
    step : int
        Pixels between two logits.

    Returns
    -------
    str
        The name of the maps.
    """
    # The last logit lies on the last pixel or beyond, so that no logit is extrapolated.
    padded = graph.pad(images, pads[0], pads[1] + step - 1)
    logits = add_layer(dense, graph, padded)
    if step == 1:
        return logits
    shape, of_logits = graph.add("Shape", images), graph.add("Shape", logits)
    one = graph.integers(1)
    # A cubic interpolation in between: n logits give (n - 1) * step + 1.
    gaps = graph.add("Sub", graph.cut(of_logits, [0], [2], [4]), one)
    fine = graph.add("Add", graph.add("Mul", gaps, graph.integers(step)), one)
    sizes = graph.add("Concat", graph.cut(of_logits, [0], [0], [2]), fine, axis=0)
    maps = graph.add(
        "Resize",
        *(logits, "", "", sizes),
        mode="cubic",
        coordinate_transformation_mode="align_corners",
        cubic_coeff_a=-0.75,
    )
    ends = graph.cut(shape, [0], [2], [FAR])
    return graph.cut(maps, [2, 3], (0, 0), ends)


def add_logits(network: nn.Module, graph: Graph, samples: str) -> str:
    """Add a network that gives one logit per sample, and return its name.

    A sample larger than the receptive field gives several logits. Their mean is taken.
    """
    flat = graph.add("Flatten", add_layer(network, graph, samples))
    return graph.add("ReduceMean", flat, axes=[1], keepdims=0)


def make_model(graph: Graph, source: tuple, target: tuple) -> Any:
    """Return the model of a graph with one input and one output, checked."""
    from onnx import TensorProto, checker, helper

    inputs, outputs = (
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, sizes)]
        for name, sizes in (source, target)
    )
    model = helper.make_model(
        helper.make_graph(graph.nodes, "pusklearn", inputs, outputs, graph.constants),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="pusklearn",
        producer_version=__version__,
    )
    checker.check_model(model, full_check=True)
    return model
