"""Runs every benchmark: ``python -m benchmarks``."""

from benchmarks import app, search

for title, benchmark in (("Search", search), ("App", app)):
    print(f"\n{title}\n")
    benchmark.main()
