"""What the README says is what the assets, the settings and the commands say."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from spotiflix.settings import Settings
from train import report
from train.__main__ import STAGES
from train.store import Store

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize("name", ["figures", "listening", "songs"])
def test_tables_are_those_of_the_assets(name):
    assert report.tables(Store(ROOT / "assets"))[name] in README


@pytest.mark.parametrize("setting", fields(Settings), ids=lambda each: each.name)
def test_every_setting_is_listed(setting):
    row = f"| `{setting.name}` | {setting.default} | {setting.metadata['sentence']} |"
    assert row in README


def test_pictures_exist():
    pictures = re.findall(r"!\[.*?\]\((.+?)\)", README)
    assert pictures
    assert [p for p in pictures if not (ROOT / p).exists()] == []


def test_make_has_the_two_commands():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert re.search(r"^app:", makefile, re.MULTILINE)
    assert re.search(r"^test:", makefile, re.MULTILINE)


def test_every_stage_has_a_module():
    for module, function, _ in STAGES.values():
        path = ROOT / f"{module.replace('.', '/')}.py"
        assert f"def {function}(" in path.read_text("utf-8")
