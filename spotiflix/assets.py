"""Loading of `assets/`: every file is checked against the manifest before it is used."""

from __future__ import annotations

import hashlib
import json
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from spotiflix.errors import AssetError

if TYPE_CHECKING:
    import pandas as pd

DEFAULT_ROOT = Path(__file__).resolve().parent.parent / "assets"
MANIFEST = "manifest.json"
REMEDY = (
    "restore it with 'git checkout -- assets' or rebuild it with "
    "'python -m train all --data DATA_FOLDER'"
)


class Assets:
    """The files that `train/` built, by name.

    Parameters
    ----------
    root : Path
        Folder that holds ``manifest.json`` and the files it lists.

    Raises
    ------
    AssetError
        From every method, if a file is missing or its SHA-256 is not the manifest's.
    """

    def __init__(self, root: Path = DEFAULT_ROOT) -> None:
        self.root = Path(root)
        self._checked: set[str] = set()
        self._lock = threading.Lock()
        try:
            self.manifest: dict[str, Any] = json.loads((self.root / MANIFEST).read_text("utf-8"))
            self.manifest["files"].items()
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            raise AssetError(f"assets/{MANIFEST} is missing or damaged: {REMEDY}.") from None

    def path(self, name: str) -> Path:
        """Path of a file whose hash is right; the hash is computed once a process."""
        with self._lock:
            if name not in self._checked:
                self._check(name)
                self._checked.add(name)
        return self.root / name

    def table(self, name: str, columns: list[str] | None = None) -> pd.DataFrame:
        """A parquet table as a pandas DataFrame."""
        import pandas as pd

        return pd.read_parquet(self.path(name), columns=columns)

    def weights(self, name: str) -> dict[str, np.ndarray]:
        """The tensors of a safetensors file as numpy arrays."""
        from safetensors.numpy import load_file

        return load_file(self.path(name))

    def figures(self, name: str) -> dict[str, Any]:
        """The figures that `train/` measured for a file, from the manifest."""
        return self.manifest["files"].get(name, {}).get("figures", {})

    def _check(self, name: str) -> None:
        entry = self.manifest["files"].get(name)
        if entry is None:
            raise AssetError(f"assets/{name} is not in the manifest: {REMEDY}.")
        try:
            digest = hashlib.sha256((self.root / name).read_bytes()).hexdigest()
        except OSError:
            raise AssetError(f"assets/{name} is missing: {REMEDY}.") from None
        if digest != entry["sha256"]:
            raise AssetError(f"assets/{name} is not the file the manifest describes: {REMEDY}.")
