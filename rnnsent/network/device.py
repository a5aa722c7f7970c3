"""Which device and number format PyTorch uses. The only module that asks PyTorch about the hardware."""

from contextlib import AbstractContextManager

import torch

from rnnsent.config import Device, Precision
from rnnsent.errors import DeviceError


def choose_device(requested: Device) -> torch.device:
    """The requested device; `auto` is CUDA if available, otherwise the CPU.

    Raises:
        DeviceError: the device is not available.
    """
    available = {
        "cpu": True,
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
    }
    if requested == "auto":
        return torch.device("cuda" if available["cuda"] else "cpu")
    if not available[requested]:
        raise DeviceError(f"--device {requested} is not available to PyTorch here; use --device cpu or auto")
    return torch.device(requested)


def has_bfloat16(device: torch.device) -> bool:
    """Whether bfloat16 is faster than float32: on GPUs that support it, and on CPUs with AVX512-BF16 or AMX.

    Other CPUs emulate it, up to 500 times slower.
    """
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device.type == "cpu":
        probes = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")  # PyTorch has no public names for these
        return any(getattr(torch.cpu, probe, lambda: False)() for probe in probes)
    return False


def autocast(device: torch.device, precision: Precision) -> AbstractContextManager[object]:
    """The context for the forward pass of a training step."""
    enabled = precision == "bfloat16" or (precision == "auto" and has_bfloat16(device))
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=enabled)
