"""The private skorch net that a `PUClassifier` composes."""

from typing import Any

import numpy as np
import torch
from skorch import NeuralNet

from pusklearn.pu.network._asks_to_stop import asks_to_stop


class StopTrainingError(Exception):
    """Raised when a callback asks for the end of the training."""


class TrainingNet(NeuralNet):
    """A net that stops when a callback asks for it, or its loss is not finite."""

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
            self.history.record_batch(f"{prefix}_batch_size", len(batch[0]))
            self.notify("on_batch_end", batch=batch, training=training, **step)
        for row, loss in zip(
            self.history[-1]["batches"], torch.stack(losses).tolist(), strict=True
        ):
            row[f"{prefix}_loss"] = loss
        self.history.record(f"{prefix}_batch_count", len(losses))

    def notify(self, method_name: str, **kwargs: Any) -> None:
        """Call the callbacks."""
        try:
            super().notify(method_name, **kwargs)
        except KeyboardInterrupt as stop:
            # skorch's callbacks, such as EarlyStopping, ask for the end in this way,
            # at the end of an epoch. Any other interrupt is the user's.
            callbacks = [callback for _, callback in self.callbacks_]
            if method_name != "on_epoch_end" or not asks_to_stop(stop, callbacks):
                raise
            raise StopTrainingError from stop
        if method_name == "on_epoch_end":
            loss = self.history[-1, "train_loss"]
            if not np.isfinite(loss):
                raise ValueError(
                    f"Training diverged: the loss of epoch {len(self.history)} is "
                    f"{loss}. Give a lower `lr` than {self.lr:g}."
                )
