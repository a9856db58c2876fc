"""The paper's two analysers: movie texts and lyrics → VADER → positivity, as CSV.

Both append as they go, so a run that was stopped goes on where it stopped.
"""

from __future__ import annotations

import csv
import io
import lzma
import multiprocessing
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from spotiflix.errors import SpotiflixError
from spotiflix.positivity import text_sentiment

SONG_COLUMNS = ["song_name", "artist", "overall_positiveness_score"]
MOVIE_COLUMNS = ["file", "overall_positiveness_score"]
TEXT_SUFFIXES = {".txt", ".srt", ".sub", ".fountain"}
DAMAGED = (tarfile.TarError, zipfile.BadZipFile, lzma.LZMAError, zlib.error, EOFError, OSError)
TITLE_COLUMNS = ("song_name", "title", "track", "name")


def analyze_movies(source: Path, out: Path, *, workers: int | None = None) -> pd.DataFrame:
    """Score every text file of a folder, tar or zip archive.

    Returns
    -------
    pd.DataFrame
        Columns `MOVIE_COLUMNS`, as in the CSV; the score is empty where a text has no sentiment.

    Raises
    ------
    SpotiflixError
        If `source` is neither a folder nor an archive, or holds no text file.
    """
    done = _done(out, MOVIE_COLUMNS)
    todo = (((name,), text) for name, text in _texts(source) if (name,) not in done)
    return _run(todo, out, MOVIE_COLUMNS, "movies", len(done), workers)


def analyze_songs(lyrics: Path, out: Path, *, workers: int | None = None) -> pd.DataFrame:
    """Score the lyrics of a table (CSV or parquet) with columns title, artist and lyrics.

    Returns
    -------
    pd.DataFrame
        Columns `SONG_COLUMNS`, as in the CSV.

    Raises
    ------
    SpotiflixError
        If the table cannot be read or lacks a column.
    """
    try:
        table = pd.read_parquet(lyrics) if lyrics.suffix == ".parquet" else _read(lyrics)
    except (OSError, ValueError) as error:
        raise SpotiflixError(f"{lyrics} cannot be read as a table: {error}") from None
    title = next((name for name in TITLE_COLUMNS if name in table.columns), None)
    missing = [name for name in ("artist", "lyrics") if name not in table.columns]
    if title is None or missing:
        raise SpotiflixError(f"{lyrics} needs the columns title, artist and lyrics.")
    table = table.dropna(subset=[title, "lyrics"]).fillna({"artist": ""})
    done = _done(out, SONG_COLUMNS)
    # On one line, so that a row that was cut by a stop is the last line.
    names = table[[title, "artist"]].astype(str).replace(r"\s*[\r\n]+\s*", " ", regex=True)
    keys = names.itertuples(index=False, name=None)
    todo = ((k, str(t)) for k, t in zip(keys, table["lyrics"], strict=True) if k not in done)
    return _run(todo, out, SONG_COLUMNS, "songs", len(done), workers, total=len(table))


def _read(path: Path) -> pd.DataFrame:
    """A CSV as text: "None" and "1999" are names of songs."""
    return pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])


def _texts(source: Path) -> Iterator[tuple[str, str]]:
    given: set[str] = set()
    try:
        for path, data in _files(source):
            if Path(path).suffix.lower() in TEXT_SUFFIXES:
                # The file's name, as in the paper; its path where another one has that name.
                name = Path(path).name if Path(path).name not in given else path
                given.add(name)
                yield name, data.decode("utf-8", errors="replace")
    except DAMAGED as error:
        raise SpotiflixError(f"{source} is damaged: {error}") from None
    if not given:
        raise SpotiflixError(f"{source} holds no text file ({', '.join(sorted(TEXT_SUFFIXES))}).")


def _files(source: Path) -> Iterator[tuple[str, bytes]]:
    if source.is_dir():
        for path in sorted(p for p in source.rglob("*") if p.is_file()):
            yield path.relative_to(source).as_posix(), path.read_bytes()
    elif source.is_file() and tarfile.is_tarfile(source):
        with tarfile.open(source) as archive:
            for member in archive:
                if member.isfile():
                    yield member.name, archive.extractfile(member).read()  # type: ignore[union-attr]
    elif source.is_file() and zipfile.is_zipfile(source):
        with zipfile.ZipFile(source) as archive:
            for name in sorted(archive.namelist()):
                yield name, archive.read(name)
    else:
        raise SpotiflixError(f"{source} is neither a folder nor a tar or zip archive.")


def _done(out: Path, columns: list[str]) -> set[tuple[str, ...]]:
    if not out.exists():
        return set()
    raw = out.read_bytes().decode("utf-8", errors="ignore")
    if not raw.endswith("\n"):  # the last row was cut by the stop
        raw = raw[: raw.rfind("\n") + 1]
        out.write_bytes(raw.encode())
    rows = list(csv.reader(io.StringIO(raw, newline="")))
    if rows and rows[0] != columns:
        raise SpotiflixError(f"{out} has other columns than {', '.join(columns)}.")
    return {tuple(row[:-1]) for row in rows[1:]}


def _score(item: tuple[tuple[str, ...], str]) -> tuple[str, ...]:
    key, text = item
    positivity = text_sentiment(text).positivity
    return (*key, "" if positivity is None else f"{positivity:.6f}")


def _run(
    todo: Iterable[tuple[tuple[str, ...], str]],
    out: Path,
    columns: list[str],
    unit: str,
    done: int,
    workers: int | None,
    total: int | None = None,
) -> pd.DataFrame:
    out.parent.mkdir(parents=True, exist_ok=True)
    new = not out.exists() or out.stat().st_size == 0
    with (
        out.open("a", encoding="utf-8", newline="") as handle,
        multiprocessing.Pool(workers) as pool,
    ):
        writer = csv.writer(handle, lineterminator="\n")
        if new:
            writer.writerow(columns)
        rows = pool.imap(_score, todo, chunksize=4)
        for row in tqdm(rows, desc=f"VADER, {unit}", unit=unit[:-1], initial=done, total=total):
            writer.writerow(row)
            handle.flush()
    return (
        _read(out)
        .fillna("")
        .assign(overall_positiveness_score=lambda t: pd.to_numeric(t["overall_positiveness_score"]))
    )
