"""The model against labels of one's own: measures, how clips are found, and every mistake named."""

import json

import numpy as np
import pandas as pd
import pytest

from spotiflix import listening
from spotiflix.errors import AudioDecodeError
from spotiflix.features import FEATURES, Features
from spotiflix.heard import Heard
from train import evaluate
from train.__main__ import main

#: Says what each file of the folder sounds like: its content is its energy.
NAMES = ("one.mp3", "two.ogg", "Mr. Three.wav", "below/four.mp3")
ENERGIES = (0.1, 0.4, 0.6, 0.9)


def listen(path, assets=None):
    with open(path, encoding="utf-8") as file:
        content = file.read()
    if content == "bad":
        raise AudioDecodeError("It is bad.")
    values = dict.fromkeys(FEATURES, 0.5) | {"energy": float(content)}
    return Heard(Features(**values), 1, 20.0, np.zeros((1, 7)), np.zeros(1), {})


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(listening, "listen", listen)
    top = tmp_path / "audio"
    (top / "below").mkdir(parents=True)
    for name, energy in zip(NAMES, ENERGIES, strict=True):
        (top / name).write_text(str(energy))
    (top / "bad.mp3").write_text("bad")
    return top


def table(path, names, energies, column="file", **others):
    values = {column: names} | {name: [0.5] * len(names) for name in FEATURES}
    pd.DataFrame(values | {"energy": energies} | others).to_csv(path, index=False)
    return path


def run(capsys, labels, folder, *more):
    status = main(["evaluate", "audio", "--labels", str(labels), "--dir", str(folder), *more])
    return status, *capsys.readouterr()


def test_measures(folder, tmp_path, capsys):
    labels = table(tmp_path / "l.csv", NAMES, [0.2, 0.3, 0.6, 0.9])
    status, out, _ = run(capsys, labels, folder, "--json")
    found = json.loads(out)
    assert status == 0
    assert found["clips"] == 4
    assert found["missing"] == found["failed"] == []
    true, heard = np.array([0.2, 0.3, 0.6, 0.9]), np.array(ENERGIES)
    energy = found["features"]["energy"]
    assert energy["clips"] == 4
    assert energy["mae"] == pytest.approx(np.abs(heard - true).mean(), abs=1e-4)
    assert energy["r"] == pytest.approx(np.corrcoef(heard, true)[0, 1], abs=1e-4)
    residual = ((heard - true) ** 2).sum() / ((true - true.mean()) ** 2).sum()
    assert energy["r2"] == pytest.approx(1 - residual, abs=1e-4)
    assert energy["constant_mae"] == pytest.approx(0.25, abs=1e-4)
    # All labels alike: neither r nor R² says anything.
    assert found["features"]["valence"] == {
        "clips": 4, "r": None, "r2": None, "mae": 0.0, "constant_mae": 0.0
    }  # fmt: skip
    assert found["mean"]["mae"] == pytest.approx(energy["mae"] / 7, abs=1e-4)
    assert found["mean"]["r"] == energy["r"]


@pytest.mark.parametrize(
    "names",
    [
        ["one", "two", "Mr. Three", "four"],
        ["one.wav", "two.mp3", "Mr. Three.mp3", "elsewhere/four.mp3"],
    ],
)
def test_keys_are_found_by_stem(folder, tmp_path, capsys, names):
    labels = table(tmp_path / "l.csv", names, ENERGIES, column="Key", Title=list("abcd"))
    found = json.loads(run(capsys, labels, folder, "--json")[1])
    assert found["clips"] == 4
    assert found["features"]["energy"]["mae"] == 0


def test_what_is_missing_or_damaged_is_reported(folder, tmp_path, capsys):
    names = ["one", "Mr. Nobody", "bad", "two", "one.mp3"]
    labels = table(tmp_path / "l.csv", names, [0.1, 0.5, 0.5, 0.4, 0.1])
    found = json.loads(run(capsys, labels, folder, "--json")[1])
    assert found["clips"] == 3
    assert found["missing"] == ["Mr. Nobody"]
    assert found["failed"] == [{"file": "bad", "error": "It is bad."}]
    out = run(capsys, labels, folder)[1]
    assert "1 missing: Mr. Nobody" in out
    assert "bad: It is bad." in out


def test_blank_labels_are_left_out(folder, tmp_path, capsys):
    labels = table(tmp_path / "l.csv", NAMES, ENERGIES, valence=["", "0.5", "nan", "0.7"])
    found = json.loads(run(capsys, labels, folder, "--json")[1])
    assert found["features"]["valence"]["clips"] == 2
    assert found["features"]["valence"]["mae"] == pytest.approx(0.1)
    assert found["features"]["energy"]["clips"] == 4


def test_words(folder, tmp_path, capsys):
    labels = table(tmp_path / "l.csv", NAMES, ENERGIES)
    status, out, _ = run(capsys, labels, folder)
    lines = out.splitlines()
    assert status == 0
    assert [line.split()[0] for line in lines[1:9]] == [*FEATURES, "mean"]
    assert lines[3].split() == ["energy", "1.000", "1.000", "0.000", "0.250"]
    assert lines[-1] == "4 clips heard."


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read: No such file"),
        ("", "cannot be read"),
        ("file,energy\na,0.5\n", "lack the columns acousticness"),
        (",".join(FEATURES) + "\n" + "0,0,0,0,0,0,0\n", "lack the columns key or file."),
        ("key," + ",".join(FEATURES) + "\none,0,0,loud,0,0,0,0\n", "energy of 'one' is 'loud'"),
        ("key," + ",".join(FEATURES) + "\none,0,0,0,0,0,0,72\n", "valence of 'one' is '72'"),
        ("key," + ",".join(FEATURES) + "\nnobody,0,0,0,0,0,0,0\n", "None of the 1 clips"),
        ("key," + ",".join(FEATURES) + "\n", "None of the 0 clips"),
    ],
)
def test_mistakes_are_one_line(folder, tmp_path, capsys, content, words):
    labels = tmp_path / "labels.csv"
    if content is not None:
        labels.write_text(content)
    status, out, err = run(capsys, labels, folder)
    assert (status, out) == (2, "")
    assert words in err.splitlines()[-1]
    assert "error: " in err.splitlines()[-1]


def test_a_folder_that_is_none(tmp_path, capsys):
    labels = table(tmp_path / "l.csv", NAMES, ENERGIES)
    status, _, err = run(capsys, labels, tmp_path / "nowhere")
    assert status == 2
    assert "does not exist" in err


def test_r_of_a_constant_is_none():
    heard, true = np.full((5, 7), 0.5), np.random.default_rng(0).random((5, 7))
    found = evaluate.measured(heard, true)
    assert found["features"]["energy"]["r"] is None
    assert found["features"]["energy"]["r2"] <= 0
    assert found["mean"]["r"] is None
