"""What the host sends to the device that computes."""

import torch
from numpy.typing import NDArray


def send(values: NDArray | torch.Tensor, device: torch.device) -> torch.Tensor:
    """Return values of the host on a device, without making a GPU wait.

    A GPU that must wait for a few numbers finishes all that it was told before, and
    has nothing to do until the host tells it more. From pinned memory it takes them by
    itself, in turn.

    Parameters
    ----------
    values : ndarray or torch.Tensor
        The values, in the memory of the host.
    device : torch.device
        The device.

    Returns
    -------
    torch.Tensor
        The values on the device. On the CPU, it shares the memory of `values`.

    Examples
    --------
    >>> import numpy as np
    >>> import torch
    >>> from pusklearn.pu._send import send
    >>> send(np.arange(3), torch.device("cpu"))
    tensor([0, 1, 2])
    """
    tensor = torch.as_tensor(values)
    if device.type != "cuda":
        return tensor.to(device)
    return tensor.pin_memory().to(device, non_blocking=True)
