"""Whether listening recommends better when it allows for its own errors.

For each labelled clip, the movies for its true features are the reference; the movies for what was
heard in it (out of fold) are compared with them, once from what was heard alone and once allowing
for errors like those made on the other clips.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from tqdm import tqdm

import spotiflix
from spotiflix.features import FEATURES, Features
from spotiflix.heard import spread
from spotiflix.query import Query, query_of_features
from spotiflix.recommenders.base import Recommender
from spotiflix.recommenders.listening import DRAWS, expected_worth

WEIGHTS = "listening.safetensors"
VIAS = ("clusters", "positivity")
TOP, FURTHER = 10, 50
SEED = 0


def compare(app: spotiflix.Spotiflix, via: str = "clusters") -> dict[str, dict[str, float]]:
    """Retrieval of the movies for the true features, without and with allowance for errors.

    Returns
    -------
    dict
        ``as_heard`` and ``allowing_for_errors``, each with ``found@10`` and ``found@50`` (the part
        of the reference's first movies among the first recommended), ``ndcg`` of the reference's
        first ten, and ``median_place`` of them.
    """
    scatter = app.assets.figures(WEIGHTS)["scatter"]
    true, heard = (
        np.array([[pair[side] for pair in scatter[name]] for name in FEATURES]).T for side in (0, 1)
    )
    errors = (true - heard) / spread(heard)
    method = app.recommender(via)
    draw = np.random.default_rng(SEED)
    measured: dict[str, list[list[float]]] = {"as_heard": [], "allowing_for_errors": []}
    for i in tqdm(range(len(true)), f"uncertainty, {via}", unit="clip"):
        reference = method.rank(_query(true[i])).rows[:FURTHER]
        query = _query(heard[i])
        others = draw.choice(np.delete(np.arange(len(true)), i), DRAWS)
        draws = np.clip(heard[i] + errors[others] * spread(heard[i]), 0, 1)
        measured["as_heard"].append(_measures(reference, method.rank(query).rows, method))
        worth = expected_worth(method, query, draws)
        rows = np.argsort(-worth, kind="stable")[: np.count_nonzero(worth)]
        measured["allowing_for_errors"].append(_measures(reference, rows, method))
    names = (f"found@{TOP}", f"found@{FURTHER}", "ndcg", "median_place")
    return {
        way: dict(zip(names, np.mean(rows, axis=0).tolist(), strict=True))
        for way, rows in measured.items()
    }


def _query(features: np.ndarray) -> Query:
    return replace(query_of_features(Features.from_array(features)), kind="audio")


def _measures(reference: np.ndarray, rows: np.ndarray, method: Recommender) -> list[float]:
    place = np.full(len(method.movies), len(rows))
    place[rows] = np.arange(len(rows))
    first = place[reference[:TOP]]
    ideal = (1 / np.log2(np.arange(TOP) + 2)).sum()
    return [
        float((first < TOP).mean()),
        float((place[reference] < FURTHER).mean()),
        float((1 / np.log2(first + 2)).sum() / ideal),
        float(np.median(first) + 1),
    ]
