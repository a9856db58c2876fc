"""Every limit has a name, a default and a sentence, and can be set from outside."""

import os
import subprocess
import sys
from dataclasses import fields

import pytest

from spotiflix.settings import Settings

NAMES = [each.name for each in fields(Settings)]


@pytest.mark.parametrize("each", fields(Settings), ids=NAMES)
def test_a_setting_has_a_positive_default_and_one_sentence(each):
    assert each.default > 0
    assert type(each.default) in (int, float)
    sentence = each.metadata["sentence"]
    assert sentence[0].isupper() or sentence[0].isdigit()
    assert sentence.endswith(".")
    assert ". " not in sentence


@pytest.mark.parametrize("each", fields(Settings), ids=NAMES)
def test_the_environment_overrides_a_setting(each, monkeypatch):
    monkeypatch.setenv(f"SPOTIFLIX_{each.name.upper()}", "7")
    settings = Settings.from_environment()
    assert getattr(settings, each.name) == 7
    assert type(getattr(settings, each.name)) is type(each.default)
    others = [name for name in NAMES if name != each.name]
    assert all(getattr(settings, name) == getattr(Settings(), name) for name in others)


def test_an_override_reaches_what_it_limits():
    code = (
        "import planted, tempfile, pathlib\n"
        "app = planted.build(pathlib.Path(tempfile.mkdtemp()))\n"
        "print(len(app.recommend(planted.ask(planted.A))))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code],
        env={
            **os.environ,
            "SPOTIFLIX_MOVIES_SHOWN": "3",
            "PYTHONPATH": os.pathsep.join([os.getcwd(), os.path.dirname(__file__)]),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.split()[-1] == "3"


@pytest.mark.parametrize("raw", ["many", "", "0", "-3", "2.5", "nan"])
def test_an_override_that_is_no_positive_number_is_named_and_left_out(raw, monkeypatch):
    monkeypatch.setenv("SPOTIFLIX_MOVIES_SHOWN", raw)
    with pytest.warns(UserWarning, match=f"SPOTIFLIX_MOVIES_SHOWN is '{raw}'"):
        assert Settings.from_environment().movies_shown == Settings.movies_shown
