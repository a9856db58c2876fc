"""Writing of assets: deterministic bytes, and the manifest entry that belongs to them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

MANIFEST = "manifest.json"
SUFFIXES = {".parquet", ".safetensors"}


class Store:
    """The asset folder being built. Every write updates the manifest.

    Parameters
    ----------
    root : Path
        The folder; made if it does not exist.
    """

    def __init__(self, root: Path) -> None:
        self.root = Path(root)
        self.root.mkdir(parents=True, exist_ok=True)

    def write_table(
        self, name: str, table: pd.DataFrame, *, source: str, figures: dict[str, Any] | None = None
    ) -> None:
        """Write a parquet file (zstd) and its entry; `source` says in words what it came from."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        arrow = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(None)
        # Delta encoding packs sorted integers; dictionary pages pack repeated strings.
        integers = [f.name for f in arrow.schema if pa.types.is_integer(f.type)]
        pq.write_table(
            arrow,
            self.root / name,
            compression="zstd",
            compression_level=19,
            use_dictionary=[f.name for f in arrow.schema if f.name not in integers],
            column_encoding=dict.fromkeys(
                [n for n in integers if arrow.schema.field(n).type in (pa.int32(), pa.int64())],
                "DELTA_BINARY_PACKED",
            ),
        )
        self._record(name, rows=len(table), source=source, figures=figures)

    def write_weights(
        self,
        name: str,
        tensors: dict[str, np.ndarray],
        *,
        source: str,
        figures: dict[str, Any] | None = None,
    ) -> None:
        """Write numpy arrays as safetensors, and its entry."""
        from safetensors.numpy import save

        # Not `save_file`, which writes a file that nobody else may read.
        data = save({k: np.ascontiguousarray(v) for k, v in tensors.items()})
        (self.root / name).write_bytes(data)
        count = int(sum(v.size for v in tensors.values()))
        self._record(name, parameters=count, source=source, figures=figures)

    def figures(self, name: str) -> dict[str, Any]:
        """Figures recorded for a file, empty if it was not built yet."""
        return self._manifest()["files"].get(name, {}).get("figures", {})

    def add_figures(self, name: str, **figures: Any) -> None:
        """Add figures to the entry of a file that was written before."""
        manifest = self._manifest()
        manifest["files"][name]["figures"].update(rounded(figures))
        self._save(manifest)

    def forget_others(self) -> None:
        """Delete assets that the manifest does not list, and entries without file."""
        manifest = self._manifest()
        for path in self.root.iterdir():
            # No other files: `--assets` may name a folder that holds more than assets.
            if path.suffix in SUFFIXES and path.name not in manifest["files"]:
                path.unlink()
        manifest["files"] = {
            name: entry for name, entry in manifest["files"].items() if (self.root / name).exists()
        }
        self._save(manifest)

    def _record(
        self, name: str, *, source: str, figures: dict[str, Any] | None, **size: int
    ) -> None:
        data = (self.root / name).read_bytes()
        manifest = self._manifest()
        manifest["files"][name] = {
            "sha256": hashlib.sha256(data).hexdigest(),
            "bytes": len(data),
            **size,
            "source": source,
            "figures": rounded(figures or {}),
        }
        self._save(manifest)
        print(f"  wrote {name}: {len(data) / 1e6:.2f} MB", flush=True)
        for key, value in (figures or {}).items():
            print(f"    {key}: {rounded(value)}", flush=True)

    def _manifest(self) -> dict[str, Any]:
        path = self.root / MANIFEST
        return json.loads(path.read_text("utf-8")) if path.exists() else {"files": {}}

    def _save(self, manifest: dict[str, Any]) -> None:
        manifest["files"] = dict(sorted(manifest["files"].items()))
        text = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
        (self.root / MANIFEST).write_text(text, "utf-8")


def rounded(value: Any) -> Any:
    """Floats to four significant decimals, through dicts and lists; numpy numbers to Python's."""
    if isinstance(value, dict):
        return {str(k): rounded(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(v) for v in value]
    if isinstance(value, np.generic):
        value = value.item()
    return round(value, 4) if isinstance(value, float) else value
