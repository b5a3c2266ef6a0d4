"""Cases for the wrappers, which run both in TensorFlow 1.15.5 and here.

Each module has `CASES`, functions of a `Kit` from `measure`. `generate.py` runs
them in TensorFlow 1.15.5 and writes `measured.json.gz` and `measured.npz`; the
tests run them here and compare.
"""
