"""How right VibeNet is on labelled clips, beside what our cross-validation says of ours.

Run ``python -m benchmarks.accuracy --labels CSV --dir FOLDER [--json]``. VibeNet was trained on
other songs, so it hears every clip; ours is judged on each clip by a model that did not learn from
the clip's artist, which only training can do: its figures are in the manifest.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.listening import vibenet_python
from spotiflix.features import FEATURES
from train.evaluate import as_words, find_files, measured, read_labels

_HEAR = """
import json, sys
from vibenet import load_model
model = load_model()
for line in sys.stdin:
    heard = model.predict(line.rstrip("\\n"))[0]
    print(json.dumps([float(getattr(heard, name)) for name in sys.argv[1:]]), flush=True)
"""


def main() -> int:
    """Measure, and print a table or JSON; exit status 2 if VibeNet cannot be had."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--labels", type=Path, required=True, help="CSV: file, seven features")
    parser.add_argument("--dir", type=Path, required=True, help="folder with the audio")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    python, reason = vibenet_python()
    if python is None:
        print(f"error: VibeNet is not to be had: {reason}", file=sys.stderr)
        return 2
    found = judge(python, options.labels, options.dir)
    print(json.dumps(found, indent=2) if options.json else as_words(found))
    return 0


def judge(python: Path, labels: Path, folder: Path) -> dict[str, Any]:
    """Measures of VibeNet on every clip of the labels that is in the folder."""
    table = read_labels(labels)
    files = find_files(table.index, folder)
    there = {name: path.resolve() for name, path in files.items() if path is not None}
    done = subprocess.run(
        [str(python), "-c", _HEAR, *FEATURES],
        input="".join(f"{path}\n" for path in there.values()),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    heard = np.array([json.loads(line) for line in done.stdout.splitlines()])
    missing = [name for name, path in files.items() if path is None]
    result = measured(heard, table.loc[list(there)].to_numpy())
    return {"clips": len(heard), **result, "missing": missing, "failed": []}


if __name__ == "__main__":
    sys.exit(main())
