"""Method 3's ear: from a piece of audio to the seven features, by two pretrained networks."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch

from spotiflix import mel, musicnn
from spotiflix.assets import Assets
from spotiflix.audio import Audio, Source, decode
from spotiflix.features import FEATURES, Features
from spotiflix.heard import Heard, spread
from spotiflix.musicnn import Musicnn
from spotiflix.settings import settings

WEIGHTS = "listening.safetensors"
#: The pretrained networks, in the order of what they say in a description.
NETWORKS = ("mtt", "msd")
WINDOW_SECONDS = musicnn.PATCH_SAMPLES / musicnn.SAMPLE_RATE  # 2.976
#: Seconds from one window to the next, at least.
STRIDE_SECONDS = 4
#: Windows that one thread works on together: as fast as all, in less memory.
WINDOWS_AT_ONCE = 5
#: Threads, at most.
THREADS_MOST = 4
#: A feature of 0 counts as if it were this, where logarithms are taken.
ODDS_MARGIN = 0.02
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
    """The trained model: two pretrained networks, and what their answers say of the features.

    Parameters
    ----------
    assets : Assets
        Where ``listening.safetensors`` is.
    """

    def __init__(self, assets: Assets) -> None:
        tensors = assets.weights(WEIGHTS)
        self.networks = networks(tensors)
        self.head = Head(**{name: _part(tensors, name) for name in Head._fields})
        self.errors = _part(tensors, "errors")
        self.bounds = _part(tensors, "bounds")
        error = assets.figures(WEIGHTS).get("calibrated_mae", {})
        self.typical_error = {name: float(error[name]) for name in FEATURES if name in error}

    def intervals(self, features: np.ndarray) -> dict[str, tuple[float, float]]:
        """For each feature the range around `features` [shape=(7,)] that holds four in five."""
        low, high = np.clip(features + self.bounds * spread(features), 0.0, 1.0)
        return {name: (float(low[j]), float(high[j])) for j, name in enumerate(FEATURES)}


class Head(NamedTuple):
    """From a description of sound to features: a straight line, and one in the features' odds.

    Attributes
    ----------
    mean, scale : np.ndarray [shape=(688,)]
        A description is standardised as ``(description - mean) * scale``.
    linear, odds : np.ndarray [shape=(688, 7)]
        Weights.
    linear_bias, odds_bias : np.ndarray [shape=(7,)]
    """

    mean: np.ndarray
    scale: np.ndarray
    linear: np.ndarray
    linear_bias: np.ndarray
    odds: np.ndarray
    odds_bias: np.ndarray

    def __call__(self, described: np.ndarray) -> np.ndarray:
        """Features [shape=(n, 7)], in [0, 1], of descriptions [shape=(n, 688)]."""
        inputs = (described - self.mean) * self.scale
        straight = inputs @ self.linear + self.linear_bias
        bent = from_log_odds(inputs @ self.odds + self.odds_bias)
        return np.clip((straight + bent) / 2, 0.0, 1.0)


def listen(source: Source | Audio, assets: Assets | None = None) -> Heard:
    """Listen to windows over the whole of a song: what they hold together, and each alone.

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
    described = describe(audio, starts, ear.networks)
    features = ear.head(described.mean(axis=0, keepdims=True))[0]
    return Heard(
        features=Features.from_array(features),
        windows=len(starts),
        seconds=audio.seconds,
        per_window=ear.head(described),
        starts=starts,
        typical_error=ear.typical_error,
        truncated=audio.truncated,
        intervals=ear.intervals(features),
        errors=ear.errors,
    )


def features_from_audio(source: Source | Audio) -> Features:
    """The seven features of a piece of audio: `listen` without what it rests on.

    Examples
    --------
    >>> features_from_audio("song.mp3").energy  # doctest: +SKIP
    0.73
    """
    return listen(source).features


