"""Losses, clipping and optimizers with TensorFlow 1.15's operations."""
