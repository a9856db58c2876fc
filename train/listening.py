"""Trains the paper's listening network, judges it with artists apart, and calibrates it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from safetensors.torch import load_file, save_file
from tqdm import tqdm

from spotiflix import mel
from spotiflix.audio import decode
from spotiflix.features import FEATURES
from spotiflix.listening import WEIGHTS, window_starts
from spotiflix.models import MultilabelClassifier
from spotiflix.text import fold as fold_name
from train.store import Store

CACHE = Path(".cache/train/listening")
FOLDS = 5
SEED = 20_23
#: Whatever changes the numbers: a fold's checkpoint is good only for the same code.
CODE = ("train/listening.py", "spotiflix/mel.py", "spotiflix/models.py")


@dataclass(frozen=True)
class Recipe:
    """How the network is trained; SGD with momentum under a OneCycle schedule, MSE."""

    epochs: int = 60
    batch: int = 16  # clips
    learning_rate: float = 0.05  # the peak of the cycle
    momentum: float = 0.9
    weight_decay: float = 1e-3
    gain_db: float = 6.0  # a clip is made louder or quieter by up to this


@dataclass(frozen=True)
class Clip:
    """A labelled clip: its spectrogram [shape=(2, 64, frames)], dB, float16, and its length."""

    mel: torch.Tensor
    seconds: float

    def crop(self, start: float) -> torch.Tensor:
        """The 20-second window from `start` (seconds), shape (2, 64, 1723), as it is served."""
        first = round(start * mel.SAMPLE_RATE / mel.HOP_SAMPLES)
        first = min(first, self.mel.shape[-1] - mel.FRAMES)
        window = self.mel[..., first : first + mel.FRAMES].float()
        return mel.limit_band(mel.floor_db(window))


def run(data: Path, store: Store) -> None:
    """Build ``listening.safetensors`` from ``audio/labelled`` of the data folder.

    Takes about ten minutes on one core; what is finished (front end, folds) is kept in `CACHE`.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    try:
        _run(Path(data), store)
    finally:
        torch.set_num_threads(threads)
        torch.use_deterministic_algorithms(False)


def _run(data: Path, store: Store) -> None:
    recipe = Recipe()
    table = pd.read_csv(data / "audio/labelled.csv")
    clips = [_clip(data / "audio" / file) for file in tqdm(table["file"], desc="  front end")]
    labels = table[list(FEATURES)].to_numpy(float)
    artists = artist_groups(table["artist"])
    folds = artist_folds(artists, table["file"].map(_origin))

    raw = np.empty_like(labels)
    constant = np.empty_like(labels)
    for k in range(FOLDS):
        inside, outside = np.flatnonzero(folds != k), np.flatnonzero(folds == k)
        network = train(clips, labels, inside, recipe, seed=SEED + k, name=f"fold {k + 1}")
        raw[outside] = predict(network, [clips[i] for i in outside])
        constant[outside] = labels[inside].mean(axis=0)
    calibrated = np.empty_like(labels)
    for k in range(FOLDS):  # nested: a fold's calibration has not seen the fold
        slope, intercept = calibration(raw[folds != k], labels[folds != k])
        calibrated[folds == k] = np.clip(raw[folds == k] * slope + intercept, 0, 1)

    useless = ~better(calibrated, constant, labels)
    calibrated[:, useless] = constant[:, useless]
    slope, intercept = calibration(raw, labels)
    slope[useless], intercept[useless] = 0.0, labels[:, useless].mean(axis=0)
    network = train(clips, labels, np.arange(len(clips)), recipe, seed=SEED + FOLDS, name="all")

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
            "artists": len(set(artists)),
            "folds": FOLDS,
            "epochs": recipe.epochs,
            "judged": "out of fold, artists apart; calibration nested",
            "constant": [n for n, bad in zip(FEATURES, useless, strict=True) if bad],
            **measures("constant", constant, labels),
            **measures("raw", raw, labels),
            **measures("calibrated", calibrated, labels),
        },
    )


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
    CACHE.mkdir(parents=True, exist_ok=True)
    save_file(network.state_dict(), finished)
    return network.eval()


