"""The paper's three torch models. What they were trained to is in `assets/`."""

from __future__ import annotations

import torch
from torch import nn

from spotiflix.features import FEATURES

#: Clusters of songs, and of soundtrack tracks.
CLUSTERS = 500


class LabelToPositivityModel(nn.Module):
    """Method 1: the positivity of a song's words from how it sounds; one linear layer.

    Input [shape=(batch, 7)], features in [0, 1]; output [shape=(batch, 1)], positivity, unbounded.
    """

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(len(FEATURES), 1)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        return self.linear(features)


class LabelToClusterModel(nn.Module):
    """Method 2: the song cluster of seven features.

    Input [shape=(batch, 7)], features in [0, 1]; output [shape=(batch, 500)], logits.

    Parameters
    ----------
    mean, scale : torch.Tensor [shape=(7,)], optional
        Inputs are standardised as ``(features - mean) / scale``. Both are buffers, so that they
        travel with the weights; 0 and 1 until given or loaded.
    """

    mean: torch.Tensor
    scale: torch.Tensor

    def __init__(self, mean: torch.Tensor | None = None, scale: torch.Tensor | None = None) -> None:
        super().__init__()
        inputs = len(FEATURES)
        _register(self, mean, scale, shape=(inputs,))
        self.layers = nn.Sequential(
            nn.Linear(inputs, 512),
            nn.ReLU(),
            nn.Linear(512, 256),
            nn.ReLU(),
            nn.Linear(256, 128),
            nn.ReLU(),
            nn.Linear(128, CLUSTERS),
        )

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        return self.layers((features - self.mean) / self.scale)


class MultilabelClassifier(nn.Module):
    """Method 3: the seven features from a stereo mel spectrogram; the paper's four convolutions.

    Input [shape=(batch, 2, 64, frames)], dB, from `spotiflix.mel`; 1,723 frames for 20 seconds.
    Output [shape=(batch, 7)], features in [0, 1].

    Parameters
    ----------
    mean, scale : torch.Tensor [shape=()], dB, optional
        Inputs are standardised as ``(mel - mean) / scale``; buffers, 0 and 1 until given or loaded.
    """

    mean: torch.Tensor
    scale: torch.Tensor

    def __init__(self, mean: torch.Tensor | None = None, scale: torch.Tensor | None = None) -> None:
        super().__init__()
        _register(self, mean, scale, shape=())
        self.convolutions = nn.Sequential(
            *_block(2, 8, kernel=5),
            *_block(8, 16, kernel=3),
            *_block(16, 32, kernel=3),
            *_block(32, 64, kernel=3),
        )
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.linear = nn.Linear(64, len(FEATURES))

    def forward(self, mel: torch.Tensor) -> torch.Tensor:
        sound = self.convolutions((mel - self.mean) / self.scale)
        return torch.sigmoid(self.linear(self.pool(sound).flatten(1)))


def _block(inputs: int, outputs: int, *, kernel: int) -> list[nn.Module]:
    """Convolution that halves bands and frames, ReLU, batch normalisation; Kaiming start."""
    convolution = nn.Conv2d(inputs, outputs, kernel, stride=2, padding=kernel // 2)
    nn.init.kaiming_normal_(convolution.weight, a=0.1)
    nn.init.zeros_(convolution.bias)  # type: ignore[arg-type]
    return [convolution, nn.ReLU(), nn.BatchNorm2d(outputs)]


def _register(
    model: nn.Module,
    mean: torch.Tensor | None,
    scale: torch.Tensor | None,
    *,
    shape: tuple[int, ...],
) -> None:
    model.register_buffer("mean", torch.zeros(shape) if mean is None else mean.float())
    model.register_buffer("scale", torch.ones(shape) if scale is None else scale.float())
