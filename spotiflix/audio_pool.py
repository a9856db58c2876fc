"""Warm child processes of `spotiflix.audio_worker`: started once, used for many files.

Starting an interpreter with numpy and libsndfile takes longer than decoding a song, so a child that
has answered is kept for the next file. One that crashed or ran out of time is ended with the ffmpeg
that it may have started, and the next file gets a fresh one. Children are started as new programs
(never forked off, so that no lock, thread or socket of this process comes along), and end by
themselves when this process does, however it ends: their standard input closes.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

#: Idle children that are kept, of 40 MB each: as many as are of use at once, within reason.
MOST_IDLE = min(max(4, os.cpu_count() or 1), 8)
#: Files after which a child is replaced, whatever the libraries that it calls may have leaked.
MOST_JOBS = 500


def cores() -> int:
    """Processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Worker:
    """One child process.

    Parameters
    ----------
    script : Path
        The program: reads a job a line, as JSON, and answers each in a line.
    """

    def __init__(self, script: Path) -> None:
        self.script = script
        self.jobs = 0
        # -P keeps this folder off the child's path: it holds names like text.py.
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
        )

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the child runs."""
        return self._process.poll() is None

    def ask(self, job: dict[str, Any], seconds: float) -> dict[str, Any] | None:
        """Have a job done.

        Parameters
        ----------
        job : dict
            Goes to the child as JSON.
        seconds : float > 0
            After these the child is ended.

        Returns
        -------
        dict or None
            The answer; None if the job failed. After a crash or a time-out `alive` is False.
        """
        self.jobs += 1
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        limit = threading.Timer(seconds, self._kill)
        limit.daemon = True
        limit.start()
        answered = False
        try:
            process.stdin.write(json.dumps(job).encode() + b"\n")
            process.stdin.flush()
            line = process.stdout.readline()
            answer = json.loads(line)
            answered = isinstance(answer, dict)
        except (OSError, ValueError):  # a closed pipe, an empty or a torn line
            answer = None
        finally:
            limit.cancel()
            limit.join()
            if not answered:
                self.end()
        return answer if answered and "failed" not in answer else None

    def end(self) -> None:
        """End the child and what it has started."""
        self._kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()

    def _kill(self) -> None:
        if self._process.poll() is None:
            if hasattr(os, "killpg"):
                with contextlib.suppress(OSError):
                    os.killpg(self._process.pid, 9)
            self._process.kill()


class Pool:
    """Children that are idle; safe to use from many threads, each of which gets one of its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[Worker] = []
        self._busy = 0

    @property
    def free_cores(self) -> int:
        """Cores on which no child decodes now."""
        return max(0, cores() - self._busy)

    def ask(self, script: Path, job: dict[str, Any], seconds: float) -> dict[str, Any] | None:
        """Have a job done by an idle child of this script, else by a new one; see `Worker.ask`."""
        with self._lock:
            self._busy += 1
        try:
            worker = self._take(script)
            try:
                return worker.ask(job, seconds)
            finally:
                self._give_back(worker)
        finally:
            with self._lock:
                self._busy -= 1

    def close(self) -> None:
        """End all idle children."""
        with self._lock:
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.end()

    def forget(self) -> None:
        """In a forked process: leave the children to the process that started them."""
        self._lock = threading.Lock()
        self._idle = []
        self._busy = 0

    def pids(self) -> list[int]:
        """Process ids of the idle children."""
        with self._lock:
            return [worker.pid for worker in self._idle]

    def _take(self, script: Path) -> Worker:
        while True:
            with self._lock:
                worker = self._idle.pop() if self._idle else None
            if worker is None:
                return Worker(script)
            if worker.alive and worker.script == script:
                return worker
            worker.end()

    def _give_back(self, worker: Worker) -> None:
        if worker.alive and worker.jobs < MOST_JOBS:
            with self._lock:
                if len(self._idle) < MOST_IDLE:
                    self._idle.append(worker)
                    return
        worker.end()


pool = Pool()
atexit.register(pool.close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=pool.forget)
