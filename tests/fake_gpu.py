"""A GPU that is none: its tensors lie in the memory of the CPU, and say they do not.

Inside a `FakeGpu`, tensors can be made on and sent to the device "cuda". They compute
with the kernels of the CPU, so their values are right, but `tensor.device` names the
GPU, and code takes the paths for it. What would make a GPU wait is counted, or raises
an error as ``torch.cuda.set_sync_debug_mode("error")`` does on a real one. What would
fail on a GPU fails: an operation on tensors of both devices, or NumPy on a tensor that
is on the GPU. Work in other threads is not followed.
"""

import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from unittest.mock import patch

import torch
from torch.multiprocessing.reductions import StorageWeakRef
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

GPU = torch.device("cuda:0")
TOTAL = 2**30  # bytes of memory that the GPU has

# Operations whose result, or its shape, the host must know before it goes on.
WAITING = {
    *("aten::_local_scalar_dense", "aten::nonzero", "aten::masked_select"),
    *("aten::equal", "aten::is_nonzero", "aten::_unique2", "aten::unique_dim"),
    *("aten::unique_consecutive", "aten::bincount", "aten::repeat_interleave.Tensor"),
}
INDEXING = {"aten::index.Tensor", "aten::index_put_", "aten::_index_put_impl_"}
# What takes tensors of both devices.
MIXING = {
    *("aten::copy_", "aten::set_.source_Tensor"),
    *("aten::_has_compatible_shallow_copy_type", *INDEXING),
}
# What starts no kernel, besides views.
FREE = {
    *("aten::detach", "aten::alias", "aten::_unsafe_view", "aten::_reshape_alias"),
    *("aten::empty.memory_format", "aten::empty_strided", "aten::empty_like"),
    *("aten::new_empty", "aten::new_empty_strided", "aten::lift_fresh"),
    "aten::_local_scalar_dense",
}
GETTERS = {
    torch.Tensor.device.__get__: GPU,
    torch.Tensor.is_cuda.__get__: True,
    torch.Tensor.is_cpu.__get__: False,
}


class GpuWaitedError(RuntimeError):
    """Raised where a GPU would have to wait."""


