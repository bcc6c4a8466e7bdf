"""The device that computes, and the precision it computes in."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from pusklearn.pu._checks import check_choice

PRECISIONS = ("auto", "float32", "bfloat16")


def as_device(device: Any) -> torch.device:
    """Return a device of torch; "auto" is the GPU if there is one.

    Raises
    ------
    TypeError
        If `device` is neither text nor a ``torch.device``.
    ValueError
        If there is no device of that name, or it needs CUDA and this machine has none.
    """
    allowed = (
        "`device` must be 'auto', the name of a device of torch such as 'cpu', 'cuda', "
        f"'cuda:0' or 'mps', or a torch.device. Got {device!r}"
    )
    if not isinstance(device, str | torch.device):
        raise TypeError(f"{allowed}.")
    if isinstance(device, str) and device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(device)
    except RuntimeError:
        raise ValueError(f"{allowed}.") from None
    if device.type == "cuda" and not torch.cuda.is_available():
        raise ValueError(f"{allowed}, but torch finds no GPU with CUDA here.")
    return device


def computes_in_half(precision: str, device: torch.device, is_image: bool) -> bool:
    """Tell whether to compute under bfloat16 autocast."""
    check_choice(precision, "precision", PRECISIONS)
    if precision == "auto":
        # A perceptron is too small to gain from it.
        return is_image and has_bfloat16(device)
    return precision == "bfloat16"


@contextmanager
def full_precision(device: torch.device) -> Iterator[None]:
    """Keep a GPU from rounding the factors of convolutions inside."""
    if device.type != "cuda":
        yield
        return
    with torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
        yield


def has_bfloat16(device: torch.device) -> bool:
    """Tell whether the device has instructions of its own for bfloat16."""
    if device.type == "cuda":
        return torch.cuda.get_device_capability(device) >= (8, 0)
    if device.type != "cpu":
        return False
    capabilities: dict[str, bool] = getattr(torch.cpu, "get_capabilities", dict)()
    return any(capabilities.get(name) for name in ("avx512_bf16", "amx_bf16"))
