"""How fast and how right the song search is, beside a plain fuzzy comparison with every song.

Run ``python -m benchmarks.search [--json]``. Both run in one process on one core, so that the
ratio of their times holds on any machine. The baseline is slow and answers every sixth query.
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from collections.abc import Callable
from itertools import compress
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz, process, utils

from spotiflix.assets import Assets
from spotiflix.search import SongSearch
from spotiflix.songs import SongCatalogue
from spotiflix.text import song_key

QUERIES = Path(__file__).parent.parent / "tests" / "search_queries.csv"
BASELINE_EVERY = 6
SHOWN = 3


def main() -> None:
    """Measure, and print a table or JSON."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    as_json = parser.parse_args().json

    start = time.perf_counter()
    assets = Assets()
    songs = SongCatalogue(assets)
    search = SongSearch(songs, assets)
    search.search("warm up")
    load_seconds = time.perf_counter() - start

    queries = list(csv.DictReader(QUERIES.open("r", -1, "utf-8")))
    names = [
        utils.default_process(f"{title} {artist}")
        for title, artist in zip(songs.titles, songs.artists, strict=True)
    ]

    def compare(text: str) -> list[int]:
        found = process.extract(
            text, names, scorer=fuzz.WRatio, processor=utils.default_process, limit=SHOWN
        )
        return [row for *_, row in found]

    def find(text: str) -> list[int]:
        return [match.row for match in search.matches(text, SHOWN)]

    # Each query once: a second time the names would come from a cache.
    found = [_ask(find, query, songs) for query in queries]
    tuned = [query["half"] == "tuned" for query in queries]
    compared = [_ask(compare, query, songs) for query in queries[::BASELINE_EVERY]]
    figures = {
        "songs": len(songs),
        "load_seconds": round(load_seconds, 3),
        "search": _summary(found),
        "search_tuned": _summary(list(compress(found, tuned))),
        "search_held_out": _summary(list(compress(found, [not each for each in tuned]))),
        "search_on_sample": _summary(found[::BASELINE_EVERY]),
        "baseline_on_sample": _summary(compared),
    }
    ours, baseline = figures["search_on_sample"], figures["baseline_on_sample"]
    figures["times_faster"] = round(baseline["p50_ms"] / ours["p50_ms"], 1)
    print(json.dumps(figures, indent=1) if as_json else _table(figures))


def _ask(
    answer: Callable[[str], list[int]], query: dict[str, str], songs: SongCatalogue
) -> tuple[float, int | None]:
    """Milliseconds taken, and the place of the right song among those shown."""
    start = time.perf_counter()
    rows = answer(query["query"])
    took = 1000 * (time.perf_counter() - start)
    keys = [song_key(songs.titles[row], songs.artists[row]) for row in rows]
    wanted = song_key(query["title"], query["artist"])
    return took, keys.index(wanted) if wanted in keys else None


def _summary(answers: list[tuple[float, int | None]]) -> dict[str, float]:
    p50, p95 = np.percentile([took for took, _ in answers], [50, 95])
    places = [place for _, place in answers]
    return {
        "queries": len(answers),
        "p50_ms": round(float(p50), 2),
        "p95_ms": round(float(p95), 2),
        "top_3": round(1 - places.count(None) / len(places), 4),
        "top_1": round(places.count(0) / len(places), 4),
    }


def _table(figures: dict) -> str:
    lines = [f"{figures['songs']:,} songs, loaded and first search in {figures['load_seconds']} s"]
    lines.append(f"{'':20}{'queries':>8}{'p50 ms':>9}{'p95 ms':>9}{'top 3':>8}{'top 1':>8}")
    for name, row in figures.items():
        if isinstance(row, dict):
            lines.append(
                f"{name.replace('_', ' '):20}{row['queries']:>8}{row['p50_ms']:>9.1f}"
                f"{row['p95_ms']:>9.1f}{row['top_3']:>8.1%}{row['top_1']:>8.1%}"
            )
    return "\n".join([*lines, f"{figures['times_faster']} times faster than the baseline (median)"])


if __name__ == "__main__":
    main()
