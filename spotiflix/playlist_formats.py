"""Playlists as people keep them, read into titles and artists: pasted lines, CSV and M3U."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from spotiflix.errors import EmptyInput, PlaylistError
from spotiflix.settings import settings
from spotiflix.text import fold

EXPECTED = "expected lines like 'Artist - Title', a CSV with a title column, or an M3U playlist"

#: Column names, folded, in the order in which they are believed.
TITLE_COLUMNS = (
    "track name", "track title", "song name", "song title", "title", "track", "song", "name",
    "titre", "titel", "titulo", "titolo", "cancion", "musica", "nom", "nome", "nombre",
)  # fmt: skip
ARTIST_COLUMNS = (
    "artist name s", "artist names", "artist name", "track artist", "artists", "artist",
    "performer", "artiste", "artistes", "kunstler", "interpret", "artista", "artistas",
)  # fmt: skip
ID_COLUMNS = (
    "track uri", "spotify uri", "spotify track id", "spotify id", "track id", "uri", "id",
    "track url", "spotify url", "url", "link",
)  # fmt: skip

_SPOTIFY = re.compile(r"(?:spotify:track:|open\.spotify\.com/(?:[\w-]+/)?track/)([0-9A-Za-z]{22})")
_BARE_ID = re.compile(r"(?=.*\d)[0-9A-Za-z]{22}")
_EXTINF = re.compile(r"#EXTINF:\s*-?[\d.]*[^,]*,\s*(.*)", re.IGNORECASE)
_DASH = re.compile(r"\s+(?:-+|–|—|\||~)\s+|\t+")
_TIME = r"[\[(]?\d{1,2}:\d{2}(?::\d{2})?[\])]?"
_TIME_BEFORE = re.compile(rf"^{_TIME}\s+(?![-–—|~]\s)(?=\S)")
_TIME_AFTER = re.compile(rf"(?<=[^\s\-–—|~])\s+(?:[-–—|~]\s+)?{_TIME}$")
_NUMBER = re.compile(r"^(?:#?\d{1,4}\s*[.):]\s+|#\d{1,4}\s+|\d{1,4}\s+[-–—]\s+(?=.*\s[-–—]\s))")
_BULLET = re.compile(r"^(?:[-–—*•‣·▪►♪♫✓]|\[[ xX]?\])\s+")
_BY = re.compile(r"^(.+)\s+by\s+(.+)$", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


@dataclass(frozen=True)
class PlaylistLine:
    """One song of a playlist, as far as it can be told without a catalogue.

    Attributes
    ----------
    input : str
        The line as its owner wrote it; of a CSV, ``"artist - title"``.
    title : str
        May be the artist: ``"A - B"`` does not say which is which. Empty if only an id is given.
    artist : str or None
        None if the line does not tell it from the title.
    spotify_id : str or None
        From a link, URI or id.
    """

    input: str
    title: str
    artist: str | None = None
    spotify_id: str | None = None


def parse_playlist(source: str | bytes | Path, name: str | None = None) -> list[PlaylistLine]:
    """Read a playlist; what it is shows in its content, not in its name.

    Parameters
    ----------
    source : str, bytes or Path
        Pasted text, the content of a file, or a file.
    name : str, optional
        What to call the playlist in an error.

    Returns
    -------
    list of PlaylistLine
        In the order of the playlist, one for every line that is not blank.

    Raises
    ------
    EmptyInput
        If it holds no songs.
    PlaylistError
        If it is too large, cannot be opened, or is not text of a known form.
    """
    if isinstance(source, Path):
        name = name or source.name
        try:
            source = source.read_bytes()
        except OSError as error:
            reason = error.strerror or "unreadable"
            raise PlaylistError(f"The playlist '{name}' cannot be opened: {reason}.") from None
    called = f"The playlist '{name}'" if name else "The playlist"
    if len(source) > settings.playlist_megabytes * 1_000_000:
        raise PlaylistError(f"{called} is larger than {settings.playlist_megabytes} MB.")
    text = source if isinstance(source, str) else _decode(source)
    if text is None or len(_CONTROL.findall(text)) > len(text) / 1000:
        raise PlaylistError(f"{called} is not text; {EXPECTED}.")
    text = text.removeprefix("\ufeff").strip()
    if text.startswith(("{", "[{", "<?xml", "<plist", "<!DOCTYPE", "<html")):
        raise PlaylistError(f"{called} is JSON or XML, which is not read; {EXPECTED}.")
    if "#EXTM3U" in text[:100] or "#EXTINF" in text:
        lines = list(_from_m3u(text))
    else:
        table = _from_csv(text, called)
        lines = [_from_line(each) for each in _written(text)] if table is None else table
    if not lines:
        raise EmptyInput(f"{called} is empty; {EXPECTED}.")
    return lines


def _decode(data: bytes) -> str | None:
    """Text of the encoding that the bytes betray; None if they are no text."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in data:
        # Latin text in UTF-16 is every other byte zero; which ones tells the byte order.
        encodings = ["utf-16-le" if data[1::2].count(0) > data[::2].count(0) else "utf-16-be"]
    else:
        encodings = ["utf-8-sig", "cp1252", "latin-1"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _written(text: str) -> list[str]:
    return [line for line in map(str.strip, text.splitlines()) if line]


def _from_line(line: str, shown: str | None = None) -> PlaylistLine:
    """A line as a person writes it: numbered, with a bullet, a duration or a link."""
    shown = shown or line
    link = _SPOTIFY.search(line)
    spotify_id = link[1] if link else line if _BARE_ID.fullmatch(line) else None
    if spotify_id:
        line = "" if link is None else re.sub(r"\S*" + re.escape(link[0]) + r"\S*", "", line)
    line = _BULLET.sub("", line.strip())
    line = _NUMBER.sub("", _TIME_BEFORE.sub("", _NUMBER.sub("", line))).strip()
    untimed = _TIME_AFTER.sub("", line)
    # What follows the only dash is the title, even if it is "4:44".
    line = line if _DASH.search(line) and not _DASH.search(untimed) else untimed
    before, dash, after = _cut(line)
    if dash:
        return PlaylistLine(shown, after, before, spotify_id)
    by = _BY.match(line)
    if by:
        return PlaylistLine(shown, _unquoted(by[1]), _unquoted(by[2]), spotify_id)
    return PlaylistLine(shown, _unquoted(line), None, spotify_id)


def _cut(line: str) -> tuple[str, bool, str]:
    parts = [_unquoted(part) for part in _DASH.split(line, maxsplit=1)]
    return (parts[0], True, parts[1]) if len(parts) == 2 and all(parts) else (line, False, "")


def _unquoted(text: str) -> str:
    return text.strip(' \t"“”„')


def _from_csv(text: str, called: str) -> list[PlaylistLine] | None:
    """Rows below a header that names the columns; None if there is no such header."""
    header = text.partition("\n")[0]
    best: tuple[int, str] = (0, "")
    for delimiter in ",;\t|":
        names = [fold(each) for each in next(csv.reader([header], delimiter=delimiter), [])]
        known = sum(
            _column(names, kind) is not None for kind in (TITLE_COLUMNS, ARTIST_COLUMNS, ID_COLUMNS)
        )
        # A lone recognised word may be a song called "Song"; two columns are a table.
        best = max(best, (known if len(names) > 1 else 0, delimiter))
    if not best[0]:
        return None
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=best[1]))
    except csv.Error as error:
        raise PlaylistError(f"{called} is a damaged CSV ({error}); {EXPECTED}.") from None
    names = [fold(each) for each in rows[0]]
    at_title, at_artist = _column(names, TITLE_COLUMNS), _column(names, ARTIST_COLUMNS)
    at_id = _column(names, ID_COLUMNS)
    if at_title is None and at_id is None:
        return None
    lines = []
    for row in rows[1:]:
        title, artist, link = (
            row[at].strip() if at is not None and at < len(row) else ""
            for at in (at_title, at_artist, at_id)
        )
        found = _SPOTIFY.search(link)
        spotify_id = found[1] if found else link if _BARE_ID.fullmatch(link) else None
        if title or spotify_id:
            shown = " - ".join(filter(None, (artist, title))) or link
            lines.append(PlaylistLine(shown, title, artist or None, spotify_id))
    return lines


def _column(names: list[str], known: tuple[str, ...]) -> int | None:
    return next((names.index(each) for each in known if each in names), None)


def _from_m3u(text: str) -> Iterator[PlaylistLine]:
    """Entries by their EXTINF name, else by their file name."""
    title = ""
    for line in [*_written(text), "#EXTINF:,"]:
        extinf = _EXTINF.match(line)
        if extinf:
            if title:
                yield _from_line(title)
            title = extinf[1].strip()
        elif not line.startswith("#"):
            link = _SPOTIFY.search(line)
            stem = PurePosixPath(unquote(line).replace("\\", "/")).stem.replace("_", " ")
            entry = _from_line(title or (link[0] if link else stem), shown=title or line)
            yield replace(entry, spotify_id=link[1]) if link else entry
            title = ""
