"""The paper's front end: sound to a mel spectrogram in dB. Every number is here, with its unit."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch

from spotiflix.torchaudio_compat import torchaudio

SAMPLE_RATE = 44_100  # Hz
CHANNELS = 2  # stereo; mono is heard twice
WINDOW_SECONDS = 20
WINDOW_SAMPLES = WINDOW_SECONDS * SAMPLE_RATE  # 882,000
FFT_SAMPLES = 1024  # 23.2 ms
HOP_SAMPLES = FFT_SAMPLES // 2  # 11.6 ms, torchaudio's default
MEL_BANDS = 64  # from 0 Hz to 22,050 Hz
TOP_DB = 80.0  # what is quieter than the loudest by more than this is raised to that floor
FRAMES = 1 + WINDOW_SAMPLES // HOP_SAMPLES  # 1,723

#: Bands that the network hears, up to 10.6 kHz. Above, a file's own limit (its sample rate, its
#: encoder) decides what is there, and would tell the network where a training clip came from.
BANDS_HEARD = 48

#: Training only: the longest mask, as a part of the bands or the frames (SpecAugment).
MASK_MOST = 0.1
#: Training only: the longest shift in time, as a part of the window.
SHIFT_MOST = 0.4


def resample(samples: np.ndarray, sample_rate: int, *, target: int = SAMPLE_RATE) -> torch.Tensor:
    """Samples at another rate, by torchaudio's windowed sinc.

    Parameters
    ----------
    samples : np.ndarray [shape=(channels, n)], float32
    sample_rate, target : int > 0, Hz

    Returns
    -------
    torch.Tensor [shape=(channels, ceil(n * target / sample_rate))], float32
    """
    waveform = torch.from_numpy(np.ascontiguousarray(samples, dtype=np.float32))
    if sample_rate == target:
        return waveform
    return torchaudio.functional.resample(waveform, sample_rate, target)


def prepare(samples: np.ndarray, sample_rate: int) -> torch.Tensor:
    """Bring a piece of sound to stereo at `SAMPLE_RATE` and to the length of one window.

    Mono is duplicated, of more channels the first two are taken; what is shorter than a window
    is followed by silence, what is longer is cut.

    Parameters
    ----------
    samples : np.ndarray [shape=(channels, n)]
    sample_rate : int > 0, Hz

    Returns
    -------
    torch.Tensor [shape=(2, 882000)]
    """
    waveform = resample(samples[:CHANNELS], sample_rate)
    if len(waveform) == 1:
        waveform = waveform.expand(CHANNELS, -1)
    waveform = waveform[:, :WINDOW_SAMPLES]
    return torch.nn.functional.pad(waveform, (0, WINDOW_SAMPLES - waveform.shape[1]))


def mel_spectrogram(waveform: torch.Tensor) -> torch.Tensor:
    """Mel spectrogram in dB, at most `TOP_DB` below its own loudest point.

    Parameters
    ----------
    waveform : torch.Tensor [shape=(..., channels, n)], at `SAMPLE_RATE`

    Returns
    -------
    torch.Tensor [shape=(..., channels, 64, 1 + n // 512)], dB: (2, 64, 1723) for one window
    """
    return floor_db(unfloored_mel_spectrogram(waveform))


def unfloored_mel_spectrogram(waveform: torch.Tensor) -> torch.Tensor:
    """`mel_spectrogram` before `floor_db`, so that training can cache a clip and crop it later."""
    mel, decibel = _transforms()
    return decibel(mel(waveform))


def floor_db(decibel: torch.Tensor) -> torch.Tensor:
    """Raise everything to `TOP_DB` below the loudest point of each (channels, bands, frames)."""
    loudest = decibel.amax(dim=(-3, -2, -1), keepdim=True)
    return torch.maximum(decibel, loudest - TOP_DB)


def limit_band(mel: torch.Tensor) -> torch.Tensor:
    """Lower the bands above `BANDS_HEARD` to the floor of each (channels, bands, frames)."""
    limited = mel.clone()
    floor = mel.amax(dim=(-3, -2, -1), keepdim=True) - TOP_DB
    limited[..., BANDS_HEARD:, :] = floor
    return limited


def time_shift(mel: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Roll a spectrogram [shape=(channels, bands, frames)] in time, by at most `SHIFT_MOST`."""
    most = int(SHIFT_MOST * mel.shape[-1])
    shift = int(torch.randint(-most, most + 1, (), generator=generator))
    return mel.roll(shift, dims=-1)


def spec_augment(mel: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Hide one stretch of bands and one of frames behind the mean (Park et al., 2019).

    Parameters
    ----------
    mel : torch.Tensor [shape=(channels, bands, frames)], dB

    Returns
    -------
    torch.Tensor of the same shape; the input is left as it is
    """
    masked = mel.clone()
    mean = mel.mean()
    for axis in (1, 2):
        size = mel.shape[axis]
        length = int(torch.randint(0, int(MASK_MOST * size) + 1, (), generator=generator))
        start = int(torch.randint(0, size - length + 1, (), generator=generator))
        masked.narrow(axis, start, length).fill_(mean)
    return masked


@lru_cache(maxsize=1)
def _transforms() -> tuple[torch.nn.Module, torch.nn.Module]:
    return (
        torchaudio.transforms.MelSpectrogram(
            sample_rate=SAMPLE_RATE, n_fft=FFT_SAMPLES, hop_length=HOP_SAMPLES, n_mels=MEL_BANDS
        ),
        torchaudio.transforms.AmplitudeToDB(stype="power", top_db=None),
    )
