"""Data for examples and tests, generated or read with only NumPy."""
