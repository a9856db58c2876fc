"""Rows and files as `train` finds them in the data folder, made up."""

from __future__ import annotations

import io
import tarfile
import zipfile

import numpy as np

from spotiflix.features import FEATURES


def row(track, movie_id=None, /, **changes):
    """A clean soundtrack row of Pulp Fiction, sounding like no other, but for what is named."""
    sound = np.random.default_rng([*track.encode()]).random(7).round(3) * 0.6
    return {
        "movie_id": movie_id,
        "movie_title": "Pulp Fiction",
        "year": 1994.0,
        "track": track,
        "artist": "Somebody",
        "spotify_id": f"id of {track}",
        "match": "performer",
        "confidence": 1,
        "link_source": "imdb_soundtrack",
        "feature_source": "a table",
        **dict(zip(FEATURES, sound, strict=True)),
        **changes,
    }


def song(track, artist, **changes):
    """A row of the raw song tables."""
    return {
        "spotify_id": f"id of {track} by {artist}",
        "track": track,
        "artist": artist,
        "album": None,
        "year": 2000.0,
        "popularity": 50.0,
        "genre": None,
        **dict.fromkeys(FEATURES, 0.5),
        **changes,
    }


TEXTS = {"happy.txt": "I love it\nwonderful", "sad.srt": "I hate it", "plain.txt": "a table"}

SCORES = {"happy.txt": 1.0, "plain.txt": None, "sad.srt": 0.0}


def as_folder(path):
    for name, text in TEXTS.items():
        (path / "texts").mkdir(exist_ok=True)
        (path / "texts" / name).write_text(text)
    (path / "texts/cover.jpg").write_bytes(b"\xff\xd8")
    return path / "texts"


def as_zip(path):
    with zipfile.ZipFile(path / "texts.zip", "w") as archive:
        for name, text in TEXTS.items():
            archive.writestr(f"texts/{name}", text)
    return path / "texts.zip"


def as_tar(path, mode="w:xz"):
    with tarfile.open(path / "texts.tar.xz", mode) as archive:
        for name, text in TEXTS.items():
            info = tarfile.TarInfo(f"texts/{name}")
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text.encode()))
    return path / "texts.tar.xz"
