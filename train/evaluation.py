"""How well features were heard: folds with artists apart, and error measures beside a constant."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from spotiflix.features import FEATURES
from spotiflix.text import fold


def better(heard: np.ndarray, constant: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Which features [shape=(7,), bool] are heard better than a constant, beyond chance.

    The mean absolute error must be smaller, and the mean squared error by more than the standard
    error of that difference over the clips.
    """
    ours, theirs = np.abs(heard - labels), np.abs(constant - labels)
    gain = theirs**2 - ours**2
    beyond_chance = gain.mean(axis=0) > gain.std(axis=0, ddof=1) / np.sqrt(len(gain))
    return beyond_chance & (ours.mean(axis=0) < theirs.mean(axis=0))


def measures(
    name: str, heard: np.ndarray, labels: np.ndarray, *, without: np.ndarray | None = None
) -> dict[str, object]:
    """MAE, R² and r of each feature, MAE and R² over all, keyed by ``<name>_mae`` and so on.

    R² is against the mean of these labels. r is of no use for a constant: it is left out for the
    features marked in `without` [shape=(7,), bool].
    """
    error = heard - labels
    mae = np.abs(error).mean(axis=0)
    r2 = 1 - (error**2).mean(axis=0) / labels.var(axis=0)
    figures: dict[str, object] = {
        f"{name}_mae": dict(zip(FEATURES, mae, strict=True)) | {"mean": mae.mean()},
        f"{name}_r2": dict(zip(FEATURES, r2, strict=True)) | {"mean": r2.mean()},
    }
    r = {
        feature: np.corrcoef(heard[:, j], labels[:, j])[0, 1]
        for j, feature in enumerate(FEATURES)
        if without is None or not without[j]
    }
    return figures | ({f"{name}_r": r} if r else {})


def varied_figures(
    heard: np.ndarray,
    constant: np.ndarray,
    labels: np.ndarray,
    varied: np.ndarray,
    useless: np.ndarray,
) -> dict[str, object]:
    """The same on the clips [shape=(clips,), bool] outside the one style that is half of them."""
    ours = measures("calibrated", heard[varied], labels[varied], without=useless)
    mae = np.abs(constant[varied] - labels[varied]).mean(axis=0)
    return {
        "clips": int(varied.sum()),
        "constant_mae": dict(zip(FEATURES, mae, strict=True)) | {"mean": mae.mean()},
        **ours,
    }


def artist_groups(credits: pd.Series) -> np.ndarray:
    """A number for each clip; clips that share any artist, also through others, share it."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            name = parent[name]
        return name

    names = [[fold(part) for part in re.split(r"\\|,|;|&|\bfeat\.", c)] for c in credits]
    for together in names:
        for name in together[1:]:
            parent[root(name)] = root(together[0])
    return pd.factorize(pd.Series([root(together[0]) for together in names]))[0]


def artist_folds(artists: np.ndarray, origin: np.ndarray, *, folds: int, seed: int) -> np.ndarray:
    """The fold of each clip [shape=(clips,)]: artists apart, origins spread evenly."""
    from sklearn.model_selection import StratifiedGroupKFold

    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    chosen = np.empty(len(artists), dtype=int)
    for k, (_, outside) in enumerate(splitter.split(artists, origin, artists)):
        chosen[outside] = k
    return chosen
