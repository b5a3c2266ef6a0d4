"""What the wrappers are asked, by TensorFlow 1.15.5 and by our package alike.

Each module holds `CASES`, functions of a `Kit` from `measure`. `generate.py`
runs them under TensorFlow 1.15.5 and writes `measured.json.gz` and
`measured.npz`; the tests run them here and compare.
"""