def augmented(clip: Clip, recipe: Recipe, generator: torch.Generator) -> torch.Tensor:
    """A random window of a clip, louder or quieter, shifted and masked; shape (2, 64, 1723)."""
    free = max(0.0, clip.seconds - mel.WINDOW_SECONDS)
    start, gain = torch.rand(2, generator=generator).tolist()
    window = clip.crop(start * free) + (2 * gain - 1) * recipe.gain_db
    return mel.spec_augment(mel.time_shift(window, generator), generator)


def predict(network: MultilabelClassifier, clips: list[Clip]) -> np.ndarray:
    """Features [shape=(clips, 7)] as `spotiflix.listening` has them, before calibration."""
    means = []
    with torch.inference_mode():
        for clip in clips:
            windows = torch.stack([clip.crop(start) for start in window_starts(clip.seconds)])
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


def better(heard: np.ndarray, constant: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Which features [shape=(7,), bool] are heard better than a constant, in MAE and in MSE."""
    ours, theirs = np.abs(heard - labels), np.abs(constant - labels)
    nearer = ours.mean(axis=0) < theirs.mean(axis=0)
    return nearer & ((ours**2).mean(axis=0) < (theirs**2).mean(axis=0))


def measures(name: str, heard: np.ndarray, labels: np.ndarray) -> dict[str, object]:
    """MAE, r and R² of each feature and MAE and R² over all, keyed by ``<name>_mae`` and so on.

    R² is against the mean of the labels; r is left out where the prediction hardly varies.
    """
    error = heard - labels
    mae = np.abs(error).mean(axis=0)
    r2 = 1 - (error**2).mean(axis=0) / labels.var(axis=0)
    figures: dict[str, object] = {
        f"{name}_mae": dict(zip(FEATURES, mae, strict=True)) | {"mean": mae.mean()},
        f"{name}_r2": dict(zip(FEATURES, r2, strict=True)) | {"mean": r2.mean()},
    }
    if name != "constant":
        r = {
            feature: np.corrcoef(heard[:, j], labels[:, j])[0, 1]
            for j, feature in enumerate(FEATURES)
        }
        figures[f"{name}_r"] = r
    return figures


def artist_groups(credits: pd.Series) -> np.ndarray:
    """A number for each clip; clips that share any artist, also through others, share it."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            name = parent[name]
        return name

    names = [[fold_name(part) for part in re.split(r"\\|,|;|&|\bfeat\.", c)] for c in credits]
    for together in names:
        for name in together[1:]:
            parent[root(name)] = root(together[0])
    return pd.factorize(pd.Series([root(together[0]) for together in names]))[0]


def artist_folds(artists: np.ndarray, origin: pd.Series) -> np.ndarray:
    """The fold of each clip [shape=(clips,)]: artists apart, origins spread evenly."""
    from sklearn.model_selection import StratifiedGroupKFold

    splitter = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED)
    folds = np.empty(len(artists), dtype=int)
    for k, (_, outside) in enumerate(splitter.split(artists, origin, artists)):
        folds[outside] = k
    return folds


def _origin(file: str) -> str:
    """Which collection a clip is from, by its name."""
    found = re.match(r"(MT|fma)", Path(file).name)
    return found[0] if found else "charts"


def _clip(path: Path) -> Clip:
    """Decode a clip and run the front end over all of it, once."""
    code = "".join(Path(name).read_text("utf-8") for name in CODE[1:2])
    digest = hashlib.sha256(path.read_bytes() + code.encode()).hexdigest()[:24]
    cached = CACHE / f"mel-{digest}.npy"
    audio_seconds = mel.HOP_SAMPLES / mel.SAMPLE_RATE
    if not cached.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        audio = decode(path)
        waveform = mel.resample(audio.samples, audio.sample_rate)
        if len(waveform) == 1:
            waveform = waveform.expand(mel.CHANNELS, -1)
        np.save(cached, mel.unfloored_mel_spectrogram(waveform).half().numpy())
    spectrogram = torch.from_numpy(np.load(cached))
    return Clip(spectrogram, (spectrogram.shape[-1] - 1) * audio_seconds)


def _key(labels: np.ndarray, chosen: np.ndarray, recipe: Recipe, seed: int) -> str:
    digest = hashlib.sha256(repr((astuple(recipe), seed, chosen.tolist())).encode())
    digest.update(labels.tobytes())
    for name in CODE:
        digest.update(Path(name).read_bytes())
    return digest.hexdigest()[:24]
