"""The private skorch net that a `PUClassifier` composes."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.base import ClassifierMixin
from skorch import NeuralNet
from skorch.dataset import unpack_data

from pusklearn.pu.modules._thread_team import ThreadTeam
from pusklearn.pu.network._asks_to_stop import asks_to_stop
from pusklearn.pu.network._team_step import compute_gradient


class StopTrainingError(Exception):
    """Raised when a callback asks for the end of the training."""


def both_probabilities(logits: torch.Tensor) -> torch.Tensor:
    """Return the probabilities of unlabeled and of positive, shape (n, 2)."""
    return torch.stack([torch.sigmoid(-logits), torch.sigmoid(logits)], 1)


class TrainingNet(ClassifierMixin, NeuralNet):
    """A net that stops when a callback asks for it, or its loss is not finite.

    To scorers among the callbacks it is a classifier of labelled positives, 1, and
    unlabeled samples, 0.
    """

    #: The team of threads that takes the steps of the training, if there is one. It is
    #: no argument of `fit_loop`, because skorch would route that as metadata.
    team_: ThreadTeam | None = None

    @property
    def classes_(self) -> NDArray:
        """The labels of the batches."""
        return np.arange(2)

    def get_split_datasets(self, X, y=None, **fit_params):
        """Return the samples to learn from and those held out, which are a pair."""
        return X

    def evaluation_step(self, batch, training=False):
        """Return the logits of a batch."""
        return super().evaluation_step(batch, training)[0]

    def predict(self, X: Any) -> NDArray:
        """Return 1 if a positive is more probable, and 0 otherwise."""
        return (self.predict_proba(X)[:, 1] > 0.5).astype(int)

    def torch_compile(self, module: torch.nn.Module, name: str) -> torch.nn.Module:
        """Compile the network alone: the criterion is too small to gain from it."""
        return super().torch_compile(module, name) if name == "module" else module

    def run_single_epoch(self, iterator, training, prefix, step_fn, **fit_params):
        """Train for an epoch, and read the losses at its end.

        If each loss was read at once, a GPU would wait for every batch.
        """
        if iterator is None:
            return
        losses = []
        for batch in iterator:
            self.notify("on_batch_begin", batch=batch, training=training)
            step = step_fn(batch, **fit_params)
            losses.append(step["loss"].detach())
            # Callbacks get the logits, without the graph that made them, and the labels
            # alone.
            step["y_pred"] = step["y_pred"][0].detach()
            samples, target = batch
            if isinstance(target, dict):
                batch = (samples, target["is_positive"])
            self.history.record_batch(f"{prefix}_batch_size", len(samples))
            self.notify("on_batch_end", batch=batch, training=training, **step)
        # The batches of the validation stand behind those of the training.
        rows = self.history[-1]["batches"][-len(losses) :]
        for row, loss in zip(rows, torch.stack(losses).tolist(), strict=True):
            row[f"{prefix}_loss"] = loss
        self.history.record(f"{prefix}_batch_count", len(losses))

    def train_step_single(self, batch, **fit_params):
        """Compute the loss of a batch and its gradient, with a team if there is one."""
        if self.team_ is None:
            return super().train_step_single(batch, **fit_params)
        self._set_training(True)
        samples, target = unpack_data(batch)

        def loss_of(output):
            return self.get_loss(output, target, X=samples, training=True)

        loss, output = compute_gradient(self.team_, self.module_, samples, loss_of)
        return {"loss": loss, "y_pred": output}

    def notify(self, method_name: str, **kwargs: Any) -> None:
        """Call the callbacks."""
        try:
            super().notify(method_name, **kwargs)
        except KeyboardInterrupt as stop:
            # skorch's callbacks, such as EarlyStopping, ask for the end in this way,
            # at the end of an epoch. Any other interrupt is the user's.
            if method_name != "on_epoch_end" or not asks_to_stop(stop):
                raise
            raise StopTrainingError from stop
        if method_name == "on_epoch_end":
            loss = self.history[-1, "train_loss"]
            if not np.isfinite(loss):
                raise ValueError(
                    f"Training diverged: the loss of epoch {len(self.history)} is "
                    f"{loss}. Give a lower `lr` than {self.lr:g}."
                )
