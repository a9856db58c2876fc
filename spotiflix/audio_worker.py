"""The child process of `spotiflix.audio_pool`: decodes files; if it crashes, only it ends.

Reads jobs from standard input, a JSON object a line, until that closes; the samples of each are
written as float32 to one file for each channel, and what they are is printed as a line of JSON. It
imports nothing of this package, so that it starts fast.
"""

from __future__ import annotations

import json
import os
import queue
import shutil
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import ExitStack
from types import SimpleNamespace
from typing import Any, BinaryIO

import numpy as np

BLOCK_FRAMES = 65_536
#: Decoded and dropped before a middle: an mp3 frame needs what up to 511 bytes before it hold.
RUN_UP_FRAMES = 32 * 1152
#: Address space that the child may take, in bytes; ten minutes of stereo sound need 0.3 GB.
MEMORY_BYTES = 4 << 30
#: Channels beyond the second are mixed into both at -3 dB, as a home cinema does for two speakers.
SURROUND_GAIN = 0.7071


def main(job: dict[str, Any]) -> dict[str, Any]:
    """Decode ``job["input"]`` to ``job["output"]`` and a channel's number, by ``job["route"]``.

    Returns
    -------
    dict
        ``sample_rate`` in Hz, ``channels`` (1 or 2), ``frames`` written, ``claimed`` frames by the
        header (0 if unknown) and ``cut``, whether the limit of the job ended it. By libsndfile also
        ``start`` and ``stop``, the frames that ``part`` of ``parts`` was to decode.
    """
    return (_by_soundfile if job["route"] == "soundfile" else _by_ffmpeg)(job)


def _by_soundfile(job: dict[str, Any]) -> dict[str, Any]:
    import soundfile

    class Forward(soundfile.SoundFile):
        """Read once from beginning to end: soundfile seeks after every block of what can seek."""

        def seekable(self) -> bool:
            return False

    # A descriptor, since libsndfile guesses from some names (.raw) instead of reading.
    descriptor = os.open(job["input"], os.O_RDONLY | getattr(os, "O_BINARY", 0))
    with Forward(descriptor) as sound:
        claimed = int(sound.frames)
        start, stop = _share(job, claimed, sound.samplerate)
        buffer = np.empty((BLOCK_FRAMES, sound.channels), dtype=np.float32)
        if start:
            run_up = min(RUN_UP_FRAMES, start)
            if (
                sound.seek(start - run_up) != start - run_up
                or not sound.read(out=buffer[:run_up]).size
            ):
                raise ValueError("It cannot be entered in its middle.")

        def blocks() -> Iterator[np.ndarray]:
            at = start
            try:
                while at < stop and len(block := sound.read(out=buffer[: stop - at])):
                    at += len(block)
                    yield block
            except soundfile.LibsndfileError:
                return  # damage on the way: what came before it is kept

        answer = _write(job, sound.samplerate, blocks(), before=start)
        return answer | {"claimed": claimed, "start": start, "stop": stop}


