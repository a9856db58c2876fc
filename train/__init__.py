"""Builds everything under `assets/` from a data folder: ``python -m train all --data DIR``."""
