"""Song search as one types: any order, prefixes, accents, typos, joined and split words.

A query goes through two sieves. The first adds up, for every song at once, how much of the query
its words explain (rare words count more), and keeps a few hundred. The second compares whole
names letter by letter and puts popular songs first and karaoke last.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from rapidfuzz import fuzz

from spotiflix.assets import Assets
from spotiflix.errors import EmptyInput
from spotiflix.search_index import SearchIndex, tokens_of
from spotiflix.settings import settings
from spotiflix.songs import Song, SongCatalogue
from spotiflix.text import base_title, fold, main_artist, song_key

_COVER = re.compile(
    r"karaoke|tribute|originally performed|in the style of|made (?:popular|famous) by|"
    r"cover version|piano cover|\bcovers?\b|backing track|ringtone|lullab|8 ?bit|"
    r"music box|string quartet|glee cast|rockabye baby|workout|instrumental version"
)
_VARIANT = re.compile(
    r"\b(?:live|en vivo|ao vivo|unplugged|remix(?:es|ed)?|rmx|mix|acoustic|demo|instrumental|"
    r"medley|mashup|sped up|slowed|nightcore|reprise|interlude|session|version|rehearsal|"
    r"commentary|edit|dub|a cappella|acapella|mtv|bbc)\b"
)
_VERSION_WORD = re.compile(rf"{_COVER.pattern}|{_VARIANT.pattern}|\bremaster(?:ed)?\b")

#: How many songs the first sieve lets through to the second, for each reading of a query.
CANDIDATES = 200
#: Of these the second looks at the ones that promise this part of what the best one does,
#: and at some more so that a list is never needlessly short.
PROMISING, LEAST_COMPARED = 0.6, 60
#: Words of a query beyond these are left out; titles are shorter.
MOST_TOKENS = 24
#: A word in fewer songs than this may be a typo that happens to exist.
RARE = 25

#: What a fully named title, or artist, adds in the first sieve: enough for an exact name to
#: pass however many popular songs have its words.
NAMED_WEIGHT = 0.15
POPULARITY_WEIGHT = 0.16
#: Of unknown popularity: like the less known third.
UNKNOWN_POPULARITY = 15.0
COVER_PENALTY = 0.5
VARIANT_PENALTY = 0.08
ASKED_BONUS = 0.25
#: Title and artist spelt out come before anything else.
EXACT_BONUS = 0.5


@dataclass(frozen=True)
class Match:
    """A song that a search found.

    Attributes
    ----------
    row : int
        Row in the catalogue.
    score : float
        How well the names agree, in [0, 1]; popularity plays no part.
    """

    row: int
    score: float


class SongSearch:
    """Search over the titles and artists of a catalogue.

    Parameters
    ----------
    catalogue : SongCatalogue
        The songs.
    assets : Assets
        Where the search index of that catalogue lies; read at the first search.
    """

    def __init__(self, catalogue: SongCatalogue, assets: Assets) -> None:
        self.catalogue = catalogue
        self._assets = assets

    def search(self, text: str, limit: int = settings.search_results) -> list[Song]:
        """The songs that `text` most likely means, best first.

        Parameters
        ----------
        text : str
            Title, artist or both, complete or not; cut at ``settings.search_characters``.
        limit : int
            Most songs to return.

        Returns
        -------
        list of Song
            Versions of one song appear once, unless `text` names a version ("live").

        Raises
        ------
        EmptyInput
            If `text` is blank.
        """
        return [self.catalogue[match.row] for match in self.matches(text, limit)]

    def matches(self, text: str, limit: int = settings.search_results) -> list[Match]:
        """Like `search`, as rows with their scores."""
        text = text[: settings.search_characters].strip()
        tokens = list(dict.fromkeys(tokens_of(text)))[:MOST_TOKENS]
        if not tokens:
            raise EmptyInput("Type a song title, an artist or both.")
        query = " ".join(tokens_of(text)) if not fold(text) else fold(text)
        return self._distinct(self._second_sieve(query, self._first_sieve(tokens)), query, limit)

    def named(self, title: str, artist: str | None) -> int | None:
        """Row of the song of exactly this title and artist, or of the best known of this title.

        Titles and artists are compared by `song_key`. Of several versions it is the one that
        `title` names, else the most popular of those that are no remix, live or cover version.
        """
        name = fold(base_title(title)) or fold(title)
        rows = self._index.holding(list(dict.fromkeys(tokens_of(name))), in_artist=False)
        if artist is not None:
            words = tokens_of(main_artist(artist).lower().removeprefix("the "))
            held = self._index.holding(list(dict.fromkeys(words)), in_artist=True)
            rows = np.intersect1d(rows, held, assume_unique=True)
            key = song_key(title, artist)
        best: tuple[bool, float, int] | None = None
        for row in rows.tolist():
            its_title, its_artist = self.catalogue.titles[row], self.catalogue.artists[row]
            its_key = song_key(its_title, its_artist)
            if its_key != key if artist is not None else its_key.partition("|")[0] != name:
                continue
            other = fold(title) != name and fold(its_title) != fold(title)
            order = other, -_version_rank(_names_of(its_title, its_artist), set(), 0.0), row
            best = order if best is None else min(best, order)
        return None if best is None else best[2]

    def _first_sieve(self, tokens: list[str]) -> list[tuple[int, float]]:
        """Rows worth a closer look and the share of the query they explain, best first."""
        index = self._index
        promise: dict[int, tuple[float, float]] = {}
        best = 0.0
        for reading in (tokens, *self._split_and_joined(tokens)):
            words = [index.word(token, begins=token is reading[-1]) for token in reading]
            best = max(best, self._collect(*index.explain(words), promise))
        if best < 0.999 or any(index.count(token) < RARE for token in tokens):
            words = [index.word(t, begins=t is tokens[-1], guess=True) for t in tokens]
            self._collect(*index.explain(words), promise)
        ranked = sorted(promise.items(), key=lambda each: (-each[1][0], each[0]))
        enough = PROMISING * ranked[0][1][0] if ranked else 0.0
        return [
            (row, share)
            for place, (row, (order, share)) in enumerate(ranked)
            if place < LEAST_COMPARED or order >= enough
        ]

    def _collect(
        self, explained: np.ndarray, named: np.ndarray, promise: dict[int, tuple[float, float]]
    ) -> float:
        """Add the best rows to `promise`; return the largest share explained."""
        best = float(explained.max(initial=0.0))
        rows = np.flatnonzero(explained > best / 3)
        order = explained[rows] + NAMED_WEIGHT * named[rows] + self._prior[rows]
        if len(rows) > CANDIDATES:
            kept = np.argpartition(order, len(rows) - CANDIDATES)[-CANDIDATES:]
            rows, order = rows[kept], order[kept]
        shares = explained[rows].tolist()
        for row, each in zip(rows.tolist(), zip(order.tolist(), shares, strict=True), strict=True):
            promise[row] = max(each, promise.get(row, each))
        return best

    def _split_and_joined(self, tokens: list[str]) -> Iterator[list[str]]:
        """Other readings of the query: "daftpunk" as "daft punk", "day break" as "daybreak"."""
        index = self._index
        split = [
            piece
            for token in tokens
            for piece in (index.split(token) if index.count(token) < RARE else [token])
        ]
        if split != tokens:
            yield split
        for at in range(len(tokens) - 1):
            joined = tokens[at] + tokens[at + 1]
            if index.count(joined):
                yield [*tokens[:at], joined, *tokens[at + 2 :]]

    def _second_sieve(self, query: str, promising: list[tuple[int, float]]) -> list[Match]:
        """Matches by likeness of the whole names, popularity and version, best first."""
        asked = set(_VERSION_WORD.findall(query))
        squeezed = query.replace(" ", "")
        ranked = []
        for row, share in promising:
            names = _names_of(self.catalogue.titles[row], self.catalogue.artists[row])
            exact = query in names.both
            score = 1.0 if exact else 0.6 * _likeness(query, squeezed, names) + 0.4 * share
            rank = score + float(self._prior[row]) + _version_rank(names, asked, share)
            rank += EXACT_BONUS * exact
            ranked.append((rank, Match(row, min(score, 1.0))))
        return [match for _, match in sorted(ranked, key=lambda each: (-each[0], each[1].row))]

    def _distinct(self, ranked: list[Match], query: str, limit: int) -> list[Match]:
        """The first `limit` songs; unless a version is asked for, each song once."""
        names_version = _VERSION_WORD.search(query) is not None
        shown: dict[str, list[set[str]]] = defaultdict(list)
        kept: list[Match] = []
        for match in ranked:
            if len(kept) == limit:
                break
            title, artist = self.catalogue.titles[match.row], self.catalogue.artists[match.row]
            name = fold(title if names_version else base_title(title)) or title
            credit = set(tokens_of(artist))
            # The same credit, or one that names fewer of the same artists.
            if not any(credit <= other or other <= credit for other in shown[name]):
                shown[name].append(credit)
                kept.append(match)
        return kept

    @cached_property
    def _index(self) -> SearchIndex:
        return SearchIndex(self._assets, len(self.catalogue))

    @cached_property
    def _prior(self) -> np.ndarray:
        known = np.nan_to_num(self.catalogue.popularity, nan=UNKNOWN_POPULARITY)
        return (POPULARITY_WEIGHT / 100 * known).astype(np.float32)


@dataclass(frozen=True)
class _Names:
    """A song's title and artist in the forms that a query is compared with."""

    both: tuple[str, ...]
    spelt: frozenset[str]
    squeezed: tuple[str, ...]
    covers: frozenset[str]
    variants: frozenset[str]


