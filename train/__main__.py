"""The training commands: ``python -m train COMMAND``."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from spotiflix.assets import DEFAULT_ROOT
from spotiflix.cli import OneLineParser
from spotiflix.errors import SpotiflixError
from train import evaluate
from train.store import Store

Stage = Callable[[Path, Store], None]

#: Stage → module and function, in the order in which they build on each other.
STAGES = {
    "songs": ("train.songs", "run", "song catalogue, and Spotify ids of other versions"),
    "search": ("train.search_index", "run", "search index over the songs"),
    "movies": ("train.movies", "run", "movie catalogue with text positivity, soundtracks"),
    "clusters": ("train.clusters", "run", "k-means of songs and soundtracks, translation, map"),
    "positivity": ("train.networks", "run_positivity", "network: features to positivity"),
    "cluster-network": ("train.networks", "run_cluster", "network: features to song cluster"),
    "listening": ("train.listening", "run", "regression on pretrained networks: audio to features"),
    "report": ("train.report", "run", "the README's tables, from the manifest"),
}

#: Of the stage "listening": ours, or the paper's network.
MODELS = {"best": "train.listening", "paper": "train.papers_listening"}


def main(arguments: list[str] | None = None) -> int:
    """Run a command; exit status 0, or 2 with one line on standard error."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "analyze-movies":
            _analyze("analyze_movies", options.source, options.out)
        elif options.command == "analyze-songs":
            _analyze("analyze_songs", options.lyrics, options.out)
        elif options.command == "evaluate":
            options.run(options)
        else:
            _build(options.command, options.data, options.assets, vars(options).get("model"))
    except SpotiflixError as error:
        print(f"error: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    return 0


def _build(command: str, data: Path, assets: Path, model: str | None = None) -> None:
    if not data.is_dir():
        raise SpotiflixError(f"The data folder {data} does not exist; name it with --data.")
    store = Store(assets)
    names = list(STAGES) if command == "all" else [command]
    for number, name in enumerate(names, 1):
        module, function, what = STAGES[name]
        module = MODELS[model] if model else module
        print(f"[{number}/{len(names)}] {name}: {what}", flush=True)
        start = time.perf_counter()
        stage: Stage = getattr(importlib.import_module(module), function)
        try:
            stage(data, store)
        except FileNotFoundError as error:
            raise SpotiflixError(
                f"The stage {name} needs a file that is missing: {error}"
            ) from None
        print(f"  {time.perf_counter() - start:.0f} s", flush=True)
    store.forget_others()


def _analyze(function: str, source: Path, out: Path) -> None:
    from train import analyze

    table = getattr(analyze, function)(source, out)
    score = table["overall_positiveness_score"]
    print(f"{out}: {len(table)} rows, median positivity {score.median():.3f}")


def _parser() -> argparse.ArgumentParser:
    parser = OneLineParser(prog="python -m train", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    default = Path(os.environ.get("SPOTIFLIX_DATA", "../shared/data"))
    for name, what in [("all", "every stage below, in order")] + [
        (name, stage[2]) for name, stage in STAGES.items()
    ]:
        stage = commands.add_parser(name, help=what)
        stage.add_argument("--data", type=Path, default=default, help="folder with the raw data")
        stage.add_argument("--assets", type=Path, default=DEFAULT_ROOT, help="folder to write to")
        if name == "listening":
            stage.add_argument(
                "--model", choices=MODELS, default="best", help="ours or the paper's"
            )
    movies = commands.add_parser("analyze-movies", help="VADER positivity of movie texts, as CSV")
    movies.add_argument("source", type=Path, help="folder, tar or zip archive of text files")
    movies.add_argument("--out", type=Path, required=True, help="CSV; goes on if it exists")
    songs = commands.add_parser("analyze-songs", help="VADER positivity of lyrics, as CSV")
    songs.add_argument(
        "--lyrics", type=Path, required=True, help="table with title, artist and lyrics"
    )
    songs.add_argument("--out", type=Path, required=True, help="CSV; goes on if it exists")
    evaluate.add_arguments(
        commands.add_parser("evaluate", help="how good the assets are on data of your own")
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
