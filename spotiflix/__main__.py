"""Runs the command line."""

import os
import sys

from spotiflix.cli import main

for stream in (sys.stdout, sys.stderr):
    # Titles hold any letter; the code page of a Windows pipe does not.
    stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
try:
    status = main()
    sys.stdout.flush()
except BrokenPipeError:  # the reader had enough, as `head` does
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    status = 0
sys.exit(status)
