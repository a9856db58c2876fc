"""How fast audio becomes seven features, decoding included, against VibeNet in the same run.

Run ``python -m benchmarks.listening [--json]``. VibeNet (vibenet 0.1.0, GPL-3.0) is the best public
tool for the same job. It is no dependency: the first run puts it into an environment of its own
under ``.cache/``, and it runs as a process of its own. Both are warm, hold to the same two cores,
hear the same synthetic files in turn and measure themselves; the median counts.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

import numpy as np
import soundfile

ROOT = Path(__file__).parent.parent
ENVIRONMENT = ROOT / ".cache" / "vibenet"
REQUIREMENT = "vibenet==0.1.0"
#: What is heard: name to seconds of sound.
SONGS = {"clip of 30 s": 30, "song of 3 minutes": 180}
SAMPLE_RATE = 44_100
REPEATS = 9
WARM_UP = 3
CORES = 2
INSTALL_SECONDS = 600

#: Either process: reads a path a line, answers the seconds it took, then its peak memory.
_SERVE = """
import json, os, sys, time
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:{cores}])
{prepare}
for line in sys.stdin:
    start = time.perf_counter()
    hear(line.strip())
    print(time.perf_counter() - start, flush=True)
    if line.endswith(" \\n"):
        break
def peak(pid):
    # Not getrusage: its peak is inherited from the process that started this one.
    status = open(f"/proc/{{pid}}/status").read()
    return float(status.split("VmHWM:")[1].split()[0]) / 1024
try:
    print(peak("self"), *[peak(pid) for pid in children()], flush=True)
except OSError:
    print("", flush=True)
"""
_OURS = """
import torch
torch.set_num_threads({cores})
from spotiflix.listening import listen as hear
from spotiflix.audio_pool import pool
children = pool.pids
"""
_THEIRS = """
from vibenet import load_model
hear = load_model().predict
children = tuple
"""


class Process:
    """A process that hears files and says how long each took.

    Parameters
    ----------
    python : str or Path
        Its interpreter.
    prepare : str
        Code that defines ``hear(path)`` and ``children()``.
    """

    def __init__(self, python: str | Path, prepare: str) -> None:
        code = _SERVE.format(cores=CORES, prepare=prepare.format(cores=CORES))
        threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), str(CORES))
        self._process = subprocess.Popen(
            [str(python), "-c", code],
            cwd=ROOT,
            env=os.environ | threads,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def seconds(self, path: Path, *, last: bool = False) -> float:
        """Hear a file; after the `last` one `peaks` can be asked for."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{path}{' ' * last}\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())

    def peaks(self) -> list[float]:
        """Peak memory of the process and of its children, MB; empty where that is unknown."""
        assert self._process.stdout is not None
        return [float(part) for part in self._process.stdout.readline().split()]

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()


def main() -> None:
    """Measure, and print a table or JSON."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    as_json = parser.parse_args().json
    python, reason = vibenet_python()
    figures = measure(python)
    if as_json:
        print(json.dumps(figures | ({"vibenet": reason} if reason else {}), indent=2))
        return
    for name, value in figures.items():
        print(f"{name:<44} {value:>10.3f}")
    if reason:
        print(f"VibeNet is not beside it: {reason}")


def measure(vibenet: Path | None) -> dict[str, float]:
    """Median seconds of each song, ratios, and peak memory in MB.

    Parameters
    ----------
    vibenet : Path, optional
        An interpreter that can import VibeNet; ours is measured alone without it.
    """
    processes = {"ours": Process(sys.executable, _OURS)}
    if vibenet:
        processes["VibeNet"] = Process(vibenet, _THEIRS)
    figures: dict[str, float] = {}
    try:
        with tempfile.TemporaryDirectory() as folder:
            for song, seconds in SONGS.items():
                path = Path(folder) / f"{seconds}.mp3"
                path.write_bytes(_mp3(seconds))
                taken = _in_turn(processes, path, last=song == list(SONGS)[-1])
                for name, each in taken.items():
                    figures[f"{song}: {name}, s"] = each
                if vibenet:
                    figures[f"{song}: ratio"] = taken["ours"] / taken["VibeNet"]
        for name, process in processes.items():
            peaks = process.peaks()
            if peaks:
                figures[f"peak memory: {name}, MB"] = peaks[0]
            if len(peaks) > 1:
                figures[f"peak memory: {name}, with its decoders, MB"] = sum(peaks)
    finally:
        for process in processes.values():
            process.close()
    return {name: round(value, 4) for name, value in figures.items()}


def _in_turn(processes: dict[str, Process], path: Path, *, last: bool) -> dict[str, float]:
    """Median seconds of each process; the one that goes first changes every round."""
    names = list(processes)
    taken: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(WARM_UP + REPEATS):
        for name in names if turn % 2 else reversed(names):
            final = last and turn == WARM_UP + REPEATS - 1
            seconds = processes[name].seconds(path, last=final)
            if turn >= WARM_UP:
                taken[name].append(seconds)
    return {name: statistics.median(values) for name, values in taken.items()}


def vibenet_python() -> tuple[Path | None, str]:
    """An interpreter with VibeNet, made where there is none; else None, and why."""
    python = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if _imports(python):
        return python, ""
    print(f"Installing {REQUIREMENT} into an environment of its own …", file=sys.stderr)
    try:
        venv.create(ENVIRONMENT, clear=True, with_pip=True)
        done = subprocess.run(
            [str(python), "-m", "pip", "install", "--quiet", REQUIREMENT],
            capture_output=True,
            text=True,
            timeout=INSTALL_SECONDS,
        )
    except (OSError, subprocess.SubprocessError) as error:
        return None, f"its environment cannot be made ({error})."
    if _imports(python):
        return python, ""
    errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
    return None, f"it cannot be installed ({errors[-1] if errors else 'pip says nothing'})."


def _imports(python: Path) -> bool:
    command = [str(python), "-c", "import vibenet.core"]
    return python.exists() and subprocess.run(command, capture_output=True).returncode == 0


def _mp3(seconds: int) -> bytes:
    """A melody over chords and noise, in stereo."""
    draw = np.random.default_rng(seconds)
    t = np.arange(seconds * SAMPLE_RATE) / SAMPLE_RATE
    sound = np.zeros((len(t), 2))
    for octave in (1, 2, 4):
        notes = 110 * octave * 2 ** (draw.integers(0, 12, 2 * seconds)[(2 * t).astype(int)] / 12)
        tone = 0.15 * np.sin(2 * np.pi * np.cumsum(notes) / SAMPLE_RATE)
        sound += tone[:, None] * draw.uniform(0.5, 1, 2)
    sound += 0.05 * draw.normal(size=sound.shape)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "song.mp3"
        soundfile.write(path, sound, SAMPLE_RATE, format="MP3")
        return path.read_bytes()


if __name__ == "__main__":
    main()
