"""The house rules: who may import whom, what a song search waits for, what is in no file."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
#: What only the pages, or only the building of assets, may need.
FRONT = {"streamlit", "plotly"}
HEAVY = {"torch", "torchaudio", "sklearn", "nltk", "streamlit", "plotly", "pydub", "scipy"}
TEXT = {".py", ".md", ".toml", ".txt", ".json", ".csv", ".css", ".yml", ".yaml", ".cfg", ".sh", ""}


def modules(folder):
    return sorted((ROOT / folder).rglob("*.py"))


def imported(path):
    """Top-level names of all modules that a file imports, wherever in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("path", modules("spotiflix"), ids=lambda path: path.name)
def test_the_core_knows_nothing_of_pages_nor_of_training(path):
    assert not imported(path) & {"streamlit", "train", "pages", "ui", "app", "tests"}


@pytest.mark.parametrize("path", modules("train"), ids=lambda path: path.name)
def test_training_knows_nothing_of_pages(path):
    assert not imported(path) & (FRONT | {"pages", "ui", "app", "tests"})


@pytest.mark.parametrize("path", [ROOT / "app.py", *modules("pages"), *modules("ui")], ids=str)
def test_pages_know_nothing_of_training(path):
    assert not imported(path) & {"train", "tests"}


def left_in_memory(code):
    """Heavy modules that are loaded after some code has run in a fresh process."""
    ask = f"import sys; print('loaded:', *({HEAVY!r} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{ask}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split("loaded:")[1].split())


def test_search_and_recommendation_wait_for_nothing_heavy():
    code = (
        "import spotiflix\n"
        "app = spotiflix.load()\n"
        "song = app.search('halo')[0]\n"
        "assert len(app.recommend_all(app.query_song(song))) == 2\n"
        "app.query_playlist('Beyoncé - Halo')\n"
        "app.map.songs, app.map.soundtracks"
    )
    assert left_in_memory(code) == set()


def test_importing_the_package_loads_next_to_nothing():
    code = "import sys, spotiflix\nassert not {'numpy', 'pandas'} & set(sys.modules)"
    assert left_in_memory(code) == set()


def test_every_public_name_can_be_imported():
    import spotiflix

    for name in spotiflix.__all__:
        assert getattr(spotiflix, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = spotiflix.nothing


def written_here():
    """Files of the repository that are text, without what is installed or kept for speed."""
    top = [path for path in ROOT.iterdir() if path.is_file()]
    folders = ["spotiflix", "train", "pages", "ui", "tests", "benchmarks", "docs", "assets"]
    folders += [".ci", ".streamlit"]
    deep = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
    return [p for p in top + deep if p.suffix in TEXT and "__pycache__" not in p.parts]


def test_no_file_names_a_place_on_somebodys_machine():
    assert len(written_here()) > 50
    places = ["/" + place for place in ("work/", "home/", "root/", "Users/")]
    found = [
        f"{path.relative_to(ROOT)}: {place}"
        for path in written_here()
        for place in places
        if place in path.read_text("utf-8")
    ]
    assert found == []