class FakeGpu(TorchFunctionMode):
    """A context in which the device "cuda" exists.

    Attributes
    ----------
    waits : list of str
        What a GPU waited for.
    launches : collections.Counter
        How often each kernel was started. A GPU that computes small batches does
        nothing but wait for the host to start the next one.
    free : int
        The bytes of memory that ``torch.cuda.mem_get_info`` calls free.
    """

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[str] = []
        self.launches: Counter[str] = Counter()
        self.mode = "default"
        self.free = TOTAL
        self.storages: list[tuple[StorageWeakRef, int]] = []
        self.most_bytes = 0
        self.fills = False
        self.generator = FakeGenerator()

    def __enter__(self) -> "FakeGpu":
        self.stack = ExitStack()
        replaced = {
            torch: {"autocast": Autocast, "Generator": Generator},
            torch.cuda: {
                "is_available": lambda: True,
                "is_bf16_supported": lambda *args, **kwargs: True,
                "device_count": lambda: 1,
                "init": lambda: None,
                "current_device": lambda: 0,
                "default_generators": (self.generator,),
                "get_device_capability": lambda device=None: (9, 0),
                "get_device_name": lambda device=None: "none, but a CPU in its place",
                "mem_get_info": lambda device=None: (self.free, TOTAL),
                "memory_allocated": lambda device=None: self.count_bytes(),
                "max_memory_allocated": lambda device=None: self.count_most_bytes(),
                "reset_peak_memory_stats": self.forget_most,
                "empty_cache": lambda: None,
                "synchronize": lambda device=None: self.wait("synchronize"),
                "set_sync_debug_mode": self.set_mode,
                "get_sync_debug_mode": lambda: self.mode,
            },
        }
        for module, values in replaced.items():
            for name, value in values.items():
                self.stack.enter_context(patch.object(module, name, value))
        super().__enter__()
        self.stack.enter_context(Kernels(self))
        return self

    def __exit__(self, *error: Any) -> None:
        self.stack.close()
        super().__exit__(*error)

    def set_mode(self, mode: str) -> None:
        """Let waits be counted only ("default"), warn ("warn"), or raise ("error")."""
        self.mode = mode

    def wait(self, what: str) -> None:
        """Note that the GPU waits."""
        if self.mode == "error":
            raise GpuWaitedError(f"The GPU waits because of {what}.")
        if self.mode == "warn":
            warnings.warn(f"called a synchronizing operation: {what}", stacklevel=2)
        self.waits.append(what)

    def place(self, tensor: torch.Tensor, on_gpu: bool = True) -> torch.Tensor:
        """Say where the memory of a tensor is."""
        storage = tensor.untyped_storage()
        if on_gpu and not is_on_gpu(tensor):
            self.storages.append((StorageWeakRef(storage), storage.nbytes()))
            if len(self.storages) % 100 == 0:
                self.count_bytes()
        storage.on_gpu = on_gpu
        return tensor

    def count_bytes(self) -> int:
        """Return the bytes of the tensors that are on the GPU now."""
        self.storages = [pair for pair in self.storages if not pair[0].expired()]
        n_bytes = sum(n for _, n in self.storages)
        self.most_bytes = max(self.most_bytes, n_bytes)
        return n_bytes

    def count_most_bytes(self) -> int:
        """Return the largest number of bytes so far; it is looked at now and then."""
        self.count_bytes()
        return self.most_bytes

    def forget_most(self, device: Any = None) -> None:
        """Begin to look for the largest number of bytes again."""
        self.most_bytes = 0

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs=None):
        kwargs = kwargs or {}
        if func in GETTERS and is_on_gpu(args[0]):
            return GETTERS[func]
        if func is torch.Tensor.pin_memory:
            pinned = args[0].clone()
            pinned.untyped_storage().is_pinned = True
            return pinned
        if func is torch.Tensor.is_pinned:
            return is_pinned(args[0])
        if func in (torch.Tensor.to, torch.Tensor.cpu, torch.Tensor.cuda):
            return self.send(func, *args, **kwargs)
        if func in (torch.Tensor.numpy, torch.Tensor.__array__) and is_on_gpu(args[0]):
            raise TypeError("can't convert cuda:0 device type tensor to numpy.")
        if func is torch.Tensor.__setitem__ and not isinstance(args[2], torch.Tensor):
            # On a GPU, a number is filled in by a kernel; on the CPU it is copied.
            self.fills = True
            func(*args)
            self.fills = False
            return None
        if func in (torch.Tensor.tolist, torch.Tensor.__repr__) and is_on_gpu(args[0]):
            self.wait(func.__name__)
        return self.make(func, *args, **kwargs)

    def make(self, func: Any, *args: Any, **kwargs: Any) -> Any:
        """Call a function of torch, and place its result on the device asked for."""
        device = kwargs.get("device")
        if device is None or torch.device(device).type not in ("cpu", "cuda"):
            return func(*args, **kwargs)
        on_gpu = torch.device(device).type == "cuda"
        if on_gpu and func in (torch.tensor, torch.as_tensor):
            self.wait(func.__name__)
        result = func(*args, **{**kwargs, "device": "cpu"})
        if isinstance(result, torch.Tensor):
            self.launches[func.__name__] += on_gpu and "empty" not in func.__name__
            self.place(result, on_gpu)
        return result

    def send(self, func: Any, tensor: torch.Tensor, *args: Any, **kwargs: Any):
        """Return a tensor in another memory or of another type."""
        if func is torch.Tensor.cpu:
            args = ("cpu",)
        elif func is torch.Tensor.cuda:
            args = ("cuda",)
        if args and isinstance(args[0], torch.Tensor):
            on_gpu, asynchronous = is_on_gpu(args[0]), kwargs.get("non_blocking", False)
            kwargs = {"dtype": args[0].dtype}
        else:
            copy = kwargs.pop("copy", False)
            device, dtype, asynchronous, layout = torch._C._nn._parse_to(
                *args, **kwargs
            )
            on_gpu = is_on_gpu(tensor) if device is None else device.type == "cuda"
            kwargs = {"dtype": dtype or tensor.dtype, "copy": copy}
            if layout is not None:
                kwargs["memory_format"] = layout
        if on_gpu == is_on_gpu(tensor):
            return tensor.to(**kwargs)
        self.copies(asynchronous, tensor if on_gpu else None)
        return self.place(tensor.to(**{**kwargs, "copy": True}), on_gpu)

    def copies(self, asynchronous: bool, source: torch.Tensor | None) -> None:
        """Note a copy between the memories, from a source or to the CPU."""
        self.launches["copy"] += 1
        if not asynchronous:
            self.wait("a copy")
        elif source is not None and not is_pinned(source):
            self.wait("a copy of memory that is not pinned")


