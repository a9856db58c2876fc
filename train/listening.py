"""Trains the ear: ridge regression from what pretrained networks hear to the seven features.

Judged with artists apart, on the same folds as the paper's network and a constant; what is chosen
is chosen on the other folds.
"""

from __future__ import annotations

import hashlib
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from tqdm import tqdm

from spotiflix import audio_worker, listening, mel, musicnn
from spotiflix.audio import Audio, decode
from spotiflix.features import FEATURES
from spotiflix.heard import spread
from spotiflix.listening import (
    NETWORKS,
    WEIGHTS,
    Head,
    describe,
    log_odds,
    networks,
    window_starts,
)
from train import musicnn as conversion
from train import papers_listening
from train.evaluation import better, measures, varied_figures
from train.papers_listening import CACHE, one_thread
from train.store import Store

#: Tried on the folds that a fold is not in: how strongly weights are held back, and how much the
#: spectrum's statistics count beside what the networks say.
HOLDS = (0.3, 0.5, 1.0, 2.0, 3.0)
SPECTRUM_PARTS = (0.0, 0.1, 0.25, 0.5)
#: Each clip is also learnt from louder and quieter.
GAINS_DB = (0.0, -6.0, 6.0)
#: The part of songs whose true feature is to lie within the interval.
COVERAGE = 0.8
HEARD = len(NETWORKS) * musicnn.EMBEDDING
CODE = tuple(Path(m.__file__) for m in (listening, musicnn, conversion, mel, audio_worker))


class Choice(NamedTuple):
    """What is not learnt but chosen."""

    hold: float
    spectrum: float


def run(data: Path, store: Store) -> None:
    """Build ``listening.safetensors`` from ``audio/labelled`` of the data folder.

    Takes a minute on one core, and six more where the paper's network, which is judged beside it,
    was not trained before. Needs musicnn's wheel, which pip fetches: see `train.musicnn`.
    """
    judged = papers_listening.judge(Path(data))
    pretrained = {
        f"{network}.{name}": tensor.numpy().astype(np.float16)
        for network in NETWORKS
        for name, tensor in conversion.converted(conversion.checkpoint(network)).items()
    }
    with one_thread():
        ears = networks(pretrained)
        described = np.array(
            [
                _described(Path(data) / "audio" / file, ears)
                for file in tqdm(judged.files, desc="  networks")
            ]
        )
    labels, folds = judged.labels, judged.folds

    heard = np.empty_like(labels)
    for k in sorted(set(folds)):
        inside = folds != k
        choice = chosen(described[inside], labels[inside], folds[inside])
        head = fit(described[inside], labels[inside], choice)
        heard[~inside] = head(described[~inside, 0])
    useless = ~better(heard, judged.constant, labels)
    heard[:, useless] = judged.constant[:, useless]
    choice = chosen(described, labels, folds)
    head = without(fit(described, labels, choice), labels, useless)

    errors = (labels - heard) / spread(heard)
    parts = {**head._asdict(), "errors": errors, "bounds": bounds(errors)}
    store.write_weights(
        WEIGHTS,
        pretrained | {f"head.{name}": part.astype(np.float32) for name, part in parts.items()},
        source=f"{len(labels)} labelled clips of 30 seconds with Spotify's features; ridge "
        "regression on musicnn's MTT and MSD networks (Pons & Serra, 2019; ISC licence) and on "
        "the mel spectrum",
        figures={
            "clips": len(labels),
            "artists": len(set(judged.artists)),
            "folds": len(set(folds)),
            "judged": "out of fold, artists apart; choices made on the other folds",
            "chosen": choice._asdict(),
            "constant": [n for n, bad in zip(FEATURES, useless, strict=True) if bad],
            **measures("constant", judged.constant, labels, without=np.ones(len(FEATURES), bool)),
            **measures("raw", judged.raw, labels),
            **measures("calibrated", heard, labels, without=useless),
            "interval": COVERAGE,
            "coverage": coverage(heard, labels, folds),
            "varied": varied_figures(heard, judged.constant, labels, judged.varied, useless),
            "scatter": {
                name: np.c_[labels[:, j], heard[:, j]].round(3).tolist()
                for j, name in enumerate(FEATURES)
            },
        },
    )


