"""Runs the command line."""

import sys

from spotiflix.cli import main

sys.exit(main())
