"""Finding a film of the catalogue by its title and year."""

from __future__ import annotations

import re
from collections import defaultdict

import pandas as pd

from spotiflix.text import fold
from train.curated import ALIASES

_ALSO = re.compile(r"^(.*?)\s*\((.+)\)$")
_INVERTED = re.compile(r"^(.*), (The|A|An|Les|Le|La|L'|Los|El|Das|Der|Die)(: .*)?$")


def split_title(title: str) -> tuple[str, str | None]:
    """Title and other title: ``"My Crazy Life (Mi vida loca)"`` → both, articles put in front."""
    match = _ALSO.match(title)
    main, also = match.groups() if match else (title, None)
    also = re.sub(r"^a\.?k\.?a\.?\s*", "", also) if also else None
    return _upright(main), _upright(also) if also else None


def _upright(title: str) -> str:
    match = _INVERTED.match(title)
    if not match:
        return title
    rest, article, tail = match.groups()
    return f"{article}{'' if article.endswith(chr(39)) else ' '}{rest}{tail or ''}"


def title_key(title: str) -> str:
    """A title brought to one form: folded, without a leading article."""
    return re.sub(r"^(the|a|an) ", "", fold(title.replace("&", " and ")))


class TitleIndex:
    """Films by title, with year.

    Parameters
    ----------
    movies : pd.DataFrame
        Columns title, also, year and votes; rows are numbered by the index.
    """

    def __init__(self, movies: pd.DataFrame) -> None:
        self._rows: dict[str, list[int]] = defaultdict(list)
        self.year = movies["year"].fillna(0).astype(int)
        self.votes = movies["votes"].fillna(0)
        for row, title, also in zip(movies.index, movies["title"], movies["also"], strict=True):
            for key in {title_key(t) for t in (title, also) if isinstance(t, str)} - {""}:
                self._rows[key].append(row)

    def same_title(self, title: str) -> list[int]:
        """Rows of all films of that name."""
        alias, year = ALIASES.get(title, (title, None))
        rows = self._rows.get(title_key(split_title(alias)[0]), [])
        return [r for r in rows if year is None or self.year[r] == year]

    def find(self, title: str, year: int, *, within: int = 1) -> int | None:
        """The film of that name nearest to a year; None if none lies within so many years."""
        rows = [r for r in self.same_title(title) if self.year[r]]
        if title in ALIASES:
            return rows[0] if rows else None
        rows = [r for r in rows if abs(self.year[r] - year) <= within]
        return min(rows, key=lambda r: (abs(self.year[r] - year), -self.votes[r]), default=None)

    def find_known(self, title: str, *, votes: int) -> int | None:
        """The only film of that name, if it is well known and the name is no single word."""
        rows = self.same_title(title)
        if title in ALIASES and rows:
            return rows[0]
        if len(rows) == 1 and self.votes[rows[0]] >= votes and " " in title.strip():
            return rows[0]
        return None
