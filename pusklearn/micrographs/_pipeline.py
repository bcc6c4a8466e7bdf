"""A pipeline that shows in notebooks what it has learnt."""

import sklearn.pipeline

from pusklearn.micrographs.peaks._peak_extractor import PeakExtractor
from pusklearn.micrographs.summaries._picker_summary import picker_summary


class Pipeline(sklearn.pipeline.Pipeline):
    """The pipeline of scikit-learn, with a short summary above its diagram.

    The summary is shown if the last step is a fitted `PeakExtractor`, and only by a
    notebook. Everything else is as in scikit-learn, and so is the name.
    """

    def _html_repr(self) -> str:
        # scikit-learn calls this for `_repr_html_` and `_repr_mimebundle_`.
        diagram = super()._html_repr()
        last = self.steps[-1][1] if self.steps else None
        if not (isinstance(last, PeakExtractor) and hasattr(last, "threshold_")):
            return diagram
        return picker_summary(last) + diagram
