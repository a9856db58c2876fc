"""The shipped files are what the manifest says, and nothing else is loaded."""

import hashlib
import shutil

import numpy as np
import pandas as pd
import planted as plants
import pytest

import spotiflix
from spotiflix.assets import DEFAULT_ROOT, MANIFEST, Assets
from spotiflix.errors import AssetError

REMEDY = r"restore it with 'git checkout -- assets' or rebuild it with 'python -m train all"
#: Texts that are not ours to give away.
NOT_SHIPPED = {"overview", "lyrics", "text", "script", "plot"}


@pytest.fixture
def copy(planted, tmp_path):
    """A folder of planted assets to damage."""
    return shutil.copytree(planted.assets.root, tmp_path / "assets")


def test_a_changed_file_is_named_with_the_remedy(copy):
    with (copy / "movies.parquet").open("ab") as file:
        file.write(b"!")
    with pytest.raises(AssetError, match=rf"assets/movies.parquet is not the file .*{REMEDY}"):
        Assets(copy).table("movies.parquet")


def test_a_missing_file_is_named_with_the_remedy(copy):
    (copy / "cluster_network.safetensors").unlink()
    app = spotiflix.load(copy)
    with pytest.raises(AssetError, match=rf"cluster_network.safetensors is missing: {REMEDY}"):
        app.recommend(plants.ask(plants.A), "clusters")


def test_an_unlisted_file_is_named_with_the_remedy(copy):
    (copy / "more.parquet").write_bytes(b"")
    with pytest.raises(AssetError, match=rf"more.parquet is not in the manifest: {REMEDY}"):
        Assets(copy).path("more.parquet")


@pytest.mark.parametrize("text", [None, "", "{", "[]", "{}", '{"files": []}'])
def test_a_missing_or_damaged_manifest_is_named_with_the_remedy(copy, text):
    (copy / MANIFEST).unlink()
    if text is not None:
        (copy / MANIFEST).write_text(text)
    with pytest.raises(AssetError, match=rf"manifest.json is missing or damaged: {REMEDY}"):
        spotiflix.load(copy)


def test_a_missing_folder_is_a_missing_manifest(tmp_path):
    with pytest.raises(AssetError, match=r"manifest\.json is missing"):
        spotiflix.load(tmp_path / "nowhere")


def test_a_file_is_hashed_once(copy, monkeypatch):
    assets = Assets(copy)
    assets.path("movies.parquet")
    monkeypatch.setattr(Assets, "_check", lambda *_: pytest.fail("hashed again"))
    assert assets.path("movies.parquet") == copy / "movies.parquet"


def test_tables_and_weights_come_as_written(planted):
    table = planted.assets.table("movies.parquet", columns=["title", "votes"])
    assert list(table.columns) == ["title", "votes"]
    assert table["title"].tolist() == [title for title, *_ in plants.MOVIES]
    weights = planted.assets.weights("positivity.safetensors")
    np.testing.assert_allclose(weights["known_quantiles"], plants.KNOWN_QUANTILES, rtol=1e-6)
    assert planted.assets.figures("nothing") == {}


def shipped():
    return sorted(path.name for path in DEFAULT_ROOT.iterdir() if path.name != MANIFEST)


def test_the_manifest_lists_every_shipped_file_and_no_other():
    assert sorted(Assets().manifest["files"]) == shipped()


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_file_is_described(name):
    entry = Assets().manifest["files"][name]
    data = (DEFAULT_ROOT / name).read_bytes()
    assert entry["sha256"] == hashlib.sha256(data).hexdigest()
    assert entry["bytes"] == len(data)
    assert len(entry["source"].split()) >= 3
    assert isinstance(entry["figures"], dict)
    assert entry.get("rows", 0) + entry.get("parameters", 0) > 0


def test_all_together_are_under_60_megabytes():
    assert sum(path.stat().st_size for path in DEFAULT_ROOT.iterdir()) < 60_000_000


def test_nothing_shipped_can_run_code():
    assert {name.rsplit(".", 1)[1] for name in shipped()} <= {"parquet", "safetensors"}


@pytest.mark.parametrize("name", [name for name in shipped() if name.endswith(".parquet")])
def test_no_text_of_others_is_shipped(name):
    import pyarrow.parquet as pq

    schema = pq.read_schema(DEFAULT_ROOT / name)
    assert not NOT_SHIPPED & set(schema.names)
    table = pd.read_parquet(DEFAULT_ROOT / name)
    for column in table.select_dtypes(exclude="number"):
        longest = int(table[column].str.len().max())
        assert longest < 1000, f"{column} holds a text of {longest} characters"
