"""The song catalogue and the Spotify ids of its versions."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from pathlib import Path

import ftfy
import numpy as np
import pandas as pd
from tqdm import tqdm

from spotiflix.features import FEATURES
from spotiflix.songs import NO_POPULARITY
from spotiflix.text import base_title, fold, song_key
from train.lyrics import lyric_positivity
from train.schema import pack_features, pack_share, pack_year
from train.store import Store

GENRES_KEPT = 3
#: What is left of a name in a wrong encoding once letters were lost, and rows run together.
_UNREADABLE = re.compile(
    r"[\x80-\x9f\ufffd]|[ãåæçè][¡-¿€™‹›Ÿ„†‡…‰–—˜]|\?{2,}[^\x00-\x7f]|[^\x00-\x7f]\?{2,}"
    r"|[а-яё]\?[а-яё]|^\?[а-яё]",
    re.IGNORECASE,
)
#: A table that gave the name of a playlist for every song in it.
_NO_TITLE = "❤️ Liked Songs"
#: Versions without an artist are taken for the song of the same title if they sound alike:
#: every feature within this distance.
SAME_SOUND = 0.05


def run(data: Path, store: Store) -> None:
    """Write ``songs.parquet`` (one row a song) and ``song_versions.parquet`` (one row an id)."""
    songs, counts = _clean(pd.read_parquet(data / "songs.parquet"))
    versions, _ = _clean(pd.read_parquet(data / "song_versions.parquet"))
    songs = _rank(songs, versions)
    lyrics = lyric_positivity(data)
    songs["lyric_positivity"] = songs["key"].map(lyrics)

    store.write_table(
        "songs.parquet",
        pd.DataFrame(
            {
                "song_id": songs["song_id"],
                "title": songs["track"],
                "artist": songs["artist"],
                "year": pack_year(songs["year"]),
                "popularity": songs["popularity"].round().fillna(NO_POPULARITY).to_numpy(np.uint8),
                "genre": songs["genre"].map(_genres, na_action="ignore"),
                **pack_features(songs),
                "lyric_positivity": pack_share(songs["lyric_positivity"]),
            }
        ),
        source="93 public tables of Spotify features, merged by track and artist; medians over "
        "agreeing sources; names repaired with ftfy; lyric positivity by VADER",
        figures={
            "songs": len(songs),
            **counts,
            "with_lyric_positivity": int(songs["lyric_positivity"].notna().sum()),
            "with_spotify_id": int(songs["spotify_id"].notna().sum()),
        },
    )
    table = _versions(songs, versions)
    store.write_table(
        "song_versions.parquet",
        table,
        source="Spotify ids of other versions of the songs, by title, artist and sound; rows "
        "without a song of the catalogue keep their own title and features",
        figures={"ids": len(table), "without_song": int((table["row"] < 0).sum())},
    )


def _clean(table: pd.DataFrame) -> tuple[pd.DataFrame, Counter[str]]:
    """Repair names, and drop the rows whose names are beyond it; what was done, counted."""
    counts: Counter[str] = Counter()
    for column in ("track", "artist"):
        before = table[column].fillna("")
        # A name of several lines is rows of a table that ran together where a quote was open.
        after = before.str.split("\n").str[0]
        after = after.map(lambda t: t if t.isascii() else ftfy.fix_text(t)).str.strip()
        counts["names_repaired"] += int((before.str.strip() != after).sum())
        table[column] = after
    names = table["track"] + " " + table["artist"]
    lost = names.str.contains(_UNREADABLE) | (table["track"] == _NO_TITLE)
    counts["dropped_unreadable"] = int(lost.sum())
    table = table[~lost].reset_index(drop=True)
    keys = zip(table["track"], table["artist"], strict=True)
    table["key"] = [song_key(*pair) for pair in tqdm(keys, "song keys", total=len(table))]
    return table, counts


def _rank(songs: pd.DataFrame, versions: pd.DataFrame) -> pd.DataFrame:
    """Fill popularity from other versions of the song, number the songs, popular ones first."""
    named = versions[versions["artist"] != ""]
    best = named.groupby("key")["popularity"].max()
    songs["popularity"] = songs["popularity"].fillna(songs["key"].map(best))
    digest = [
        hashlib.blake2s(f"{t}|{a}".encode(), digest_size=8).hexdigest()
        for t, a in zip(songs["track"], songs["artist"], strict=True)
    ]
    # A Spotify id has 22 characters; songs without one get a shorter one from their name.
    songs["song_id"] = songs["spotify_id"].fillna(pd.Series(digest, index=songs.index))
    order = ["popularity", "track", "artist", "song_id"]
    return songs.sort_values(
        order, ascending=[False, True, True, True], na_position="last"
    ).reset_index(drop=True)


def _genres(text: str) -> str:
    parts = [p.strip().lower().replace("_", " ") for p in text.replace(";", ",").split(",")]
    return ", ".join(list(dict.fromkeys(filter(None, parts)))[:GENRES_KEPT])


def _versions(songs: pd.DataFrame, versions: pd.DataFrame) -> pd.DataFrame:
    other = versions[~versions["spotify_id"].isin(set(songs["song_id"]))].sort_values("spotify_id")
    first = songs.reset_index().drop_duplicates("key").set_index("key")["index"]
    row = other["key"].map(first).where(other["artist"] != "")
    row = row.fillna(_same_title_and_sound(songs, other[row.isna()])).fillna(-1).astype(np.int32)
    lone = row < 0
    return pd.DataFrame(
        {
            "spotify_id": other["spotify_id"],
            "row": row,
            "title": other["track"].where(lone),
            "artist": other["artist"].where(lone & (other["artist"] != "")),
            **{
                name: pd.array(values, dtype="UInt16")
                for name, values in pack_features(other).items()
            },
        }
    ).pipe(_blank_features, ~lone)


def _blank_features(table: pd.DataFrame, where: pd.Series) -> pd.DataFrame:
    table.loc[where, list(FEATURES)] = pd.NA
    return table.reset_index(drop=True)


def _same_title_and_sound(songs: pd.DataFrame, lone: pd.DataFrame) -> pd.Series:
    title = songs["track"].map(base_title).map(fold)
    rows_of = songs.groupby(title.where(title != "")).indices
    sound = songs[list(FEATURES)].to_numpy()
    found = {}
    wanted = lone["track"].map(base_title).map(fold)
    for index, name, features in zip(
        lone.index, wanted, lone[list(FEATURES)].to_numpy(), strict=True
    ):
        rows = rows_of.get(name)
        if rows is not None:
            distance = np.abs(sound[rows] - features).max(axis=1)
            if distance.min() <= SAME_SOUND:
                found[index] = rows[distance.argmin()]
    return pd.Series(found, dtype=float)
