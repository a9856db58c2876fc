"""The movie catalogue with the positivity of its texts, and the soundtrack table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from spotiflix.text import song_key
from train.analyze import analyze_movies
from train.curated import TELEVISION
from train.lyrics import scores_of
from train.schema import pack_features, pack_share, pack_year
from train.soundtracks import clean
from train.store import Store
from train.titles import split_title

GENRE_NAMES = {"Sci-Fi": "Science Fiction", "Children": "Family", "Film-Noir": "Film Noir"}
GENRES_DROPPED = {"IMAX", "TV Movie"}


def run(data: Path, store: Store) -> None:
    """Write ``movies.parquet`` and ``soundtracks.parquet``."""
    movies = _catalogue(data)
    cleaned = clean(pd.read_parquet(data / "soundtracks.parquet"), movies, _first_years(data))
    movies, positivity = _with_positivity(cleaned.movies, data)
    order = movies.sort_values(["votes", "movie_id"], ascending=[False, True]).index
    new_number = pd.Series(np.arange(len(order)), index=order)
    movies = movies.loc[order].reset_index(drop=True)
    tracks = cleaned.rows.assign(movie=cleaned.rows["movie"].map(new_number))

    store.write_table(
        "movies.parquet",
        _packed_movies(movies),
        source="MovieLens 20M links, TMDB and IMDb tables (facts only); positivity: VADER over "
        "1,819 scripts, dialogues and subtitles, ranked within each kind of text",
        figures={
            "movies": int((movies["kind"] == "movie").sum()),
            "television": int((movies["kind"] == "tv").sum()),
            **positivity,
        },
    )
    tracks = tracks.sort_values(["movie", "confidence", "track", "artist"])
    per_movie = tracks["movie"].value_counts()
    store.write_table(
        "soundtracks.parquet",
        pd.DataFrame(
            {
                "movie": tracks["movie"].to_numpy(np.int32),
                "track": tracks["track"],
                "artist": tracks["artist"].replace("", None),
                "spotify_id": tracks["spotify_id"],
                "confidence": tracks["confidence"].to_numpy(np.uint8),
                **pack_features(tracks),
            }
        ),
        source="IMDb, soundtrack.net and album soundtrack lists joined with public tables of "
        "Spotify features; confidence 1 (performer or album agrees) to 3 (title only)",
        figures={
            **cleaned.counts,
            "movies": len(per_movie),
            "movies_with_three": int((per_movie >= 3).sum()),
        },
    )


def _catalogue(data: Path) -> pd.DataFrame:
    movies = pd.read_parquet(data / "movies.parquet").drop(columns="overview")
    movies = movies.rename(columns={"vote_count": "votes", "original_language": "language"})
    titles = movies["title"].map(split_title)
    movies["television"] = [
        pair in TELEVISION
        for pair in zip(movies["title"], movies["year"].fillna(0).astype(int), strict=True)
    ]
    movies["title"], movies["also"] = titles.str[0], titles.str[1]
    movies["kind"] = np.where(movies.pop("television"), "tv", "movie")
    movies["genres"] = movies["genres"].map(_genres, na_action="ignore")
    movies["language"] = movies["language"].replace("cn", "zh")  # TMDB's code for Cantonese
    return movies.sort_values("movie_id").reset_index(drop=True)


def _genres(text: str) -> str:
    names = (GENRE_NAMES.get(g.strip(), g.strip()) for g in text.replace("|", ",").split(","))
    return ", ".join(dict.fromkeys(n for n in names if n and n not in GENRES_DROPPED))


def _first_years(data: Path) -> pd.Series:
    """Earliest year of a song by Spotify id and by `song_key`; reissues would mislead."""
    columns = ["spotify_id", "track", "artist", "year"]
    both = pd.concat(
        [
            pd.read_parquet(data / f, columns=columns)
            for f in ("songs.parquet", "song_versions.parquet")
        ]
    )
    both = both[both["year"] > 1900]
    artist = both["artist"].fillna("")
    both["key"] = [
        song_key(t, a) if a else None for t, a in zip(both["track"], artist, strict=True)
    ]
    by_key = both.groupby("key")["year"].min()
    by_id = both.assign(first=both["key"].map(by_key).fillna(both["year"]))
    return pd.concat([by_key, by_id.groupby("spotify_id")["first"].min()])


def _with_positivity(movies: pd.DataFrame, data: Path) -> tuple[pd.DataFrame, dict[str, object]]:
    texts = data / "movie_texts.tar.xz"
    scores = analyze_movies(texts, scores_of(texts))
    index = pd.read_csv(data / "movie_texts_index.csv", usecols=["movie_id", "kind", "file"])
    index = index.rename(columns={"kind": "text_kind"}).merge(scores, on="file", how="inner")
    index = index.dropna(subset=["movie_id", "overall_positiveness_score"]).drop_duplicates(
        "movie_id"
    )
    by_kind = index.groupby("text_kind")["overall_positiveness_score"]
    # Mid-ranks, so that the happiest and the saddest text of each kind are alike.
    index["rank"] = (by_kind.rank() - 0.5) / by_kind.transform("size")
    movies = movies.merge(
        index.rename(columns={"overall_positiveness_score": "positivity"}).drop(columns="file"),
        on="movie_id",
        how="left",
    )
    return movies, {
        "with_positivity": len(index),
        "median_positivity": by_kind.median().to_dict(),
        "texts": by_kind.size().to_dict(),
    }


def _packed_movies(movies: pd.DataFrame) -> pd.DataFrame:
    rating = movies["imdb_rating"].fillna(movies["vote_average"])
    source = np.where(movies["imdb_rating"].notna(), "IMDb", "TMDB")
    return pd.DataFrame(
        {
            "movie_id": movies["movie_id"],
            "imdb_id": movies["imdb_id"],
            "tmdb_id": movies["tmdb_id"].fillna(0).to_numpy(np.int32),
            "title": movies["title"],
            "also": movies["also"],
            "year": pack_year(movies["year"]),
            "kind": movies["kind"],
            "genres": movies["genres"],
            "language": movies["language"],
            "runtime": movies["runtime_min"].fillna(0).to_numpy(np.uint16),
            "rating": (rating.fillna(0) * 10).round().to_numpy(np.uint8),
            "rating_source": pd.Series(source).where(rating.notna().to_numpy()),
            "votes": movies["votes"].fillna(0).to_numpy(np.int32),
            "poster_path": movies["poster_path"],
            "text_kind": movies["text_kind"],
            "positivity": pack_share(movies["positivity"]),
            "positivity_rank": pack_share(movies["rank"]),
        }
    )
