"""The one door to torchaudio: imports it even where its compiled extension does not fit.

torchaudio's Linux wheel is built for CUDA. Beside a CPU build of torch its extension cannot be
loaded (``libc10_cuda.so`` is missing) and ``import torchaudio`` fails, although the transforms and
``functional.resample`` that this project uses are plain Python. Where that happens the extension
is replaced by a stand-in; where the builds match, nothing is touched.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any, NoReturn

_EXTENSION = "torchaudio._extension"


def _fail_if_no_align(function: Callable[..., Any]) -> Callable[..., NoReturn]:
    """Decorator that torchaudio puts on what cannot work without its extension."""

    def fail(*_: Any, **__: Any) -> NoReturn:
        raise RuntimeError(
            f"{function.__name__} needs torchaudio's compiled extension, which does not fit "
            "this build of torch; install matching builds to use it."
        )

    return fail


def _stand_in() -> ModuleType:
    """What torchaudio reads from its extension, saying that there is none."""
    module = ModuleType(_EXTENSION)
    module.__dict__.update(
        _IS_TORCHAUDIO_EXT_AVAILABLE=False,
        _IS_ALIGN_AVAILABLE=False,
        _load_lib=lambda *_: False,
        _check_cuda_version=lambda: None,
        fail_if_no_align=_fail_if_no_align,
    )
    return module


def _import() -> ModuleType:
    try:
        return importlib.import_module("torchaudio")
    except ModuleNotFoundError:
        raise  # not installed at all: the message says so
    except (OSError, ImportError):
        for name in [n for n in sys.modules if n.partition(".")[0] == "torchaudio"]:
            del sys.modules[name]
        sys.modules[_EXTENSION] = _stand_in()
        return importlib.import_module("torchaudio")


torchaudio: Any = _import()