class Kernels(TorchDispatchMode):
    """Follows every operation, also those that others are made of, on a `FakeGpu`."""

    def __init__(self, gpu: FakeGpu) -> None:
        super().__init__()
        self.gpu = gpu

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs=None):
        kwargs = kwargs or {}
        with torch._C.DisableTorchFunction():
            tensors = list(tensors_of((args, kwargs)))
            if not any(map(is_on_gpu, tensors)):
                return func(*args, **kwargs)
            self.look(func, args, kwargs, tensors)
            result = func(*args, **kwargs)
            if func.name() != "aten::copy_":
                for tensor in tensors_of(result):
                    self.gpu.place(tensor)
            return result

    def look(self, func: Any, args: Any, kwargs: Any, tensors: list) -> None:
        """Raise if a GPU could not do it; note whether it waits, and for a kernel."""
        name = func.name()
        elsewhere = [t for t in tensors if not is_on_gpu(t)]
        # A number of the CPU becomes an argument of a kernel.
        if any(t.ndim for t in elsewhere) and name not in MIXING:
            raise RuntimeError(
                f"Expected all tensors of {name} to be on the same device, but found "
                "cuda:0 and cpu."
            )
        if name in WAITING:
            self.gpu.wait(name)
        if name in INDEXING:
            indices = [i for i in args[1] if i is not None]
            if not all(map(is_on_gpu, indices)):
                self.gpu.wait(f"{name} with indices of the CPU")
            if any(i.dtype in (torch.bool, torch.uint8) for i in indices):
                self.gpu.wait(f"{name} with a mask")
        if name == "aten::copy_" and elsewhere and not self.gpu.fills:
            asynchronous = (len(args) > 2 and args[2]) or kwargs.get("non_blocking")
            self.gpu.copies(asynchronous, args[1] if is_on_gpu(args[0]) else None)
        elif not func.is_view and name not in FREE:
            self.gpu.launches[name] += 1


class Autocast(torch.autocast):
    """Autocast of the CPU, which is where all kernels run."""

    def __init__(self, device_type: str, *args: Any, **kwargs: Any) -> None:
        super().__init__("cpu", *args, **kwargs)


class Generator(torch.Generator):
    """A random state of the CPU, whatever the device."""

    def __new__(cls, device: Any = "cpu") -> "Generator":
        return super().__new__(cls, "cpu")


class FakeGenerator:
    """The random state of the GPU."""

    device = GPU

    def __init__(self) -> None:
        self.generator = torch.Generator()

    def get_state(self) -> torch.Tensor:
        """Return the state."""
        return self.generator.get_state()

    def set_state(self, state: torch.Tensor) -> None:
        """Set the state."""
        self.generator.set_state(state)

    def manual_seed(self, seed: int) -> "FakeGenerator":
        """Seed the state."""
        self.generator.manual_seed(seed)
        return self


def tensors_of(tree: Any) -> Iterator[torch.Tensor]:
    """Give the tensors among arguments or results."""
    return (leaf for leaf in tree_leaves(tree) if isinstance(leaf, torch.Tensor))


def is_on_gpu(tensor: torch.Tensor) -> bool:
    """Tell whether a tensor is on the GPU."""
    return marked(tensor, "on_gpu")


def is_pinned(tensor: torch.Tensor) -> bool:
    """Tell whether a GPU can read the memory of a tensor by itself."""
    return marked(tensor, "is_pinned")


def marked(tensor: torch.Tensor, mark: str) -> bool:
    """Tell whether the memory of a tensor has a mark."""
    if tensor.layout != torch.strided or tensor.is_meta:
        return False
    return getattr(tensor.untyped_storage(), mark, False) is True
