"""How long a visitor waits, and what it takes: start-up, song to movies, mp3 to movies, memory.

Run ``python -m benchmarks.app [--json]``. Waiting times depend on the machine, so each stands
beside a baseline from the same run: importing Streamlit alone, scikit-learn's brute-force nearest
neighbours over the same soundtrack tracks, and merely decoding the same mp3.
"""

from __future__ import annotations

import argparse
import io
import json
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile

import spotiflix
from spotiflix.settings import settings

ROOT = Path(__file__).parent.parent
SONG_SECONDS = 180
SAMPLE_RATE = 44_100
QUERIES = 200
REPEATS = 5


def main() -> None:
    """Measure, and print a table or JSON."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    as_json = parser.parse_args().json
    figures = {**_start_up(), **_song_to_movies(), **_mp3_to_movies(), **_memory()}
    figures = {name: round(value, 4) for name, value in figures.items()}
    if as_json:
        print(json.dumps(figures, indent=2))
        return
    for name, value in figures.items():
        print(f"{name:<44} {value:>10.3f}")


def _start_up() -> dict[str, float]:
    """From the command to the server's first answer, beside importing Streamlit."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    baseline = _seconds(
        lambda: subprocess.run([sys.executable, "-c", "import streamlit.web.cli"], check=True)
    )
    start = time.perf_counter()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        while True:
            try:
                urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=1)
                break
            except OSError:
                time.sleep(0.02)
        ready = time.perf_counter() - start
    finally:
        server.terminate()
        server.wait()
    page = _seconds(lambda: subprocess.run([sys.executable, "-c", _FIRST_PAGE], check=True))
    return {
        "start: server answers, s": ready,
        "start: first page computed, new process, s": page,
        "start: importing streamlit alone, s": baseline,
        "start: ratio, first page": page / baseline,
    }


_FIRST_PAGE = """
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("app.py", default_timeout=60).run()
assert not app.exception
"""


def _song_to_movies() -> dict[str, float]:
    """Methods 1 and 2 for one song, beside brute-force neighbours over the same tracks."""
    from sklearn.neighbors import NearestNeighbors

    app = spotiflix.load()
    start = time.perf_counter()
    app.search("warm up")
    loaded = time.perf_counter() - start
    queries = [app.query_song(app.songs[row]) for row in range(0, 50 * QUERIES, 50)]
    app.recommend_all(queries[0])
    ours = _seconds(lambda: [app.recommend_all(query) for query in queries]) / QUERIES
    neighbours = NearestNeighbors(n_neighbors=settings.movies_shown, algorithm="brute")
    neighbours.fit(app.movies.tracks.features)
    points = [query.features.as_array()[None].astype(np.float32) for query in queries]
    brute = _seconds(lambda: [neighbours.kneighbors(point) for point in points]) / QUERIES
    return {
        "search: load and first search, s": loaded,
        "song to movies, two methods with reasons, ms": 1000 * ours,
        "song: brute-force neighbours, ms": 1000 * brute,
        "song: ratio": ours / brute,
    }


def _mp3_to_movies() -> dict[str, float]:
    """A synthetic song of three minutes, from its bytes to the movies of all three methods."""
    data = _mp3()
    app = spotiflix.load()
    start = time.perf_counter()
    app.listen(data)
    first = time.perf_counter() - start

    def whole() -> None:
        app.recommend_all(app.query_audio(data))

    ours = min(_seconds(whole) for _ in range(REPEATS))
    decode = min(_seconds(lambda: soundfile.read(io.BytesIO(data))) for _ in range(REPEATS))
    return {
        "mp3 of 3 minutes: first one, imports torch, s": first,
        "mp3 of 3 minutes to movies, once loaded, s": ours,
        "mp3: decoding alone, s": decode,
        "mp3: ratio": ours / decode,
    }


def _memory() -> dict[str, float]:
    """Peak memory of a process that searched, recommended and listened, beside torch alone."""
    # Not getrusage: its peak is inherited from the process that started this one.
    peak = "print(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])"
    with tempfile.TemporaryDirectory() as folder:
        song = Path(folder) / "song.mp3"
        song.write_bytes(_mp3())
        ours = _output(f"{_EVERYTHING.format(song=str(song))}\n{peak}")
    baseline = _output(f"import torch\n{peak}")
    return {
        "memory: everything loaded, peak, MB": ours / 1024,
        "memory: importing torch alone, MB": baseline / 1024,
        "memory: ratio": ours / baseline,
    }


_EVERYTHING = """
import spotiflix
app = spotiflix.load()
app.recommend_all(app.query_song(app.search("hotel california")[0]))
app.recommend_all(app.query_audio({song!r}))
"""


def _output(code: str) -> float:
    return float(
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout
    )


def _mp3() -> bytes:
    draw = np.random.default_rng(0)
    t = np.arange(SONG_SECONDS * SAMPLE_RATE) / SAMPLE_RATE
    notes = 220 * 2 ** (draw.integers(0, 12, SONG_SECONDS)[t.astype(int)] / 12)
    sound = 0.4 * np.sin(2 * np.pi * notes * t) + 0.05 * draw.normal(size=len(t))
    file = io.BytesIO()
    soundfile.write(file, np.stack([sound, sound], axis=1), SAMPLE_RATE, format="MP3")
    return file.getvalue()


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
