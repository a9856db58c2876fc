"""Judges the shipped model on anybody's labelled folder: ``python -m train evaluate audio``."""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

import spotiflix
from spotiflix.assets import DEFAULT_ROOT, Assets
from spotiflix.batch import SUFFIXES, hear_all
from spotiflix.errors import SpotiflixError
from spotiflix.features import FEATURES

#: Columns that may name a clip, the better one first.
NAMES = ("file", "key")
#: Measures of a feature, in the order of the table.
MEASURES = ("r", "r2", "mae", "constant_mae")
#: Clips that are missing or cannot be heard are named up to this many.
NAMED = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the subcommands of ``evaluate``."""
    subjects = parser.add_subparsers(dest="subject", required=True, metavar="SUBJECT")
    audio = subjects.add_parser("audio", help="the seven features heard, against labels")
    audio.add_argument(
        "--labels", type=Path, required=True, help="CSV: key or file, then the seven features"
    )
    audio.add_argument("--dir", type=Path, required=True, help="folder with the audio")
    audio.add_argument("--assets", type=Path, default=DEFAULT_ROOT, help="folder with the model")
    audio.add_argument("--json", action="store_true", help="answer as JSON")
    audio.set_defaults(run=run_audio)
    uncertainty = subjects.add_parser(
        "uncertainty", help="what listening gains by allowing for its own errors"
    )
    uncertainty.add_argument(
        "--assets", type=Path, default=DEFAULT_ROOT, help="folder with the model"
    )
    uncertainty.add_argument("--json", action="store_true", help="answer as JSON")
    uncertainty.set_defaults(run=run_uncertainty)


def run_audio(options: argparse.Namespace) -> None:
    """Judge by the parsed arguments, and print.

    Raises
    ------
    SpotiflixError
        If the labels or the folder cannot be read, or no clip of the labels can be heard.
    """
    found = judge_audio(read_labels(options.labels), options.dir, Assets(options.assets))
    print(json.dumps(found, ensure_ascii=False, indent=2) if options.json else as_words(found))


def run_uncertainty(options: argparse.Namespace) -> None:
    """Compare by the parsed arguments, and print."""
    from train.uncertainty import VIAS, compare

    app = spotiflix.load(options.assets)
    found = {via: compare(app, via) for via in VIAS}
    if options.json:
        print(json.dumps(found, indent=2))
        return
    for via, ways in found.items():
        for way, measures in ways.items():
            numbers = "  ".join(f"{name} {value:.3f}" for name, value in measures.items())
            print(f"{via:<12}{way.replace('_', ' '):<24}{numbers}")


def read_labels(path: Path) -> pd.DataFrame:
    """A table of labels.

    Returns
    -------
    pd.DataFrame
        Index ``file`` as written in the table, and a column of floats for each feature; NaN where
        there is no label.

    Raises
    ------
    SpotiflixError
        If it is no CSV, lacks a column or holds a label that is no number in [0, 1].
    """
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no CSV in UTF-8"
        raise SpotiflixError(f"The labels '{path}' cannot be read: {reason}.") from None
    table.columns = [str(column).strip().lower() for column in table.columns]
    name = next((each for each in NAMES if each in table), None)
    missing = [feature for feature in FEATURES if feature not in table]
    if name is None or missing:
        lacking = ["key or file"] * (name is None) + missing
        raise SpotiflixError(f"The labels '{path}' lack the columns {', '.join(lacking)}.")
    labels = pd.DataFrame(index=pd.Index(table[name].str.strip(), name="file"))
    for feature in FEATURES:
        text = table[feature].str.strip().to_numpy()
        given = pd.to_numeric(pd.Series(text), errors="coerce").to_numpy(dtype=float)
        blank = np.isin(np.char.lower(text.astype(str)), ["", "nan", "na", "null"])
        wrong = ~blank & ~((given >= 0) & (given <= 1))
        if wrong.any():
            at = int(wrong.argmax())
            raise SpotiflixError(
                f"The labels '{path}' say that {feature} of '{labels.index[at]}' is '{text[at]}'; "
                "it must be a number between 0 and 1."
            )
        labels[feature] = given
    return labels[~labels.index.duplicated()]


def find_files(names: Iterable[str], folder: Path) -> dict[str, Path | None]:
    """The file of each name: by its path in the folder, else by its name, else by its stem.

    Raises
    ------
    SpotiflixError
        If there is no such folder.
    """
    if not folder.is_dir():
        raise SpotiflixError(f"The folder {folder} does not exist.")
    by_name: dict[str, Path] = {}
    by_stem: dict[str, Path] = {}
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        if not path.name.startswith("."):
            by_name.setdefault(path.name, path)
            by_stem.setdefault(path.stem, path)
    found: dict[str, Path | None] = {}
    for name in names:
        direct = folder / name
        last = Path(name).name
        if name and "\0" not in name and direct.is_file():
            found[name] = direct
        else:
            # "Mr. Brightside" has no ending that could be left out, "song.wav" has one.
            bare = Path(last).stem if Path(last).suffix.lower() in SUFFIXES else last
            found[name] = by_name.get(last) or by_stem.get(last) or by_stem.get(bare)
    return found


def judge_audio(labels: pd.DataFrame, folder: Path, assets: Assets | None = None) -> dict[str, Any]:
    """Listen to every labelled clip and compare.

    Parameters
    ----------
    labels : pd.DataFrame
        As `read_labels` gives it.
    folder : Path
    assets : Assets, optional
        The project's own unless given.

    Returns
    -------
    dict
        ``clips`` heard, ``features`` with the measures of each, their ``mean``, ``missing`` names
        and ``failed`` files with their errors. See `measured`.

    Raises
    ------
    SpotiflixError
        If no clip can be heard.
    """
    from spotiflix.listening import listen

    files = find_files(labels.index, folder)
    missing = [name for name, path in files.items() if path is None]
    paths = list(dict.fromkeys(str(path) for path in files.values() if path is not None))
    rows = hear_all(lambda path: listen(path, assets=assets), paths) if paths else ()
    by_path = {row["file"]: row for row in tqdm(rows, "Listening", total=len(paths), unit="clip")}
    heard: dict[str, list[float]] = {}
    failed = []
    for name, path in files.items():
        row = by_path.get(str(path))
        if row and "error" in row:
            failed.append({"file": name, "error": row["error"]})
        elif row:
            heard[name] = [row["features"][feature] for feature in FEATURES]
    if not heard:
        raise SpotiflixError(
            f"None of the {len(labels)} clips of the labels can be heard in {folder}: "
            f"{len(missing)} are missing, {len(failed)} are damaged."
        )
    true = labels.loc[list(heard)].to_numpy()
    return {
        "clips": len(heard),
        **measured(np.array(list(heard.values())), true),
        "missing": missing,
        "failed": failed,
    }


def measured(heard: np.ndarray, true: np.ndarray) -> dict[str, Any]:
    """Measures of each feature and their mean.

    Parameters
    ----------
    heard : np.ndarray [shape=(clips, 7)]
    true : np.ndarray [shape=(clips, 7)]
        NaN where there is no label.

    Returns
    -------
    dict
        ``features`` and ``mean``, of ``clips``, Pearson's ``r``, ``r2``, ``mae`` and
        ``constant_mae``, that of always saying these labels' own mean. None where it is undefined:
        r of a constant, R² where all labels are the same.
    """
    features = {}
    for j, name in enumerate(FEATURES):
        known = ~np.isnan(true[:, j])
        x, y = heard[known, j], true[known, j]
        features[name] = {"clips": int(known.sum())} | _measures(x, y)
    mean = {}
    for measure in MEASURES:
        values = [each[measure] for each in features.values() if each[measure] is not None]
        mean[measure] = round(float(np.mean(values)), 4) if values else None
    return {"features": features, "mean": mean}


def _measures(heard: np.ndarray, true: np.ndarray) -> dict[str, float | None]:
    if not len(true):
        return dict.fromkeys(MEASURES)
    error, from_mean = heard - true, true - true.mean()
    varied = true.std() > 1e-9
    values = {
        "r": np.corrcoef(heard, true)[0, 1] if varied and heard.std() > 1e-9 else math.nan,
        "r2": 1 - (error**2).mean() / true.var() if varied else math.nan,
        "mae": np.abs(error).mean(),
        "constant_mae": np.abs(from_mean).mean(),
    }
    return {name: None if math.isnan(v) else round(float(v), 4) for name, v in values.items()}


def as_words(found: dict[str, Any]) -> str:
    """A table, and what is not in it."""
    lines = [f"{'':<18}" + "".join(f"{head:>14}" for head in ("r", "R²", "MAE", "MAE, constant"))]
    for name, row in [*found["features"].items(), ("mean", found["mean"])]:
        cells = ["–" if row[m] is None else f"{row[m]:.3f}" for m in MEASURES]
        lines.append(f"{name:<18}" + "".join(f"{cell:>14}" for cell in cells))
    lines.append(f"{found['clips']} clips heard.")
    if found["missing"]:
        lines.append(f"{len(found['missing'])} missing: {_some(found['missing'])}")
    if found["failed"]:
        lines.append(f"{len(found['failed'])} cannot be heard:")
        lines += [f"  {each['file']}: {each['error']}" for each in found["failed"][:NAMED]]
    return "\n".join(lines)


def _some(names: list[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
