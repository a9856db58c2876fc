"""musicnn (Pons & Serra, 2019): a pretrained tagger's view of music, ported from TensorFlow.

Two networks of one shape, trained to tag MagnaTagATune (``mtt``) and the Million Song Dataset
(``msd``); ISC licence, see THIRD_PARTY.md. Most of their filters never fire: `train.musicnn` drops
those when it converts them, without changing what comes out.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
from torch.nn.functional import conv1d, conv2d, pad

SAMPLE_RATE = 16_000  # Hz, mono
FFT_SAMPLES = 512  # 32 ms
HOP_SAMPLES = 256  # 16 ms
MEL_BANDS = 96  # Slaney's, from 0 Hz to 8,000 Hz
PATCH_FRAMES = 187  # three seconds, what the networks were trained on
PATCH_SAMPLES = (PATCH_FRAMES - 1) * HOP_SAMPLES  # 47,616
EMBEDDING = 200  # numbers that a network gives for a patch
TIMBRAL_FRAMES = 7
TEMPORAL_FRAMES = 128
TEMPORAL_BEFORE = 63  # frames of a temporal filter before its own

#: Filters look at every second frame and every third band: a tenth of the work. What is learnt on
#: top of the networks is learnt from what they say so.
FRAME_STRIDE = 2
BAND_STRIDE = 3


def log_mel(waveform: torch.Tensor) -> torch.Tensor:
    """The networks' input: log10(10000 x + 1) of the mel power spectrum.

    Parameters
    ----------
    waveform : torch.Tensor [shape=(patches, n)], at `SAMPLE_RATE`, full scale at -1 and 1

    Returns
    -------
    torch.Tensor [shape=(patches, 1 + n // 256, 96)]
    """
    window, bank = _front_end()
    spectrum = torch.stft(
        waveform,
        FFT_SAMPLES,
        HOP_SAMPLES,
        window=window,
        pad_mode="constant",
        return_complex=True,
    )
    power = spectrum.real.square() + spectrum.imag.square()
    return torch.log10(10_000 * (bank @ power) + 1).transpose(1, 2)


class Musicnn:
    """One of the two networks, up to the layer before its tags.

    Parameters
    ----------
    tensors : dict of str to torch.Tensor
        As `train.musicnn.converted` makes them.
    frame_stride, band_stride : int > 0
        1 is the network as it was published.
    """

    def __init__(
        self,
        tensors: dict[str, torch.Tensor],
        *,
        frame_stride: int = FRAME_STRIDE,
        band_stride: int = BAND_STRIDE,
    ) -> None:
        self.tensors = {name: tensor.float() for name, tensor in tensors.items()}
        self.frame_stride = frame_stride
        self.band_stride = band_stride

    def __call__(self, patches: torch.Tensor) -> torch.Tensor:
        """Embeddings [shape=(patches, 200)] of log-mel patches [shape=(patches, 187, 96)]."""
        t = self.tensors
        sound = patches * t["input.scale"] + t["input.shift"]
        front = torch.cat(
            [
                self._timbral(sound, "timbral0"),
                self._timbral(sound, "timbral1"),
                self._temporal(sound),
            ],
            dim=1,
        )
        first = self._middle(front, "middle0")
        second = self._middle(first, "middle1") + first
        third = self._middle(second, "middle2") + second
        layers = torch.cat([front, first, second, third], dim=1)
        pooled = torch.cat([layers.amax(dim=2), layers.mean(dim=2)], dim=1)
        dense = torch.relu(pooled @ t["dense.weight"].T + t["dense.bias"])
        return dense * t["dense.scale"] + t["dense.shift"]

    def _timbral(self, sound: torch.Tensor, name: str) -> torch.Tensor:
        """The most that filters over bands and 7 frames answer, shape (patches, filters, 187)."""
        weight = self.tensors[f"{name}.weight"]  # (filters, 1, 7, bands)
        padded = pad(sound, (0, 0, TIMBRAL_FRAMES // 2, TIMBRAL_FRAMES // 2))[:, None]
        answers = conv2d(padded, weight, stride=(self.frame_stride, self.band_stride))
        return self._loudest(answers, name)

    def _temporal(self, sound: torch.Tensor) -> torch.Tensor:
        """The same for filters over one band and up to 128 frames."""
        weight = self.tensors["temporal.weight"]  # (filters, 1, 128, 1)
        padded = pad(sound, (0, 0, TEMPORAL_BEFORE, TEMPORAL_FRAMES - 1 - TEMPORAL_BEFORE))
        answers = conv2d(
            padded[:, None, :, :: self.band_stride].contiguous(),
            weight,
            stride=(self.frame_stride, 1),
        )
        return self._loudest(answers, "temporal")

    def _loudest(self, answers: torch.Tensor, name: str) -> torch.Tensor:
        """Maximum over bands, the last dimension, after bias, ReLU and normalisation."""
        t = self.tensors
        scale = t[f"{name}.scale"][:, None]
        most = answers.amax(dim=3)
        if (scale < 0).any():  # normalisation turns the sign: the smallest becomes the largest
            most = torch.where(scale > 0, most, answers.amin(dim=3))
        heard = torch.relu(most + t[f"{name}.bias"][:, None]) * scale + t[f"{name}.shift"][:, None]
        return heard.repeat_interleave(self.frame_stride, dim=2)[..., :PATCH_FRAMES]

    def _middle(self, layer: torch.Tensor, name: str) -> torch.Tensor:
        t = self.tensors
        answers = conv1d(layer, t[f"{name}.weight"], padding=TIMBRAL_FRAMES // 2)
        heard = torch.relu(answers + t[f"{name}.bias"])
        return heard * t[f"{name}.scale"][:, None] + t[f"{name}.shift"][:, None]


@lru_cache(maxsize=1)
def _front_end() -> tuple[torch.Tensor, torch.Tensor]:
    """Window [shape=(512,)] and mel filters [shape=(96, 257)], as librosa's."""
    edges = _hertz(np.linspace(0, _mels(SAMPLE_RATE / 2), MEL_BANDS + 2))
    frequencies = np.linspace(0, SAMPLE_RATE / 2, FFT_SAMPLES // 2 + 1)
    widths = np.diff(edges)
    rising = (frequencies - edges[:-2, None]) / widths[:-1, None]
    falling = (edges[2:, None] - frequencies) / widths[1:, None]
    bank = np.maximum(0, np.minimum(rising, falling)) * (2 / (edges[2:] - edges[:-2]))[:, None]
    return torch.hann_window(FFT_SAMPLES), torch.from_numpy(bank.astype(np.float32))


def _mels(hertz: float) -> float:
    """Slaney's scale, for frequencies above 1,000 Hz: linear up to there, then logarithmic."""
    return 15 + 27 * float(np.log(hertz / 1000) / np.log(6.4))


def _hertz(mels: np.ndarray) -> np.ndarray:
    return np.where(mels < 15, 200 / 3 * mels, 1000 * np.exp(np.log(6.4) / 27 * (mels - 15)))
