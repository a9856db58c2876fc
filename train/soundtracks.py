"""Cleaning of the soundtrack rows, and finding the film that each belongs to."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

import ftfy
import numpy as np
import pandas as pd

from spotiflix.features import FEATURES
from spotiflix.text import base_title, fold, song_key
from train.curated import FILMS_OF_THE_LISTS, SERIES, TELEVISION
from train.titles import TitleIndex, split_title, title_key

#: A song can be released a little after the film it was recorded for.
YEARS_AFTER_FILM = 2
#: Spotify's reference: tracks above .66 are probably made entirely of spoken words.
SPOKEN = 0.66
SURELY_SPOKEN = 0.9
KNOWN_VOTES = 1000
#: What one of the lists says instead of a title.
NO_TITLE = "#DUPE#"

_DIALOGUE = re.compile(
    r"\b(?:dialog(?:ue)?s?|interview|narrat(?:ion|ed|or)|excerpt from (?:the )?(?:film|movie)"
    r"|spoken word|audio commentary|voice ?over|movie clip)\b",
    re.IGNORECASE,
)
#: Links that rest on the film's title alone, so that a remake can be meant.
_BY_TITLE = {"album", "from_title"}
#: Songs that were found by their own title alone, so that another song can be meant.
_BY_SONG_TITLE = {"title_only", "spotify_search_title4+"}


@dataclass
class Cleaned:
    """Soundtrack rows with `movie` (row in the catalogue) and what was done to get there."""

    rows: pd.DataFrame
    movies: pd.DataFrame
    counts: Counter[str] = field(default_factory=Counter)


def clean(rows: pd.DataFrame, movies: pd.DataFrame, first_year: pd.Series) -> Cleaned:
    """Drop what is no song of the film, and give every row the film it belongs to.

    Parameters
    ----------
    rows : pd.DataFrame
        The raw soundtrack table.
    movies : pd.DataFrame
        The catalogue: movie_id, title, also, year, votes, kind; numbered from 0.
    first_year : pd.Series
        Earliest known year of a song, by Spotify id and by `song_key`.

    Returns
    -------
    Cleaned
        With films and series that the catalogue lacked added to its end.
    """
    counts: Counter[str] = Counter(raw=len(rows))
    rows = rows.copy()
    for column in ("track", "artist", "movie_title"):
        rows[column] = rows[column].map(ftfy.fix_text, na_action="ignore").str.strip()
    rows = _drop(rows, rows["movie_title"] == NO_TITLE, "dropped_without_title", counts)
    # The title finder gave every title without a year to the one film without a year.
    yearless = rows["year"].isna()
    counts["unlinked_from_yearless_film"] = int((yearless & rows["movie_id"].notna()).sum())
    rows.loc[yearless, "movie_id"] = None

    rows = _drop(rows, _is_dialogue(rows), "dropped_dialogue", counts)
    rows = _drop(rows, _is_wrong_hit(rows), "dropped_shared_features", counts)
    rows["song_year"] = _song_year(rows, first_year)
    index = TitleIndex(movies)
    number = pd.Series(movies.index, index=movies["movie_id"])
    rows["movie"] = rows["movie_id"].map(number)
    rows, movies = _resolve(rows, movies, index, counts)
    rows = _undo_remakes(rows, movies, index, counts)
    rows = _distinct(rows, counts)
    counts["kept"] = len(rows)
    return Cleaned(rows, movies, counts)


def _drop(rows: pd.DataFrame, which: pd.Series, name: str, counts: Counter[str]) -> pd.DataFrame:
    counts[name] += int(which.sum())
    return rows[~which]


def _is_dialogue(rows: pd.DataFrame) -> pd.Series:
    named = rows["track"].str.contains(_DIALOGUE) | rows["artist"].fillna("").str.contains(
        _DIALOGUE
    )
    spoken = rows["speechiness"] > np.where(rows["confidence"] == 1, SURELY_SPOKEN, SPOKEN)
    return named | spoken


def _is_wrong_hit(rows: pd.DataFrame) -> pd.Series:
    """Rows of one source with the same features under different names: a search that failed."""
    name = rows["track"].map(base_title).map(fold)
    groups = name.groupby([rows[c] for c in (*FEATURES, "feature_source")])
    return groups.transform("nunique") > 1


def _song_year(rows: pd.DataFrame, first_year: pd.Series) -> pd.Series:
    artist = rows["artist"].fillna("")
    key = [song_key(t, a) if a else "" for t, a in zip(rows["track"], artist, strict=True)]
    by_key = pd.Series(key, index=rows.index).map(first_year)
    return pd.concat([by_key, rows["spotify_id"].map(first_year)], axis=1).min(axis=1)


def _resolve(
    rows: pd.DataFrame, movies: pd.DataFrame, index: TitleIndex, counts: Counter[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Find the film of the rows without one; add series and films that the catalogue lacks."""
    added: dict[tuple[str, int], int] = {}
    open_rows = rows[rows["movie"].isna()]
    for (title, _), group in open_rows.groupby(
        [open_rows["movie_title"], open_rows["year"].fillna(0)], sort=True
    ):
        year = group["year"].iloc[0]
        for row, song_year in zip(group.index, group["song_year"], strict=True):
            found = _find(index, title, year, song_year)
            if found is None:
                entry = _new_entry(title, year, group["link_source"].iloc[0])
                if entry is not None:
                    found = added.setdefault(entry, len(movies) + len(added))
            if found is not None:
                rows.loc[row, "movie"] = found
                counts["resolved"] += 1
    new = pd.DataFrame(
        [_entry(title, year, _is_television(title, year, open_rows)) for title, year in added]
    )
    counts["titles_added"] = len(added)
    rows = _drop(rows, rows["movie"].isna(), "dropped_unresolved", counts)
    return rows.astype({"movie": int}), pd.concat([movies, new], ignore_index=True)


