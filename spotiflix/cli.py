"""The command line: ``python -m spotiflix search|recommend|features``."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

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
    """Run a command; exit status 0, or 2 with one line on standard error."""
    options = _parser().parse_args(arguments)
    try:
        result = options.run(load(), options)
    except SpotiflixError as error:
        print(f"error: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
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


def _features(app: Spotiflix, options: argparse.Namespace) -> dict[str, Any]:
    heard = app.listen(options.audio)
    return {
        "features": {name: round(v, 4) for name, v in heard.features.as_dict().items()},
        "windows": heard.windows,
        "seconds": round(heard.seconds, 2),
        "typical_error": heard.typical_error,
        "truncated": heard.truncated,
    }


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
    heard = f"Heard {result['windows']} windows in {result['seconds']:.0f} seconds of audio."
    return "\n".join([heard, *_bars(result["features"], result["typical_error"])])


def _bars(features: dict[str, float], errors: dict[str, float] | None = None) -> list[str]:
    return [
        f"  {name:<16} {'█' * round(BAR * value):<{BAR}} {value:.2f}"
        + (f" ± {errors[name]:.2f}" if errors and name in errors else "")
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

    features = commands.add_parser("features", help="the seven features heard in an audio file")
    features.add_argument("audio", type=Path)
    features.set_defaults(run=_features, show=_show_features)

    for command in (search, recommend, features):
        command.add_argument("--json", action="store_true", help="answer as JSON")
    return parser
