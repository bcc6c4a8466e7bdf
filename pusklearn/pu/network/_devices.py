"""Where to compute, and in which precision."""

from contextlib import contextmanager

import torch


def as_device(device):
    """Return the device; "auto" is the GPU where there is one."""
    if isinstance(device, str) and device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(device)


def computes_in_half(precision, device, is_image):
    """Tell whether to compute under bfloat16 autocast."""
    if precision not in ("auto", "float32", "bfloat16"):
        raise ValueError(
            f"`precision` must be 'auto', 'float32' or 'bfloat16'. Got {precision!r}."
        )
    if precision == "auto":
        # A perceptron is too small to gain from it.
        return is_image and has_bfloat16(device)
    return precision == "bfloat16"


@contextmanager
def full_precision(device):
    """Keep a GPU from rounding the factors of convolutions inside."""
    if device.type != "cuda":
        yield
        return
    with torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
        yield


def has_bfloat16(device):
    """Tell whether the device computes in bfloat16 by instructions of its own."""
    if device.type == "cuda":
        return torch.cuda.get_device_capability(device) >= (8, 0)
    if device.type != "cpu":
        return False
    capabilities = getattr(torch.cpu, "get_capabilities", dict)()
    return any(capabilities.get(name) for name in ("avx512_bf16", "amx_bf16"))
