"""A pipeline that shows in notebooks what it has learnt."""

from typing import Any

import sklearn.pipeline
from sklearn.utils.metaestimators import available_if

from pusklearn.micrographs.images._lazy_rows import in_one_go
from pusklearn.micrographs.peaks._peak_extractor import PeakExtractor
from pusklearn.micrographs.summaries._picker_summary import picker_summary


def _can_predict(pipeline):
    return hasattr(pipeline.steps[-1][1], "predict")


class Pipeline(sklearn.pipeline.Pipeline):
    """The pipeline of scikit-learn, with a short summary above its diagram.

    The summary is shown if the last step is a fitted `PeakExtractor`, and only by a
    notebook. Everything else is as in scikit-learn, and so is the name.
    """

    @available_if(_can_predict)
    def predict(self, X: Any, **params: Any) -> Any:
        """Transform the micrographs, and predict with the last step.

        Parameters
        ----------
        X : sequence of micrographs
            The micrographs. If `joblib.parallel_config` has chosen other processes,
            such as the workers of a dask cluster, these read them from their files.
        **params : object
            See `sklearn.pipeline.Pipeline.predict`.

        Returns
        -------
        object
            What the last step predicts.
        """
        return super().predict(in_one_go(X), **params)

    def _html_repr(self) -> str:
        # scikit-learn calls this for `_repr_html_` and `_repr_mimebundle_`.
        diagram = super()._html_repr()
        last = self.steps[-1][1] if self.steps else None
        if not (isinstance(last, PeakExtractor) and hasattr(last, "threshold_")):
            return diagram
        return picker_summary(last) + diagram
