"""Method 3's ear: from a piece of audio to the seven features, by the paper's network."""

from __future__ import annotations

import threading
from typing import NamedTuple

import numpy as np
import torch

from spotiflix import mel
from spotiflix.assets import Assets
from spotiflix.audio import Audio, Source, decode
from spotiflix.features import FEATURES, Features
from spotiflix.heard import Heard
from spotiflix.models import MultilabelClassifier
from spotiflix.settings import settings

WEIGHTS = "listening.safetensors"
#: Seconds from one window to the next, at least: they may overlap by half.
STRIDE_SECONDS = mel.WINDOW_SECONDS / 2
#: Points of a drawn waveform, and frames of a drawn spectrogram.
DRAWN_POINTS = 2000
DRAWN_FRAMES = 1000
#: Samples of a spectrogram that is drawn are worked on in pieces, whole numbers of hops long.
PIECE_SAMPLES = 2048 * mel.HOP_SAMPLES

_lock = threading.Lock()
_ears: dict[str, Ear] = {}


class Picture(NamedTuple):
    """A piece of audio to look at.

    Attributes
    ----------
    times : np.ndarray [shape=(points,)], seconds
    lowest, highest : np.ndarray [shape=(points,)], full scale at -1 and 1
        The waveform's envelope around each time, over all channels.
    mel : np.ndarray [shape=(64, frames)], dB
        Of the mean of the channels.
    mel_times : np.ndarray [shape=(frames,)], seconds
    """

    times: np.ndarray
    lowest: np.ndarray
    highest: np.ndarray
    mel: np.ndarray
    mel_times: np.ndarray


class Ear:
    """The trained network and its calibration.

    Parameters
    ----------
    assets : Assets
        Where ``listening.safetensors`` is.
    """

    def __init__(self, assets: Assets) -> None:
        tensors = {k: torch.from_numpy(v) for k, v in assets.weights(WEIGHTS).items()}
        self.slope = tensors.pop("calibration_slope").numpy()
        self.intercept = tensors.pop("calibration_intercept").numpy()
        self.network = MultilabelClassifier()
        self.network.load_state_dict(tensors)
        self.network.eval()
        error = assets.figures(WEIGHTS).get("calibrated_mae", {})
        self.typical_error = {name: float(error[name]) for name in FEATURES if name in error}

    def hear(self, window: torch.Tensor) -> np.ndarray:
        """Features [shape=(7,)] of a window [shape=(2, 882000)], calibrated, in [0, 1]."""
        with torch.inference_mode():
            spectrogram = mel.limit_band(mel.mel_spectrogram(window))
            heard = self.network(spectrogram[None])[0].numpy()
        return np.clip(heard.astype(float) * self.slope + self.intercept, 0.0, 1.0)


def listen(source: Source | Audio, assets: Assets | None = None) -> Heard:
    """Listen to windows over the whole of a song and average what is heard.

    Parameters
    ----------
    source : path, bytes, binary file object, or Audio
    assets : Assets, optional
        The project's own unless given.

    Returns
    -------
    Heard

    Raises
    ------
    AudioDecodeError
        If there is no sound in the source that can be listened to; see `spotiflix.audio.decode`.
    AssetError
        If the trained network is missing.
    """
    ear = _ear(assets)
    audio = source if isinstance(source, Audio) else decode(source)
    starts = window_starts(audio.seconds)
    # One after the other: as fast as all at once, and in a sixth of the memory.
    per_window = np.array(
        [ear.hear(mel.prepare(_cut(audio, start), audio.sample_rate)) for start in starts]
    )
    return Heard(
        features=Features.from_array(per_window.mean(axis=0)),
        windows=len(starts),
        seconds=audio.seconds,
        per_window=per_window,
        starts=starts,
        typical_error=ear.typical_error,
        truncated=audio.truncated,
    )


def features_from_audio(source: Source | Audio) -> Features:
    """The seven features of a piece of audio: `listen` without what it rests on.

    Examples
    --------
    >>> features_from_audio("song.mp3").energy  # doctest: +SKIP
    0.73
    """
    return listen(source).features


def window_starts(seconds: float) -> np.ndarray:
    """Where windows start, spread evenly from the beginning to the end of a song.

    One window, from the middle, for what is not much longer than it; one more for every
    `STRIDE_SECONDS` beyond, up to ``settings.audio_windows``.

    Returns
    -------
    np.ndarray [shape=(windows,)], seconds
    """
    beyond = max(0.0, seconds - mel.WINDOW_SECONDS)
    count = min(settings.audio_windows, 1 + round(beyond / STRIDE_SECONDS))
    return np.linspace(0.0, beyond, count) if count > 1 else np.array([beyond / 2])


def picture(source: Source | Audio) -> Picture:
    """Waveform and mel spectrogram of a whole piece of audio, small enough to draw.

    Raises
    ------
    AudioDecodeError
        As `listen` does.
    """
    audio = source if isinstance(source, Audio) else decode(source)
    samples = audio.samples
    edges = _edges(samples.shape[1], DRAWN_POINTS)
    decibel = _whole_mel(audio)
    frames = _edges(decibel.shape[1], DRAWN_FRAMES)
    shown = np.add.reduceat(decibel, frames[:-1], axis=1) / np.diff(frames)
    return Picture(
        times=(edges[:-1] + edges[1:]) / 2 / audio.sample_rate,
        lowest=np.minimum.reduceat(samples.min(axis=0), edges[:-1]),
        highest=np.maximum.reduceat(samples.max(axis=0), edges[:-1]),
        mel=shown,
        mel_times=(frames[:-1] + frames[1:]) / 2 * mel.HOP_SAMPLES / mel.SAMPLE_RATE,
    )


def _ear(assets: Assets | None) -> Ear:
    """The network of an asset folder, loaded once a process."""
    assets = assets or Assets()
    with _lock:
        key = str(assets.root)
        if key not in _ears:
            _ears[key] = Ear(assets)
        return _ears[key]


def _cut(audio: Audio, start: float) -> np.ndarray:
    first = round(start * audio.sample_rate)
    # A little more than a window, so that resampling does not end in its own edge.
    length = round((mel.WINDOW_SECONDS + 0.1) * audio.sample_rate)
    return audio.samples[:, first : first + length]


def _whole_mel(audio: Audio) -> np.ndarray:
    """Mel spectrogram [shape=(64, frames)], dB, of all of it, in pieces to spare memory."""
    mono = mel.resample(audio.samples.mean(axis=0, keepdims=True), audio.sample_rate)
    with torch.inference_mode():
        pieces = [
            mel.unfloored_mel_spectrogram(piece)[..., : -(-piece.shape[1] // mel.HOP_SAMPLES)]
            for piece in mono.split(PIECE_SAMPLES, dim=1)
            if piece.shape[1] > mel.FFT_SAMPLES  # what is shorter cannot be reflected at its ends
        ]
        return mel.floor_db(torch.cat(pieces, dim=-1))[0].numpy()


def _edges(length: int, most: int) -> np.ndarray:
    """Edges of at most `most` stretches of equal length, shape (stretches + 1,)."""
    return np.linspace(0, length, min(length, most) + 1).astype(int)
