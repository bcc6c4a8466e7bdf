"""The device that computes, and the precision it computes in."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from threading import Lock
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


class SharedContext:
    """A context of the whole process, which several threads may be in at a time.

    It lasts from the first entry to the last exit.

    Parameters
    ----------
    make : callable
        Makes the context anew.
    """

    def __init__(self, make: Callable[[], AbstractContextManager]) -> None:
        self.make = make
        self.lock = Lock()
        self.n_inside = 0

    def __enter__(self) -> None:
        with self.lock:
            if not self.n_inside:
                self.context = self.make()
                self.context.__enter__()
            self.n_inside += 1

    def __exit__(self, *error: Any) -> None:
        with self.lock:
            self.n_inside -= 1
            if not self.n_inside:
                self.context.__exit__(None, None, None)


@contextmanager
def exact_layers() -> Iterator[None]:
    """Let cuDNN round no factors, and choose its algorithms by rule."""
    cudnn: Any = torch.backends.cudnn
    wanted: list[tuple[Any, str, Any]]
    wanted = [(cudnn, "deterministic", True), (cudnn, "benchmark", False)]
    if hasattr(cudnn, "conv"):
        # Torch warns of the older name, and lets nobody mix the two.
        layers = (cudnn.conv, cudnn.rnn)
        wanted += [(layer, "fp32_precision", "ieee") for layer in layers]
    else:
        wanted += [(cudnn, "allow_tf32", False)]
    before = [(place, name, getattr(place, name)) for place, name, _ in wanted]
    try:
        for place, name, value in wanted:
            setattr(place, name, value)
        yield
    finally:
        for place, name, value in before:
            setattr(place, name, value)


EXACT_LAYERS = SharedContext(exact_layers)


def full_precision(device: torch.device) -> AbstractContextManager:
    """Keep a GPU from rounding the factors of products inside.

    It also gives the same bits each time.
    """
    return EXACT_LAYERS if device.type == "cuda" else nullcontext()


def has_bfloat16(device: torch.device) -> bool:
    """Tell whether the device has instructions of its own for bfloat16."""
    if device.type == "cuda":
        return torch.cuda.get_device_capability(device) >= (8, 0)
    if device.type != "cpu":
        return False
    capabilities: dict[str, bool] = getattr(torch.cpu, "get_capabilities", dict)()
    return any(capabilities.get(name) for name in ("avx512_bf16", "amx_bf16"))
