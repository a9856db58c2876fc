"""The command line: ``python -m spotiflix search|recommend|features``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from spotiflix import batch
from spotiflix.engine import METHODS, Spotiflix, load
from spotiflix.errors import NeedsAudio, PlaylistError, SpotiflixError
from spotiflix.features import Features
from spotiflix.query import Query
from spotiflix.settings import settings

BAR = 20


class OneLineParser(argparse.ArgumentParser):
    """argparse answers a mistake with a usage text; here it is one line, like every other error."""

    def error(self, message: str) -> NoReturn:
        print(f"error: {message} (see '{self.prog} --help')", file=sys.stderr)
        sys.exit(2)


def main(arguments: list[str] | None = None) -> int:
    """Run a command; exit status 0, or 2 with one line on standard error (130 if interrupted)."""
    options = _parser().parse_args(arguments)
    try:
        result = options.run(load(), options)
    except SpotiflixError as error:
        print(f"error: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
    if result is None:
        return 0
    if options.json:
        print(json.dumps(result, ensure_ascii=False, indent=2))
    else:
        print(options.show(result))
    return 0


def _search(app: Spotiflix, options: argparse.Namespace) -> dict[str, Any]:
    if options.limit < 1:
        raise SpotiflixError(f"The number of songs must be at least 1, not {options.limit}.")
    songs = app.search(" ".join(options.text), options.limit)
    return {
        "songs": [
            {
                "song_id": song.song_id,
                "title": song.title,
                "artist": song.artist,
                "year": song.year,
                "genre": song.genre,
                "popularity": song.popularity,
                "features": song.features.as_dict(),
            }
            for song in songs
        ]
    }


def _recommend(app: Spotiflix, options: argparse.Namespace) -> dict[str, Any]:
    query = _query(app, options)
    choices = {"via": options.via, "television": not options.no_tv}
    if options.method == "all":
        found = app.recommend_all(query, options.top, **choices)
    else:
        found = {options.method: app.recommend(query, options.method, options.top, **choices)}
    return {
        "query": query.as_dict(),
        "methods": {name: [each.as_dict() for each in movies] for name, movies in found.items()},
    }


def _query(app: Spotiflix, options: argparse.Namespace) -> Query:
    named = [options.song, options.playlist, options.features]
    if sum(value is not None for value in named) > 1:
        raise SpotiflixError("Give one of --song, --playlist and --features.")
    if options.artist is not None and options.song is None:
        raise SpotiflixError("--artist goes with --song.")
    if options.audio is not None and (options.playlist or options.features):
        raise SpotiflixError("--audio stands alone or goes with --song.")
    if options.playlist is not None:
        return app.query_playlist(_content(options.playlist), name=options.playlist.name)
    if options.features is not None:
        return app.query_features(Features.parse(options.features))
    if options.song is not None:
        query = app.query_song(app.find_song(options.song, options.artist))
        if options.audio is not None:
            return query.with_heard(app.listen(options.audio))
        if options.method == "listening":
            raise NeedsAudio(
                "The listening method needs audio: add --audio FILE with the song as an mp3."
            )
        return query
    if options.audio is not None:
        return replace(app.query_audio(options.audio), title=options.audio.name)
    raise SpotiflixError("Give a song (--song), a playlist, an audio file or seven features.")


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > settings.playlist_megabytes * 1_000_000:
            raise PlaylistError(
                f"{path} is larger than {settings.playlist_megabytes} MB, too large for a playlist."
            )
        return path.read_bytes()
    except OSError:
        raise PlaylistError(f"The playlist {path} cannot be opened.") from None


def _features(app: Spotiflix, options: argparse.Namespace) -> dict[str, Any] | None:
    """What is heard in one file; rows for more than one are written here as they come."""
    if options.json and options.csv:
        raise SpotiflixError("Give one of --json and --csv.")
    one = len(options.audio) == 1 and not options.audio[0].is_dir()
    if one and not options.csv and options.out is None:
        return batch.described(app.listen(options.audio[0]))
    files = batch.audio_files(options.audio)
    if options.out is None:
        line = batch.as_json if options.json else batch.as_csv if options.csv else batch.as_words
        if options.csv:
            _print_raw(",".join(batch.COLUMNS) + "\n")
        _hear_all(app, files, lambda row: _print_raw(line(row)))
        return None
    table = options.csv or (not options.json and options.out.suffix.lower() == ".csv")
    record = batch.Record(options.out, table=table)
    try:
        _hear_all(app, files, record.append, known=record.files)
    finally:
        record.close()
    return None


def _hear_all(
    app: Spotiflix,
    files: list[str],
    write: Callable[[batch.Row], None],
    known: Collection[str] = (),
) -> None:
    """Hear what is not known yet, with a progress bar and a last line on standard error."""
    from tqdm import tqdm

    left = [file for file in files if file not in known]
    failed = 0
    bar = tqdm(
        batch.hear_all(app.listen, left) if left else (),
        desc="Listening",
        unit="file",
        initial=len(files) - len(left),
        total=len(files),
    )
    for row in bar:
        failed += "error" in row
        write(row)
    before = f", {len(files) - len(left)} from before" if known else ""
    print(f"{len(left) - failed} heard, {failed} with an error{before}.", file=sys.stderr)


def _print_raw(line: str) -> None:
    # A name's bytes that are no UTF-8 cannot be printed.
    print(line.encode("utf-8", "replace").decode(), end="", flush=True)


def _show_search(result: dict[str, Any]) -> str:
    if not result["songs"]:
        return "Nothing found."
    return "\n".join(
        f"{song['title']} · {song['artist']}{_year(song)}  [{song['song_id']}]"
        for song in result["songs"]
    )


def _show_recommend(result: dict[str, Any]) -> str:
    query = result["query"]
    lines = [query["source"], *_bars(query["features"])]
    if query.get("not_found"):
        lines.append("Not found: " + "; ".join(each["input"] for each in query["not_found"]))
    for method, movies in result["methods"].items():
        lines += ["", method.capitalize()]
        for movie in movies:
            series = ", series" if movie["kind"] == "tv" else ""
            lines.append(f"  {movie['rank']}. {movie['title']}{_year(movie)}{series}")
            lines.append(f"     {movie['reason']}")
    return "\n".join(lines)


def _show_features(result: dict[str, Any]) -> str:
    heard = f"Heard {result['windows']} windows in {result['seconds']:.0f} seconds of audio:"
    bracket = "In brackets, where the true value lies four times in five."
    return "\n".join([heard, *_bars(result["features"], result["intervals"]), bracket])


def _bars(features: dict[str, float], intervals: dict[str, list[float]] | None = None) -> list[str]:
    return [
        f"  {name:<16} {'█' * round(BAR * value):<{BAR}} {value:.2f}"
        + ("  ({:.2f} to {:.2f})".format(*intervals[name]) if intervals else "")
        for name, value in features.items()
    ]


def _year(item: dict[str, Any]) -> str:
    return f" ({item['year']})" if item["year"] else ""


def _parser() -> argparse.ArgumentParser:
    parser = OneLineParser(
        prog="python -m spotiflix", description="Movies that feel like the music you give."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    search = commands.add_parser("search", help="songs by title, artist or both")
    search.add_argument("text", nargs="+")
    search.add_argument("--limit", type=int, default=settings.search_results)
    search.set_defaults(run=_search, show=_show_search)

    recommend = commands.add_parser("recommend", help="movies for a song, playlist or audio file")
    recommend.add_argument("--song", metavar="TITLE")
    recommend.add_argument("--artist", metavar="NAME")
    recommend.add_argument("--audio", type=Path, metavar="FILE")
    recommend.add_argument("--playlist", type=Path, metavar="FILE")
    recommend.add_argument("--features", metavar="NAME=VALUE,…", help="all seven, each 0 to 1")
    recommend.add_argument("--method", choices=[*METHODS, "all"], default="all")
    recommend.add_argument("--top", type=int, default=settings.movies_shown, metavar="N")
    recommend.add_argument(
        "--via",
        choices=["clusters", "positivity"],
        default="clusters",
        help="what the heard features go to in the listening method",
    )
    recommend.add_argument("--no-tv", action="store_true", help="leave out series")
    recommend.set_defaults(run=_recommend, show=_show_recommend)

    features = commands.add_parser(
        "features", help="the seven features heard in audio files, or in folders of them"
    )
    features.add_argument("audio", type=Path, nargs="+", help="files or folders")
    features.add_argument("--csv", action="store_true", help="answer as CSV, a line a file")
    features.add_argument(
        "--out", type=Path, metavar="FILE", help="lines of JSON, or CSV; goes on if it exists"
    )
    features.set_defaults(run=_features, show=_show_features)

    for command in (search, recommend, features):
        command.add_argument("--json", action="store_true", help="answer as JSON")
    return parser
