"""The words of all titles and artists: which songs hold a word, a beginning or a near spelling."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from spotiflix.assets import Assets
from spotiflix.text import fold

TOKENS = "search_tokens.parquet"
POSTINGS = "search_postings.parquet"

#: Chinese and Japanese put no spaces between words, so every character is a token.
_IDEOGRAPH = re.compile(r"([\u3040-\u30ff\u3400-\u9fff])")

#: A misspelt word shares at least this much with the right one (1 = the same).
SIMILAR = 0.66
#: Guesses at what a misspelt word stands for.
GUESSES = 40
#: What a word counts whose beginning alone was typed.
BEGINNING = 0.9
#: No word is longer when joined words are taken apart.
LONGEST_PIECE = 20
#: What each cut adds to the cost of taking a word apart, and what no division may exceed;
#: the cost of a piece is how rare it is.
CUT_COST, MOST_COST = 3.0, 45.0


def tokens_of(text: str) -> list[str]:
    """The words of a name or query; names made of signs only ("!!!") are words as they stand."""
    return _IDEOGRAPH.sub(r" \1 ", fold(text) or text.casefold()).split()


@dataclass(frozen=True)
class Word:
    """A word of a query.

    Attributes
    ----------
    weight : float
        How much it tells: the rarer, the more (inverse document frequency).
    spans : tuple of (int, int, float)
        Stretches of the postings that it may stand for, each with a likeness in [0, 1],
        ascending.
    """

    weight: float
    spans: tuple[tuple[int, int, float], ...]


class SearchIndex:
    """Words and their postings, read at the first use.

    Parameters
    ----------
    assets : Assets
        Where ``search_tokens.parquet`` and ``search_postings.parquet`` lie.
    songs : int
        Size of the catalogue that the index was built from.
    """

    def __init__(self, assets: Assets, songs: int) -> None:
        self._assets = assets
        self._songs = songs

    def count(self, token: str) -> int:
        """Titles and artists with the word."""
        place = self._place(token)
        return int(self._starts[place + 1] - self._starts[place]) if place >= 0 else 0

    def word(self, token: str, *, begins: bool, guess: bool = False) -> Word:
        """What a token may stand for.

        Parameters
        ----------
        token : str
            From `tokens_of`.
        begins : bool
            Whether it may be the beginning of a longer word.
        guess : bool
            Whether it may be a misspelling.
        """
        spans: list[tuple[int, int, float]] = []
        if guess and len(token) > 2:
            spans += [self._span(at, at + 1, like**2) for at, like in self._neighbours(token)]
        if begins:
            stop = bisect_left(self._vocabulary, token + "\U0010ffff")
            spans.append(self._span(bisect_left(self._vocabulary, token), stop, BEGINNING))
        place = self._place(token)
        if place >= 0:
            spans.append(self._span(place, place + 1, 1.0))
        # Ascending: where two spans hold the same song, the better one is counted last.
        spans.sort(key=lambda span: span[2])
        return Word(self._rarity(max((b - a for a, b, _ in spans), default=0)), tuple(spans))

    def explain(self, words: list[Word]) -> tuple[np.ndarray, np.ndarray]:
        """How much of a query each song explains, and how much of each song is in the query.

        Returns
        -------
        explained : np.ndarray [shape=(songs,)]
            Share of the query's weight found in title or artist, in [0, 1].
        named : np.ndarray [shape=(songs,)]
            Share of the title's weight in the query plus share of the artist's, in [0, 2].
        """
        n = self._songs
        explained = np.zeros(n, np.float32)
        in_fields = np.zeros(2 * n, np.float32)
        hit = np.empty(2 * n, np.float32)
        for word in words:
            hit.fill(0.0)
            for start, stop, likeness in word.spans:
                hit[self._postings[start:stop]] = likeness * word.weight
            explained += np.maximum(hit[:n], hit[n:])
            in_fields += hit
        named = np.minimum(in_fields / self._field_weights, 1.0)
        return explained / sum(word.weight for word in words), named[:n] + named[n:]

    def holding(self, tokens: list[str], *, in_artist: bool) -> np.ndarray:
        """Rows, ascending, whose title (or artist) has every one of the words, shape (found,)."""
        found: np.ndarray | None = None
        for token in sorted(tokens, key=self.count):
            place = self._place(token)
            span = self._span(place, place + 1, 1.0) if place >= 0 else (0, 0, 0.0)
            rows = self._postings[span[0] : span[1]]
            rows = rows[(rows >= self._songs) == in_artist] % self._songs
            found = rows if found is None else np.intersect1d(found, rows, assume_unique=True)
        return np.empty(0, np.int64) if found is None else found

    def split(self, token: str) -> list[str]:
        """The likeliest division of `token` into two or more known words, else `token` itself."""
        best: list[tuple[float, list[str]]] = [(0.0, [])]
        for stop in range(1, len(token) + 1):
            options = []
            for start in range(max(0, stop - LONGEST_PIECE), stop):
                piece = token[start:stop]
                count = self.count(piece) if piece != token else 0
                cost = best[start][0] + (self._rarity(count) + CUT_COST if count else math.inf)
                options.append((cost, [*best[start][1], piece]))
            best.append(min(options))
        cost, pieces = best[-1]
        return pieces if cost < MOST_COST else [token]

    def _neighbours(self, token: str) -> list[tuple[int, float]]:
        """Places of the words spelt nearly like `token`, with their similarity, best first."""
        lengths, letters = self._shapes
        # An edit changes the length by at most one and the set of letters by at most two: what
        # differs more cannot be similar enough, and numpy sees that faster than a comparison.
        edits = np.floor((1 - SIMILAR) * np.maximum(lengths, len(token)))
        apart = np.bitwise_count(letters ^ _letters(token, np.zeros(1, np.int64))[0])
        near = np.flatnonzero((apart <= 2 * edits) & (abs(lengths - len(token)) <= edits)).tolist()
        found = process.extract(
            token,
            [self._vocabulary[at] for at in near],
            scorer=OSA.normalized_similarity,
            score_cutoff=SIMILAR,
            limit=GUESSES,
        )
        return [(near[at], score) for _, score, at in found]

    def _place(self, token: str) -> int:
        at = bisect_left(self._vocabulary, token)
        return at if at < len(self._vocabulary) and self._vocabulary[at] == token else -1

    def _span(self, first: int, stop: int, likeness: float) -> tuple[int, int, float]:
        return int(self._starts[first]), int(self._starts[stop]), likeness

    def _rarity(self, count: int) -> float:
        return math.log1p(self._songs / max(count, 1))

    @cached_property
    def _vocabulary(self) -> list[str]:
        return self._assets.table(TOKENS, ["token"])["token"].to_list()

    @cached_property
    def _starts(self) -> np.ndarray:
        counts = self._assets.table(TOKENS, ["count"])["count"].to_numpy(np.int64)
        return np.concatenate([[0], np.cumsum(counts)])

    @cached_property
    def _postings(self) -> np.ndarray:
        """Row of each occurrence in a title; of one in an artist, row + songs."""
        packed = self._assets.table(POSTINGS)["posting"].to_numpy(np.int64)
        return (packed >> 1) + (packed & 1) * self._songs

    @cached_property
    def _field_weights(self) -> np.ndarray:
        """What the words of each title, then of each artist, weigh together, shape (2 songs,)."""
        counts = np.diff(self._starts)
        weights = np.repeat(np.log1p(self._songs / counts), counts)
        total = np.bincount(self._postings, weights, 2 * self._songs)
        return np.maximum(total, 1e-6).astype(np.float32)

    @cached_property
    def _shapes(self) -> tuple[np.ndarray, np.ndarray]:
        """Length (int32) and set of letters (bits of a uint64) of each word, shape (words,)."""
        lengths = np.array([len(token) for token in self._vocabulary])
        starts = np.cumsum(lengths) - lengths
        return lengths.astype(np.int32), _letters("".join(self._vocabulary), starts)


def _letters(text: str, starts: np.ndarray) -> np.ndarray:
    """The letters of each stretch of `text` as bits of a uint64, shape of `starts`."""
    codes = np.frombuffer(text.encode("utf-32-le"), np.uint32).astype(np.uint64)
    return np.bitwise_or.reduceat(np.uint64(1) << codes % np.uint64(64), starts)
