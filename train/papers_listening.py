"""Method 3 as in the paper: its network, trained, judged with artists apart, and calibrated."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from safetensors.torch import load_file, save_file
from tqdm import tqdm

from spotiflix import audio_worker, mel, models
from spotiflix.audio import decode
from spotiflix.features import FEATURES
from spotiflix.models import MultilabelClassifier
from train.evaluation import artist_folds, artist_groups, better, measures, varied_figures
from train.store import Store

WEIGHTS = "papers_listening.safetensors"
CACHE = Path(".cache/train/listening")
#: Windows of a clip that are judged, at most; seconds from one to the next, at least.
WINDOWS = 6
STRIDE_SECONDS = mel.WINDOW_SECONDS / 2
FOLDS = 5
SEED = 20_23
#: What changes the numbers: a cached front end or network is good only for the same code.
FRONT_END_CODE = (Path(mel.__file__), Path(audio_worker.__file__))
CODE = (Path(__file__), Path(models.__file__), *FRONT_END_CODE)


@dataclass(frozen=True)
class Recipe:
    """How the network is trained; SGD with momentum under a OneCycle schedule, MSE."""

    epochs: int = 100
    batch: int = 16  # clips
    learning_rate: float = 0.5  # the peak of the cycle
    momentum: float = 0.9
    weight_decay: float = 1e-3
    gain_db: float = 6.0  # a clip is made louder or quieter by up to this


@dataclass(frozen=True)
class Clip:
    """A labelled clip: its spectrogram [shape=(2, 64, frames)], dB, float16, and its length."""

    mel: torch.Tensor
    seconds: float

    def crop(self, start: float) -> torch.Tensor:
        """The 20-second window from `start` (seconds), shape (2, 64, 1723)."""
        first = round(start * mel.SAMPLE_RATE / mel.HOP_SAMPLES)
        first = min(first, self.mel.shape[-1] - mel.FRAMES)
        window = self.mel[..., first : first + mel.FRAMES].float()
        return mel.limit_band(mel.floor_db(window))


@dataclass(frozen=True)
class Judged:
    """The labelled clips, and what the paper's network says of each when it was not trained on it.

    Attributes
    ----------
    files : list of str, relative to ``audio/`` of the data folder
    labels, raw, constant : np.ndarray [shape=(clips, 7)]
        Spotify's features; the network's; the mean of the clips that it was trained on.
    artists, folds : np.ndarray [shape=(clips,)]
        Number of the artist, and of the fold that a clip is judged in.
    varied : np.ndarray [shape=(clips,), bool]
        Which clips are outside the one style that is half of them.
    """

    files: list[str]
    labels: np.ndarray
    raw: np.ndarray
    constant: np.ndarray
    artists: np.ndarray
    folds: np.ndarray
    varied: np.ndarray


def run(data: Path, store: Store) -> None:
    """Build ``papers_listening.safetensors`` from ``audio/labelled`` of the data folder.

    Takes six minutes on one core. A run that was stopped goes on from what is in `CACHE`: the
    front end of every clip and the network of every fold.
    """
    with one_thread():
        clips, judged = _judge(Path(data))
        raw, labels = judged.raw, judged.labels
        calibrated = np.empty_like(labels)
        for k in range(FOLDS):  # nested: a fold's calibration has not seen the fold
            inside = judged.folds != k
            slope, intercept = calibration(raw[inside], labels[inside])
            calibrated[~inside] = np.clip(raw[~inside] * slope + intercept, 0, 1)
        useless = ~better(calibrated, judged.constant, labels)
        calibrated[:, useless] = judged.constant[:, useless]
        slope, intercept = calibration(raw, labels)
        slope[useless], intercept[useless] = 0.0, labels[:, useless].mean(axis=0)
        everything = np.arange(len(clips))
        network = train(clips, labels, everything, Recipe(), seed=SEED + FOLDS, name="all")
    tensors = {name: tensor.numpy() for name, tensor in network.state_dict().items()}
    tensors |= {
        "calibration_slope": slope.astype(np.float32),
        "calibration_intercept": intercept.astype(np.float32),
    }
    store.write_weights(
        WEIGHTS,
        tensors,
        source=f"{len(clips)} labelled clips of 30 seconds with Spotify's features; "
        "the paper's MultilabelClassifier, SGD, OneCycle, MSE",
        figures={
            "clips": len(clips),
            "artists": len(set(judged.artists)),
            "folds": FOLDS,
            "epochs": Recipe().epochs,
            "judged": "out of fold, artists apart; calibration nested",
            "constant": [n for n, bad in zip(FEATURES, useless, strict=True) if bad],
            **measures("constant", judged.constant, labels, without=np.ones(len(FEATURES), bool)),
            **measures("raw", raw, labels),
            **measures("calibrated", calibrated, labels, without=useless),
            "varied": varied_figures(calibrated, judged.constant, labels, judged.varied, useless),
        },
    )


def judge(data: Path) -> Judged:
    """Train the network of every fold, or load it, and let it judge the clips left out."""
    with one_thread():
        return _judge(data)[1]


@contextmanager
def one_thread() -> Iterator[None]:
    """Training gives the same weights again."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
        torch.use_deterministic_algorithms(False)