# As one types, the same songs come up for every letter.
@lru_cache(maxsize=8192)
def _names_of(title: str, artist: str) -> _Names:
    full = fold(title)
    names = dict.fromkeys((fold(base_title(title)), full))
    artists = dict.fromkeys((fold(artist), fold(main_artist(artist))))
    both = tuple(f"{a} {b}" for n in names for m in artists for a, b in ((n, m), (m, n)))
    spelt = frozenset((*names, *artists, *both))
    return _Names(
        both,
        spelt,
        tuple({form.replace(" ", "") for form in spelt}),
        frozenset(_COVER.findall(both[-1])),
        frozenset(_VARIANT.findall(full)),
    )


def _likeness(query: str, squeezed: str, names: _Names) -> float:
    """Likeness of a query to the best way of writing a song, in [0, 1]; spaces count little."""
    if query in names.spelt:
        return 1.0
    best = 0.0
    for form in names.squeezed:
        best = max(best, 0.98 * fuzz.ratio(squeezed, form))
        if len(form) > len(squeezed):
            best = max(best, 0.95 * fuzz.ratio(squeezed, form[: len(squeezed)]))
    return best / 100


def _version_rank(names: _Names, asked: set[str], share: float) -> float:
    """How far a version moves forward if asked for, or back: karaoke far, a remix a little."""
    if (names.covers | names.variants) & asked:
        # Only the song that is meant: any song called "Live" has this word of "Halo live".
        return ASKED_BONUS if share > 0.95 else 0.0
    return -COVER_PENALTY if names.covers else -VARIANT_PENALTY if names.variants else 0.0
