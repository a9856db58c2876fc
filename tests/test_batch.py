"""Many audio files: which they are, a row for each whatever it holds, and going on after a kill."""

import csv
import io
import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import synth

from spotiflix import batch, cli
from spotiflix.errors import AssetError, AudioDecodeError, SpotiflixError
from spotiflix.features import FEATURES, Features
from spotiflix.heard import Heard

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Two songs, one of them in a folder below, and a file that only says that it is one."""
    top = tmp_path_factory.mktemp("songs")
    (top / "more").mkdir()
    (top / "b.mp3").write_bytes(synth.encode(synth.song(4), "mp3"))
    (top / "more" / "a, “b”.OGG").write_bytes(synth.encode(synth.song(5, seed=1), "ogg"))
    (top / "c.mp3").write_text("no song\n" * 50)
    (top / "notes.txt").write_text("not even a name for a song")
    (top / ".hidden").mkdir()
    (top / ".hidden" / "d.mp3").write_text("nothing")
    (top / "._b.mp3").write_text("nothing")
    return top


@pytest.fixture
def run(capsys, monkeypatch, app):
    """Run a command; its status, its output and its standard error."""
    monkeypatch.setattr(cli, "load", lambda: app)

    def run(*arguments):
        status = cli.main([*map(str, arguments)])
        return status, *capsys.readouterr()

    return run


def heard(seconds: float = 20.0) -> Heard:
    return Heard(
        features=Features(*[0.5] * 7),
        windows=1,
        seconds=seconds,
        per_window=np.full((1, 7), 0.5),
        starts=np.zeros(1),
        typical_error={},
    )


def rows_of(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def test_the_audio_files_of_a_folder(folder):
    found = batch.audio_files([folder])
    assert found == [str(folder / name) for name in ("b.mp3", "c.mp3", "more/a, “b”.OGG")]


def test_each_file_counts_once_and_what_is_named_stays(folder):
    named = folder / "notes.txt"
    found = batch.audio_files([named, folder / "b.mp3", folder, Path("nothing.mp3")])
    assert len(found) == 5
    assert found[:2] == [str(named), str(folder / "b.mp3")]
    assert found[-1] == "nothing.mp3"


def test_lines_of_json(run, folder, app):
    status, out, err = run("features", folder, "--json")
    rows = rows_of(out)
    assert status == 0
    assert [row["file"] for row in rows] == batch.audio_files([folder])
    good = app.listen(folder / "b.mp3")
    assert rows[0] == {"file": str(folder / "b.mp3")} | batch.described(good)
    assert list(rows[1]) == ["file", "error"]
    assert "is text, not audio" in rows[1]["error"]
    assert "3/3" in err
    assert err.endswith("2 heard, 1 with an error.\n")


def test_csv(run, folder):
    status, out, _ = run("features", folder, "--csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert status == 0
    assert tuple(rows[0]) == batch.COLUMNS
    assert rows[2]["file"].endswith("a, “b”.OGG")
    assert all(0 <= float(rows[2][name]) <= 1 for name in FEATURES)
    assert rows[1]["error"]
    assert rows[1]["energy"] == ""


def test_words_can_be_given_back(run, folder):
    _, out, _ = run("features", folder / "b.mp3", folder / "c.mp3")
    first, second = out.splitlines()
    assert Features.parse(first.split("  ")[1])
    assert "error: 'c.mp3' is text" in second


def test_one_file_answers_as_ever(run, folder):
    status, out, err = run("features", folder / "b.mp3", "--json")
    assert (status, err) == (0, "")
    expected = ["features", "windows", "seconds", "typical_error", "intervals", "truncated"]
    assert list(json.loads(out)) == expected


@pytest.mark.parametrize("arguments", [[], ["--json"], ["--csv"]])
def test_an_empty_folder_is_one_line(run, tmp_path, arguments):
    status, out, err = run("features", tmp_path, *arguments)
    assert (status, out) == (2, "")
    assert err.startswith(f"error: There is no audio file in '{tmp_path}'")
    assert err.count("\n") == 1


def test_both_formats_at_once(run, folder):
    status, _, err = run("features", folder, "--csv", "--json")
    assert status == 2
    assert "one of --json and --csv" in err


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.csv"])
def test_a_second_run_goes_on(run, folder, tmp_path, name):
    out = tmp_path / name
    run("features", folder, "--out", out)
    whole = out.read_bytes()
    lines = whole.splitlines(keepends=True)
    # Killed in the middle of the last line.
    out.write_bytes(b"".join(lines[:-1]) + lines[-1][:20])
    status, printed, err = run("features", folder, "--out", out)
    assert (status, printed) == (0, "")
    assert out.read_bytes() == whole
    assert err.endswith("1 heard, 0 with an error, 2 from before.\n")
    assert run("features", folder, "--out", out)[0] == 0
    assert out.read_bytes() == whole


@pytest.mark.parametrize("kept", [0, 4, 200])
def test_a_table_that_was_cut_off_anywhere(run, folder, tmp_path, kept):
    out = tmp_path / "rows.csv"
    run("features", folder, "--out", out)
    whole = out.read_bytes()
    out.write_bytes(whole[:kept])
    run("features", folder, "--out", out)
    assert out.read_bytes() == whole


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.csv"])
def test_somebody_elses_file_is_left_alone(run, folder, tmp_path, name):
    out = tmp_path / name
    for content in ("dear,diary\n1,2\n", "[1]\n", "no end of line"[: 14 if "csv" in name else 0]):
        if not content:
            continue
        out.write_text(content)
        status, _, err = run("features", folder, "--out", out)
        assert status == 2
        assert "holds something else" in err
        assert out.read_text() == content


def test_where_nothing_can_be_written(run, folder, tmp_path):
    for out in (tmp_path, tmp_path / "no" / "rows.csv"):
        status, _, err = run("features", folder, "--out", out)
        assert status == 2
        assert "cannot be written" in err


def test_names_that_are_no_text_come_back(tmp_path):
    file = b"caf\xe9\n.mp3".decode("utf-8", "surrogateescape")
    for table in (True, False):
        path = tmp_path / f"rows{table}"
        record = batch.Record(path, table=table)
        record.append({"file": file, "error": "No, it is “not”."})
        record.close()
        again = batch.Record(path, table=table)
        assert again.files == {file}
        again.close()


def test_files_are_heard_at_once_and_answered_in_order(monkeypatch):
    monkeypatch.setattr(batch, "cores", lambda: 2)
    both = threading.Barrier(2, timeout=10)

    def listen(file):
        both.wait()
        time.sleep(0.05 if file == "0" else 0)
        if file == "3":
            raise AudioDecodeError("No\nsound.")
        return heard()

    rows = list(batch.hear_all(listen, [str(k) for k in range(6)]))
    assert [row["file"] for row in rows] == list("012345")
    assert [row.get("error") for row in rows] == [None, None, None, "No sound.", None, None]


def test_missing_assets_end_it():
    def listen(file):
        raise AssetError("The network is missing.")

    with pytest.raises(AssetError):
        list(batch.hear_all(listen, ["a", "b"]))


def test_no_file_at_all():
    with pytest.raises(SpotiflixError):
        batch.audio_files([])


def test_a_killed_run_goes_on(folder, tmp_path):
    for k in range(30):
        (tmp_path / f"{k:02}.mp3").write_bytes((folder / "b.mp3").read_bytes())
    out = tmp_path / "rows.jsonl"
    command = [sys.executable, "-m", "spotiflix", "features", str(tmp_path), "--out", str(out)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        until = time.monotonic() + 60
        while not (out.exists() and b"\n" in out.read_bytes()) and time.monotonic() < until:
            time.sleep(0.005)
        process.kill()
    first = rows_of(out.read_text("utf-8").rpartition("\n")[0])
    assert 1 <= len(first) < 30
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    rows = rows_of(out.read_text("utf-8"))
    assert done.returncode == 0
    assert [Path(row["file"]).stem for row in rows] == [f"{k:02}" for k in range(30)]
    assert rows[: len(first)] == first
