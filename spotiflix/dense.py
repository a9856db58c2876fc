"""Forward pass of a stack of linear layers in numpy.

Two of the three models are a few small matrices. Serving them without torch saves the seconds
that importing it takes; a test holds both to the same numbers.
"""

from __future__ import annotations

import re

import numpy as np


class Dense:
    """Linear layers with ReLU between them, from the state dict of a torch model.

    Parameters
    ----------
    tensors : dict of np.ndarray
        ``mean`` and ``scale`` [shape=(inputs,)] if inputs are standardised, and for each layer
        ``<name>.weight`` [shape=(outputs, inputs)] and ``<name>.bias`` [shape=(outputs,)].
    """

    def __init__(self, tensors: dict[str, np.ndarray]) -> None:
        self._mean = tensors.get("mean", np.float32(0))
        self._scale = tensors.get("scale", np.float32(1))
        names = [name.removesuffix(".weight") for name in tensors if name.endswith(".weight")]
        names.sort(key=lambda name: [int(n) for n in re.findall(r"\d+", name)])
        self._layers = [(tensors[f"{n}.weight"].T, tensors[f"{n}.bias"]) for n in names]

    def __call__(self, inputs: np.ndarray) -> np.ndarray:
        """Outputs [shape=(n, outputs)] of inputs [shape=(n, inputs)]."""
        values = (np.asarray(inputs, dtype=np.float32) - self._mean) / self._scale
        for i, (weight, bias) in enumerate(self._layers):
            values = values @ weight + bias
            if i < len(self._layers) - 1:
                values = np.maximum(values, 0)
        return values
