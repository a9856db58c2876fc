"""Decoder children that stay: what crashes or hangs is replaced, and none outlives its parent."""

import dataclasses
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import synth

from spotiflix import audio_child, audio_pool
from spotiflix.audio import decode
from spotiflix.audio_pool import pool
from spotiflix.errors import AudioDecodeError
from spotiflix.settings import settings

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 3.0
LINUX = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="looks into /proc")


@pytest.fixture(scope="module")
def mp3() -> bytes:
    return synth.encode(synth.song(SECONDS), "mp3")


@pytest.fixture(autouse=True)
def cold():
    """Each test starts and leaves without idle children."""
    pool.close()
    yield
    pool.close()


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits to be read does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def gone(pids: list[int], seconds: float = 5) -> bool:
    until = time.monotonic() + seconds
    while any(map(alive, pids)) and time.monotonic() < until:
        time.sleep(0.02)
    return not any(map(alive, pids))


def test_one_child_decodes_many_files(mp3):
    decode(mp3)
    first = pool.pids()
    assert len(first) == 1
    for _ in range(5):
        decode(mp3)
    assert pool.pids() == first


def test_a_bad_file_does_not_cost_the_child(mp3):
    decode(mp3)
    first = pool.pids()
    with pytest.raises(AudioDecodeError):
        decode(b"fLaC" + bytes(100))
    assert pool.pids() == first


def test_after_a_crash_the_next_file_is_decoded(mp3):
    decode(mp3)
    (first,) = pool.pids()
    os.kill(first, signal.SIGSEGV)
    assert gone([first])
    assert decode(mp3).seconds == pytest.approx(SECONDS, abs=0.1)
    assert pool.pids() != [first]


def test_a_crash_while_decoding_is_an_error_and_the_next_file_is_decoded(
    mp3, tmp_path, monkeypatch
):
    crashing = tmp_path / "worker.py"
    crashing.write_text("import os, sys; sys.stdin.readline(); os.abort()")
    with monkeypatch.context() as patched:
        patched.setattr(audio_child, "_WORKER", crashing)
        with pytest.raises(AudioDecodeError, match="no sound can be decoded"):
            decode(mp3)
    assert pool.pids() == []
    assert decode(mp3).seconds == pytest.approx(SECONDS, abs=0.1)


def test_a_child_that_hangs_is_ended_with_all_that_it_started(mp3, tmp_path, monkeypatch):
    pids = tmp_path / "pids"
    hanging = tmp_path / "worker.py"
    hanging.write_text(
        "import os, subprocess, sys, time\n"
        "other = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"open({str(pids)!r}, 'w').write(f'{{os.getpid()}} {{other.pid}}')\n"
        "time.sleep(60)\n"
    )
    with monkeypatch.context() as patched:
        patched.setattr(audio_child, "_WORKER", hanging)
        short = dataclasses.replace(settings, decode_timeout_seconds=1.5)
        patched.setattr(audio_child, "settings", short)
        began = time.monotonic()
        with pytest.raises(AudioDecodeError, match="takes longer than 2 seconds"):
            decode(mp3)
        assert time.monotonic() - began < 5
    assert gone([int(pid) for pid in pids.read_text().split()])
    assert decode(mp3).seconds == pytest.approx(SECONDS, abs=0.1)


def test_a_child_that_answers_nonsense_is_replaced(mp3, tmp_path, monkeypatch):
    babbling = tmp_path / "worker.py"
    babbling.write_text("import sys\nfor _ in sys.stdin: print('[1, 2', flush=True)")
    with monkeypatch.context() as patched:
        patched.setattr(audio_child, "_WORKER", babbling)
        with pytest.raises(AudioDecodeError):
            decode(mp3)
    assert pool.pids() == []


def test_threads_decode_at_once_and_each_gets_its_own_song():
    songs = [synth.encode(synth.song(2 + k, seed=k), "mp3") for k in range(4)]
    expected = [decode(each).samples for each in songs]
    together = threading.Barrier(4)

    def work(k: int) -> bool:
        together.wait()
        return all(np.array_equal(decode(songs[k]).samples, expected[k]) for _ in range(5))

    with ThreadPoolExecutor(4) as threads:
        assert all(threads.map(work, range(4)))
    assert 1 <= len(pool.pids()) <= audio_pool.MOST_IDLE


def test_a_child_is_replaced_after_many_files(mp3, monkeypatch):
    monkeypatch.setattr(audio_pool, "MOST_JOBS", 2)
    decode(mp3)
    (first,) = pool.pids()
    decode(mp3)
    assert pool.pids() == []
    assert gone([first])
    decode(mp3)


@LINUX
def test_a_child_inherits_no_socket(mp3):
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.set_inheritable(True)
        decode(mp3)
        (child,) = pool.pids()
        files = [os.readlink(each) for each in Path(f"/proc/{child}/fd").iterdir()]
    assert files
    assert [each for each in files if each.startswith("socket:")] == []


@LINUX
def test_a_child_may_not_take_all_memory(mp3):
    decode(mp3)
    (child,) = pool.pids()
    limits = Path(f"/proc/{child}/limits").read_text()
    line = next(line for line in limits.splitlines() if line.startswith("Max address space"))
    assert line.split()[3] == str(4 << 30)


_PARENT = """
import sys, time
from spotiflix.audio import decode
from spotiflix.audio_pool import pool
decode(sys.argv[1])
print(*pool.pids(), flush=True)
"""


@LINUX
@pytest.mark.parametrize("end", ["exit", "kill"])
def test_no_child_outlives_its_parent(end, mp3, tmp_path):
    path = tmp_path / "song.mp3"
    path.write_bytes(mp3)
    code = _PARENT + ("time.sleep(60)" if end == "kill" else "")
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as parent:
        children = [int(pid) for pid in parent.stdout.readline().split()]
        assert len(children) == 1
        if end == "kill":
            assert alive(children[0])
            parent.kill()
    assert gone(children)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_forked_process_leaves_the_children_alone(mp3):
    decode(mp3)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, str(len(pool.pids())).encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reading, 10) == b"0"
    os.close(reading)
    os.close(writing)
    assert len(pool.pids()) == 1
