"""Data for examples and tests, made or read with NumPy alone."""