def chosen(described: np.ndarray, labels: np.ndarray, folds: np.ndarray) -> Choice:
    """The choice that leaves the least of the features' variance unexplained, out of fold.

    Parameters
    ----------
    described : np.ndarray [shape=(clips, gains, 688)]
    labels : np.ndarray [shape=(clips, 7)]
    folds : np.ndarray [shape=(clips,)]
    """

    def unexplained(choice: Choice) -> float:
        heard = np.empty_like(labels)
        for k in set(folds):
            head = fit(described[folds != k], labels[folds != k], choice)
            heard[folds == k] = head(described[folds == k, 0])
        return float((((heard - labels) ** 2).mean(axis=0) / labels.var(axis=0)).mean())

    choices = [Choice(*each) for each in product(HOLDS, SPECTRUM_PARTS)]
    return min(choices, key=unexplained)


def fit(described: np.ndarray, labels: np.ndarray, choice: Choice) -> Head:
    """Ridge regression of features, and of their log odds, on descriptions.

    Every number of a description is standardised; then both of its parts, what the networks say
    and the spectrum, are scaled so that each has its share of the variance of 1.
    """
    gains = described.shape[1]
    x = described.reshape(-1, described.shape[2])
    y = labels.repeat(gains, axis=0)
    mean = x.mean(axis=0)
    share = np.full(x.shape[1], (1 - choice.spectrum) / HEARD)
    share[HEARD:] = choice.spectrum / (x.shape[1] - HEARD)
    scale = np.sqrt(share) / (x.std(axis=0) + 1e-6)
    inputs = (x - mean) * scale
    # In the dual form: there are fewer clips than numbers in a description.
    held = inputs @ inputs.T + choice.hold * gains * np.eye(len(x))

    def weights(target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        centre = target.mean(axis=0)
        return inputs.T @ np.linalg.solve(held, target - centre), centre

    return Head(mean, scale, *weights(y), *weights(log_odds(y)))


def without(head: Head, labels: np.ndarray, useless: np.ndarray) -> Head:
    """The head with a constant, the mean of the labels, for the features marked [shape=(7,)]."""
    constant = labels.mean(axis=0)
    return head._replace(
        linear=np.where(useless, 0, head.linear),
        linear_bias=np.where(useless, constant, head.linear_bias),
        odds=np.where(useless, 0, head.odds),
        odds_bias=np.where(useless, log_odds(constant), head.odds_bias),
    )


def bounds(errors: np.ndarray) -> np.ndarray:
    """Lower and upper bound [shape=(2, 7)] of `COVERAGE` of errors like these [shape=(n, 7)].

    Conformal: the share is that of n + 1 errors, of which the song's own is one. Never without
    the prediction itself.
    """
    n, outside = len(errors), (1 - COVERAGE) / 2
    ordered = np.sort(errors, axis=0)
    first = max(int(np.floor(outside * (n + 1))), 1) - 1
    return np.array([np.minimum(ordered[first], 0), np.maximum(ordered[n - 1 - first], 0)])


def coverage(heard: np.ndarray, labels: np.ndarray, folds: np.ndarray) -> dict[str, float]:
    """How often the truth lies within an interval that was made from the other folds' errors."""
    errors = (labels - heard) / spread(heard)
    within = np.empty(labels.shape, bool)
    for k in set(folds):
        low, high = bounds(errors[folds != k])
        unit, centre = spread(heard[folds == k]), heard[folds == k]
        truth = labels[folds == k]
        within[folds == k] = (np.clip(centre + low * unit, 0, 1) <= truth + 1e-9) & (
            truth - 1e-9 <= np.clip(centre + high * unit, 0, 1)
        )
    share: dict[str, Any] = dict(zip(FEATURES, within.mean(axis=0), strict=True))
    return share | {"mean": within.mean()}


def _described(path: Path, ears: list[musicnn.Musicnn]) -> np.ndarray:
    """The mean description [shape=(gains, 688)] of a clip's windows, at every gain, as served."""
    code = b"".join(file.read_bytes() for file in (path, *CODE)) + repr(GAINS_DB).encode()
    cached = CACHE / f"described-{hashlib.sha256(code).hexdigest()[:24]}.npy"
    if not cached.exists():
        audio = decode(path)
        starts = window_starts(audio.seconds)
        rows = [describe(_louder(audio, gain), starts, ears).mean(axis=0) for gain in GAINS_DB]
        CACHE.mkdir(parents=True, exist_ok=True)
        part = cached.with_name(f"part-{cached.name}")
        np.save(part, np.array(rows))
        part.replace(cached)
    return np.load(cached)


def _louder(audio: Audio, gain_db: float) -> Audio:
    return Audio(audio.samples * np.float32(10 ** (gain_db / 20)), audio.sample_rate)
