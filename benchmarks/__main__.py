"""Runs every benchmark: ``python -m benchmarks``."""

from benchmarks import app, listening, search

for title, benchmark in (("Search", search), ("Listening", listening), ("App", app)):
    print(f"\n{title}\n")
    benchmark.main()
