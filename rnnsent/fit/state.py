"""The state of a run as tensors by name, and back: modules, the optimiser's moments, the random state."""

from collections.abc import Mapping

import torch
from torch import Tensor


def tensors_of(
    parts: Mapping[str, Mapping[str, Tensor]], optimizer: torch.optim.Optimizer, device: torch.device
) -> dict[str, Tensor]:
    """Copies on the CPU of each part's tensors under its name, of the optimiser's and of the random state."""
    tensors = {f"{part}.{name}": tensor for part, each in parts.items() for name, tensor in each.items()}
    for index, moments in optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{index}.{name}": tensor for name, tensor in moments.items()}
    tensors["random.cpu"] = torch.get_rng_state()
    if device.type == "cuda":
        tensors["random.cuda"] = torch.cuda.get_rng_state(device)
    # Tensors that share memory are refused by the file format, and the originals go on changing.
    return {name: tensor.detach().cpu().clone() for name, tensor in tensors.items()}


def part_of(tensors: Mapping[str, Tensor], part: str) -> dict[str, Tensor]:
    """The tensors that `tensors_of` put under a part's name."""
    prefix = f"{part}."
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def restore(tensors: Mapping[str, Tensor], optimizer: torch.optim.Optimizer, device: torch.device) -> None:
    """Set the optimiser's moments and the random state; the modules are the caller's."""
    moments: dict[int, dict[str, Tensor]] = {}
    for name, tensor in part_of(tensors, "optimizer").items():
        index, _, moment = name.partition(".")
        moments.setdefault(int(index), {})[moment] = tensor
    optimizer.load_state_dict({"state": moments, "param_groups": optimizer.state_dict()["param_groups"]})
    torch.set_rng_state(tensors["random.cpu"])
    if device.type == "cuda":
        torch.cuda.set_rng_state(tensors["random.cuda"], device)
