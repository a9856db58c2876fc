"""Many audio files: heard on all cores, a row for each, to a file that the next run goes on."""

from __future__ import annotations

import csv
import io
import json
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

from spotiflix.audio_pool import cores
from spotiflix.errors import AssetError, SpotiflixError
from spotiflix.features import FEATURES
from spotiflix.heard import Heard

#: Files of a folder that are listened to; any other has to be named itself.
SUFFIXES = frozenset(
    {".mp3", ".wav", ".flac", ".ogg", ".oga", ".opus", ".m4a", ".mp4", ".aac", ".wma", ".webm"}
    | {".aif", ".aiff", ".aifc", ".au", ".caf", ".w64", ".amr", ".wv", ".ape", ".mka"}
)
#: Columns of a table.
COLUMNS = ("file", *FEATURES, "windows", "seconds", "truncated", "error")
#: Files worked on at once, at most; each has a decoder of its own.
MOST_WORKERS = 8

Row = dict[str, Any]


def described(heard: Heard) -> Row:
    """What was heard, as numbers and names that JSON knows."""
    return {
        "features": {name: round(v, 4) for name, v in heard.features.as_dict().items()},
        "windows": heard.windows,
        "seconds": round(heard.seconds, 2),
        "typical_error": heard.typical_error,
        "intervals": {
            name: [round(low, 4), round(high, 4)] for name, (low, high) in heard.intervals.items()
        },
        "truncated": heard.truncated,
    }


def audio_files(paths: Iterable[Path]) -> list[str]:
    """Every file that is named, and the audio files of every folder, each once.

    Hidden files and folders are left out, as are links to folders. A name that is no file stays in
    the list: listening to it gives its error.

    Raises
    ------
    SpotiflixError
        If there is none.
    """
    found: dict[str, None] = {}
    folders = []
    for path in paths:
        if not path.is_dir():
            found[str(path)] = None
            continue
        folders.append(f"'{path}'")
        for folder, below, names in os.walk(path):
            below[:] = sorted(name for name in below if not name.startswith("."))
            for name in sorted(names):
                if not name.startswith(".") and Path(name).suffix.lower() in SUFFIXES:
                    found[str(Path(folder, name))] = None
    if not found:
        raise SpotiflixError(
            f"There is no audio file in {' and '.join(folders)} "
            "(mp3, wav, flac, ogg, opus, m4a, aac, wma, …)."
        )
    return list(found)


def hear_all(listen: Callable[[str], Heard], files: list[str]) -> Iterator[Row]:
    """Listen to files on all cores.

    Parameters
    ----------
    listen : callable
        From a path to what is heard there; called from several threads.
    files : list of str

    Yields
    ------
    dict
        For each file, in their order, ``file`` with what `described` says or with an ``error``.

    Raises
    ------
    AssetError
        If the trained network is missing.
    """
    import torch

    workers = min(cores(), MOST_WORKERS, len(files))
    before = torch.get_num_threads()
    each = max(1, before // max(1, workers))

    def row(file: str) -> Row:
        try:
            return {"file": file} | described(listen(file))
        except AssetError:
            raise
        except SpotiflixError as error:
            return {"file": file, "error": " ".join(str(error).split())}

    waiting: deque[Future[Row]] = deque()
    left = iter(files)
    with ThreadPoolExecutor(
        max(1, workers), initializer=torch.set_num_threads, initargs=(each,)
    ) as pool:
        try:
            waiting.extend(pool.submit(row, file) for file in islice(left, 2 * workers))
            while waiting:
                done = waiting.popleft().result()
                waiting.extend(pool.submit(row, file) for file in islice(left, 1))
                yield done
        finally:
            pool.shutdown(cancel_futures=True)
            torch.set_num_threads(before)


def as_json(row: Row) -> str:
    """A row as a line of JSON."""
    return json.dumps(row, ensure_ascii=False) + "\n"


def as_csv(row: Row) -> str:
    """A row as a line of CSV, in the order of `COLUMNS`."""
    flat = {**row, **row.get("features", {})}
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow([flat.get(name, "") for name in COLUMNS])
    return line.getvalue()


def as_words(row: Row) -> str:
    """A row as one line for people; its features can be given to ``recommend --features``."""
    if "error" in row:
        return f"{row['file']}  error: {row['error']}\n"
    values = ",".join(f"{name}={value:.2f}" for name, value in row["features"].items())
    return f"{row['file']}  {values}\n"


class Record:
    """A file of rows that grows, and that a later run goes on from.

    Parameters
    ----------
    path : Path
        Made if it does not exist. A last line that was cut off by the end of a run is dropped.
    table : bool
        CSV; lines of JSON otherwise.

    Raises
    ------
    SpotiflixError
        If it cannot be written, or holds something else than rows of this kind.
    """

    def __init__(self, path: Path, *, table: bool) -> None:
        self.path = path
        self._line = as_csv if table else as_json
        header = ",".join(COLUMNS) + "\n" if table else ""
        try:
            # Bytes of a name that are no UTF-8 go through as they are.
            self._file = path.open("a+", encoding="utf-8", errors="surrogateescape", newline="")
        except OSError as error:
            raise SpotiflixError(f"'{path}' cannot be written: {error.strerror}.") from None
        self._file.seek(0)
        text = self._file.read()
        whole = text[: text.rfind("\n") + 1]
        files = _files_of(whole, header, table=table)
        if files is None or (table and not whole and not header.startswith(text)):
            self._file.close()
            raise SpotiflixError(
                f"'{path}' holds something else than rows of this kind; choose another --out."
            )
        self.files = files
        if whole != text:
            self._file.truncate(len(whole.encode("utf-8", "surrogateescape")))
        if not whole:
            self._file.write(header)
            self._file.flush()

    def append(self, row: Row) -> None:
        """Write a row, at once."""
        self._file.write(self._line(row))
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _files_of(text: str, header: str, *, table: bool) -> set[str] | None:
    """The files that have a row; None if not all of the text is rows."""
    if table:
        rows = list(csv.reader(io.StringIO(text.removeprefix(header), newline="")))
        ours = text.startswith(header) or not text
        return {row[0] for row in rows} if ours and all(map(_is_row, rows)) else None
    try:
        # Not splitlines: a name may hold one of the rarer ends of a line.
        return {json.loads(line)["file"] for line in text.split("\n")[:-1]}
    except (ValueError, TypeError, KeyError):
        return None


def _is_row(cells: list[str]) -> bool:
    return len(cells) == len(COLUMNS)