def _share(job: dict[str, Any], claimed: int, sample_rate: int) -> tuple[int, int]:
    """The first frame of this process's share of the file, and the one after its last.

    A file is shared only where its header claims a length within the limit; the last share goes on
    as long as there is sound, and where nothing can be shared the first is everything.
    """
    part, parts = job.get("part", 0), job.get("parts", 1)
    most = min(int(job["most_seconds"] * sample_rate), job["most_bytes"] // 8)
    if parts > 1 and not parts <= claimed <= most:
        return (0, sys.maxsize) if part == 0 else (0, 0)
    last = part == parts - 1
    return claimed * part // parts, sys.maxsize if last else claimed * (part + 1) // parts


def _by_ffmpeg(job: dict[str, Any]) -> dict[str, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydub looks for an ffmpeg on the path
        import pydub.audio_segment

    def guarded(command: list[str], **options: Any) -> subprocess.Popen:
        """Add what pydub has no argument for: no protocol but files, stereo at most."""
        program, *rest, output = command
        before = ["-nostdin", "-protocol_whitelist", "file,pipe"]
        after = ["-map", "0:a:0", "-af", "aformat=channel_layouts=mono|stereo", "-fs", most]
        options["stdin"] = subprocess.DEVNULL  # this process's own brings the next job
        return subprocess.Popen([program, *before, *rest, *after, output], **options)

    # 16-bit samples become 32-bit ones here; a little more, so that a cut is seen as one.
    most = str(job["most_bytes"] // 2 + 1_000_000)
    pydub.audio_segment.subprocess = SimpleNamespace(Popen=guarded, PIPE=subprocess.PIPE)  # type: ignore[attr-defined]
    pydub.audio_segment.mediainfo_json = lambda *_, **__: {}  # it would need ffprobe
    pydub.AudioSegment.converter = job["ffmpeg"]
    path = job["input"]
    if path.lower().endswith((".raw", ".pcm")):  # pydub would believe the name
        path = shutil.copyfile(path, job["output"] + ".copy")
    sound = pydub.AudioSegment.from_file(
        path, format=job["demuxer"], duration=job["most_seconds"] + 1
    )
    width = sound.sample_width
    samples = np.frombuffer(sound.raw_data, dtype=f"<i{width}").reshape(-1, sound.channels)
    step = range(0, len(samples), BLOCK_FRAMES)
    scale = np.float32(2 ** (8 * width - 1))
    blocks = (samples[start : start + BLOCK_FRAMES] / scale for start in step)
    return {"claimed": 0} | _write(job, sound.frame_rate, blocks)


def _write(
    job: dict[str, Any], sample_rate: int, blocks: Iterator[np.ndarray], *, before: int = 0
) -> dict[str, Any]:
    """Write blocks [shape=(frames, channels)] until the limit of seconds or of bytes.

    Frames `before` them count towards the limit.
    """
    frames = channels = 0
    most = int(job["most_seconds"] * sample_rate)
    cut = False
    with ExitStack() as files:
        outputs: list[BinaryIO] = []
        for block in blocks:
            block = _stereo(block)
            if not outputs:
                channels = block.shape[1]
                names = [f"{job['output']}.{channel}" for channel in range(channels)]
                outputs = [files.enter_context(open(name, "wb")) for name in names]
            limit = min(most, job["most_bytes"] // (4 * channels)) - before
            cut = frames + len(block) > limit
            block = block[: limit - frames]
            for output, row in zip(outputs, block.T, strict=True):
                output.write(np.ascontiguousarray(row, dtype="<f4").data)
            frames += len(block)
            if cut:
                break
    return {"sample_rate": sample_rate, "channels": channels, "frames": frames, "cut": cut}


def _stereo(block: np.ndarray) -> np.ndarray:
    if block.shape[1] <= 2:
        return block
    rest = block[:, 2:].mean(axis=1, keepdims=True)
    return (block[:, :2] + SURROUND_GAIN * rest) / (1 + SURROUND_GAIN)


def _limit_memory() -> None:
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    except (ImportError, OSError, ValueError):
        pass  # Windows and macOS have no such limit; those of seconds and bytes remain


def _jobs() -> Iterator[str]:
    """Jobs as they come, read beside the decoding: when no more can come, this process ends."""
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()

    def read() -> None:
        for line in sys.stdin:
            waiting.put(line)
        if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
            os.killpg(0, 9)  # with the ffmpeg that may run
        os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    while True:
        yield waiting.get()


def serve() -> None:
    """Answer every job; one that fails is answered by the name of its error."""
    # Libraries may print what they like: answers have a way of their own.
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
    _limit_memory()
    for line in _jobs():
        try:
            answer = main(json.loads(line))
        except Exception as error:  # libraries raise what they like on damaged files
            answer = {"failed": type(error).__name__}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    serve()