def _judge(data: Path) -> tuple[list[Clip], Judged]:
    table = pd.read_csv(data / "audio/labelled.csv")
    clips = [_clip(data / "audio" / file) for file in tqdm(table["file"], desc="  front end")]
    labels = table[list(FEATURES)].to_numpy(float)
    artists = artist_groups(table["artist"])
    origin = table["file"].map(_origin).to_numpy()
    folds = artist_folds(artists, origin, folds=FOLDS, seed=SEED)
    raw = np.empty_like(labels)
    constant = np.empty_like(labels)
    for k in range(FOLDS):
        inside, outside = np.flatnonzero(folds != k), np.flatnonzero(folds == k)
        network = train(clips, labels, inside, Recipe(), seed=SEED + k, name=f"fold {k + 1}")
        raw[outside] = predict(network, [clips[i] for i in outside])
        constant[outside] = labels[inside].mean(axis=0)
    files = list(table["file"])
    return clips, Judged(files, labels, raw, constant, artists, folds, origin != "charts")


def train(
    clips: list[Clip],
    labels: np.ndarray,
    chosen: np.ndarray,
    recipe: Recipe,
    *,
    seed: int,
    name: str,
) -> MultilabelClassifier:
    """Train on the chosen clips, or load what an earlier run of the same code trained.

    Parameters
    ----------
    labels : np.ndarray [shape=(clips, 7)]
    chosen : np.ndarray of int, clips to train on
    name : str
        What the progress bar says.
    """
    network = MultilabelClassifier()
    finished = CACHE / f"{_key(labels, chosen, recipe, seed)}.safetensors"
    if finished.exists():
        network.load_state_dict(load_file(finished))
        return network.eval()
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    centre = torch.stack([clips[i].crop(clips[i].seconds / 2 - 10) for i in chosen])
    heard = centre[:, :, : mel.BANDS_HEARD]
    network = MultilabelClassifier(mean=heard.mean(), scale=heard.std())
    truth = torch.from_numpy(labels).float()
    steps = -(-len(chosen) // recipe.batch)
    optimizer = torch.optim.SGD(
        network.parameters(),
        lr=recipe.learning_rate,
        momentum=recipe.momentum,
        weight_decay=recipe.weight_decay,
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        max_lr=recipe.learning_rate,
        steps_per_epoch=steps,
        epochs=recipe.epochs,
    )
    bar = tqdm(range(recipe.epochs), desc=f"  listening, {name}")
    for _ in bar:
        total = 0.0
        order = torch.randperm(len(chosen), generator=generator).numpy()
        for batch in np.array_split(chosen[order], steps):
            inputs = torch.stack([augmented(clips[i], recipe, generator) for i in batch])
            loss = torch.nn.functional.mse_loss(network(inputs), truth[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += float(loss.detach()) * len(batch)
        bar.set_postfix(mse=f"{total / len(chosen):.4f}")
    _keep(finished, lambda path: save_file(network.state_dict(), path))
    return network.eval()


def augmented(clip: Clip, recipe: Recipe, generator: torch.Generator) -> torch.Tensor:
    """A random window of a clip, louder or quieter, shifted and masked; shape (2, 64, 1723)."""
    free = max(0.0, clip.seconds - mel.WINDOW_SECONDS)
    start, gain = torch.rand(2, generator=generator).tolist()
    window = clip.crop(start * free) + (2 * gain - 1) * recipe.gain_db
    return mel.spec_augment(mel.time_shift(window, generator), generator)


def predict(network: MultilabelClassifier, clips: list[Clip]) -> np.ndarray:
    """Features [shape=(clips, 7)], means over windows spread over a clip, before calibration."""
    means = []
    with torch.inference_mode():
        for clip in clips:
            windows = torch.stack([clip.crop(start) for start in _window_starts(clip.seconds)])
            means.append(network(windows).mean(dim=0).numpy())
    return np.array(means, dtype=float)


def calibration(heard: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Slope and intercept [shape=(7,)] that bring what was heard to the labels' scale.

    Least squares, shrunk towards the mean by what the correlation would be by chance (the
    adjusted R²), so that a feature that was not heard gets slope 0.
    """
    n = len(heard)
    x, y = heard - heard.mean(axis=0), labels - labels.mean(axis=0)
    r2 = (x * y).sum(axis=0) ** 2 / np.maximum((x**2).sum(axis=0) * (y**2).sum(axis=0), 1e-12)
    adjusted = 1 - (1 - r2) * (n - 1) / (n - 2)
    kept = np.clip(adjusted / np.maximum(r2, 1e-12), 0, 1)
    slope = np.maximum((x * y).sum(axis=0) / np.maximum((x**2).sum(axis=0), 1e-12) * kept, 0)
    return slope, labels.mean(axis=0) - slope * heard.mean(axis=0)


def _window_starts(seconds: float) -> np.ndarray:
    beyond = max(0.0, seconds - mel.WINDOW_SECONDS)
    count = min(WINDOWS, 1 + round(beyond / STRIDE_SECONDS))
    return np.linspace(0.0, beyond, count) if count > 1 else np.array([beyond / 2])


def _origin(file: str) -> str:
    """Which collection a clip is from, by its name."""
    found = re.match(r"(MT|fma)", Path(file).name)
    return found[0] if found else "charts"


def _clip(path: Path) -> Clip:
    """Decode a clip and run the front end over all of it, once."""
    cached = CACHE / f"mel-{_digest(path, *FRONT_END_CODE)}.npy"
    if not cached.exists():
        audio = decode(path)
        waveform = mel.resample(audio.samples, audio.sample_rate)
        if len(waveform) == 1:
            waveform = waveform.expand(mel.CHANNELS, -1)
        missing = max(0, mel.WINDOW_SAMPLES - waveform.shape[1])
        waveform = torch.nn.functional.pad(waveform, (0, missing))
        spectrogram = mel.unfloored_mel_spectrogram(waveform).half().numpy()
        _keep(cached, lambda path: np.save(path, spectrogram))
    stored = torch.from_numpy(np.load(cached))
    return Clip(stored, (stored.shape[-1] - 1) * mel.HOP_SAMPLES / mel.SAMPLE_RATE)


def _keep(target: Path, write: Callable[[Path], None]) -> None:
    """Write a file of the cache whole or not at all: the run may be stopped at any time."""
    CACHE.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"part-{target.name}")
    write(part)
    part.replace(target)


def _key(labels: np.ndarray, chosen: np.ndarray, recipe: Recipe, seed: int) -> str:
    """What a trained network depends on, but for the clips, whose labels stand for them."""
    numbers = repr((astuple(recipe), seed, chosen.tolist())).encode()
    return hashlib.sha256(numbers + labels.tobytes() + _digest(*CODE).encode()).hexdigest()[:24]


def _digest(*files: Path) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:24]