def describe(audio: Audio, starts: np.ndarray, ears: list[Musicnn]) -> np.ndarray:
    """What the networks say of windows of a piece of audio, and statistics of their spectrum.

    Parameters
    ----------
    starts : np.ndarray [shape=(windows,)], seconds
    ears : list of Musicnn
        As `networks` gives them.

    Returns
    -------
    np.ndarray [shape=(windows, 688)]
        200 numbers a network, then of each of 96 mel bands mean, standard deviation and mean change
        from frame to frame.
    """
    count = -(-len(starts) // WINDOWS_AT_ONCE)

    def part(some: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            return _described(_windows(audio, some), ears).numpy().astype(float)

    return np.concatenate(list(_pool().map(part, np.array_split(starts, count))))


def networks(tensors: dict[str, np.ndarray]) -> list[Musicnn]:
    """The pretrained networks among the tensors of ``listening.safetensors``."""
    return [
        Musicnn(
            {
                name.removeprefix(f"{network}."): torch.from_numpy(tensor)
                for name, tensor in tensors.items()
                if name.startswith(f"{network}.")
            }
        )
        for network in NETWORKS
    ]


def log_odds(features: np.ndarray) -> np.ndarray:
    """Features as the logarithm of their odds; 0 and 1 stay finite."""
    return np.log((features + ODDS_MARGIN) / (1 - features + ODDS_MARGIN))


def from_log_odds(odds: np.ndarray) -> np.ndarray:
    """The inverse of `log_odds`."""
    return (1 + 2 * ODDS_MARGIN) / (1 + np.exp(-odds)) - ODDS_MARGIN


def window_starts(seconds: float) -> np.ndarray:
    """Where windows start, spread evenly from the beginning to the end of a song.

    One window, from the middle, for what is not much longer than it; one more for every
    `STRIDE_SECONDS` beyond, up to ``settings.audio_windows``.

    Returns
    -------
    np.ndarray [shape=(windows,)], seconds
    """
    beyond = max(0.0, seconds - WINDOW_SECONDS)
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


@lru_cache(maxsize=1)
def _pool() -> ThreadPoolExecutor:
    """Threads that share the windows out, each without torch's own.

    Torch's wait for one another after every step, and where something else keeps a core busy that
    takes ten times as long as the work.
    """
    return ThreadPoolExecutor(
        min(THREADS_MOST, os.cpu_count() or 1),
        thread_name_prefix="listening",
        initializer=torch.set_num_threads,
        initargs=(1,),
    )


def _part(tensors: dict[str, np.ndarray], name: str) -> np.ndarray:
    return tensors[f"head.{name}"].astype(float)


def _windows(audio: Audio, starts: np.ndarray) -> torch.Tensor:
    """Mono windows at the networks' rate [shape=(windows, 47616)]; what is shorter is repeated."""
    # A little more than a window, so that resampling does not end in its own edge.
    length = round((WINDOW_SECONDS + 0.1) * audio.sample_rate)
    firsts = [round(start * audio.sample_rate) for start in starts]
    cuts = [audio.samples[:, first : first + length].mean(axis=0) for first in firsts]
    shortest = min(len(cut) for cut in cuts)
    samples = np.stack([cut[:shortest] for cut in cuts])
    rate = 25 * round(audio.sample_rate / 25)  # an odd rate would take long, for nothing heard
    waveform = mel.resample(samples, rate, target=musicnn.SAMPLE_RATE)
    times = -(-musicnn.PATCH_SAMPLES // waveform.shape[1])
    return waveform.repeat(1, times)[:, : musicnn.PATCH_SAMPLES]


def _described(windows: torch.Tensor, ears: list[Musicnn]) -> torch.Tensor:
    patches = musicnn.log_mel(windows)
    change = patches.diff(dim=1).abs().mean(dim=1)
    spectrum = [patches.mean(dim=1), patches.std(dim=1), change]
    return torch.cat([*(ear(patches) for ear in ears), *spectrum], dim=1)


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
