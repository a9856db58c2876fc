"""The search index: which words occur in which titles and artists of the song catalogue."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np
import pandas as pd

from spotiflix.search_index import POSTINGS, TOKENS, tokens_of
from spotiflix.songs import SONGS
from train.store import Store


def run(data: Path, store: Store) -> None:
    """Write the words and their postings for the ``songs.parquet`` that was built before.

    Parameters
    ----------
    data : Path
        Not read: the index depends on the catalogue alone.
    store : Store
        Where the catalogue lies and the index goes.
    """
    songs = pd.read_parquet(store.root / SONGS, columns=["title", "artist"])
    postings: dict[str, list[int]] = defaultdict(list)
    for row, names in enumerate(zip(songs["title"], songs["artist"], strict=True)):
        for field, name in enumerate(names):
            for token in dict.fromkeys(tokens_of(name)):
                postings[token].append(2 * row + field)

    words = sorted(postings)
    counts = np.array([len(postings[word]) for word in words], dtype=np.int32)
    # Ascending within a word, so that the file holds small differences.
    packed = np.concatenate([np.array(postings[word], dtype=np.int32) for word in words])
    source = f"words of the titles and artists in {SONGS}"
    store.write_table(TOKENS, pd.DataFrame({"token": words, "count": counts}), source=source)
    store.write_table(POSTINGS, pd.DataFrame({"posting": packed}), source=source)