def _find(index: TitleIndex, title: str, year: float, song_year: float) -> int | None:
    if not np.isnan(year):
        return index.find(title, int(year))
    if _series(title) is not None:
        return None
    if not np.isnan(song_year):
        found = index.find(title, int(song_year))
        if found is not None:
            return found
    return index.find_known(title, votes=KNOWN_VOTES)


def _series(title: str) -> tuple[str, int] | None:
    return next((series for start, series in SERIES.items() if title.startswith(start)), None)


def _new_entry(title: str, year: float, link_source: str) -> tuple[str, int] | None:
    """A series or a film with a year is worth an entry; a bare title can be a game or an album."""
    series = _series(title) if np.isnan(year) or link_source.startswith("imdb_top250") else None
    return series or (None if np.isnan(year) else (title, int(year)))


def _is_television(title: str, year: int, rows: pd.DataFrame) -> bool:
    entry = (title, year)
    listed = rows["link_source"].str.startswith("imdb_top250") & (rows["movie_title"] == title)
    return (
        entry in TELEVISION
        or entry in SERIES.values()
        or (bool(listed.any()) and entry not in FILMS_OF_THE_LISTS)
    )


def _entry(title: str, year: int, television: bool) -> dict[str, object]:
    kind = "tv" if television else "movie"
    slug = title_key(title).replace(" ", "-")
    return {
        "movie_id": f"{kind}-{slug}-{year}",
        "title": split_title(title)[0],
        "year": year,
        "kind": kind,
    }


def _undo_remakes(
    rows: pd.DataFrame, movies: pd.DataFrame, index: TitleIndex, counts: Counter[str]
) -> pd.DataFrame:
    film_year = rows["movie"].map(movies["year"]).astype(float)
    late = (rows["song_year"] - film_year) > YEARS_AFTER_FILM
    for row in rows.index[late & rows["match"].isin(_BY_TITLE | {"performer"})]:
        other = index.find(rows.at[row, "movie_title"], int(rows.at[row, "song_year"]))
        if other is not None:
            rows.at[row, "movie"] = other
            counts["moved_to_remake"] += 1
        elif rows.at[row, "match"] in _BY_TITLE:
            # A reissue of an old score, or of a film that we do not know: the least trust.
            rows.at[row, "confidence"] = 3
            counts["trust_lowered"] += 1
    return _drop(rows, late & rows["match"].isin(_BY_SONG_TITLE), "dropped_too_late", counts)


def _distinct(rows: pd.DataFrame, counts: Counter[str]) -> pd.DataFrame:
    """One row a song and film, the most trusted one."""
    rows = rows.assign(
        artist=rows["artist"].fillna(""),
        name=rows["track"].map(base_title).map(fold),
    ).sort_values(["movie", "confidence", "track", "artist", "spotify_id"], kind="stable")
    twice = rows.duplicated(["movie", "name"]) | rows.duplicated(["movie", *FEATURES])
    return _drop(rows, twice, "dropped_duplicates", counts)
