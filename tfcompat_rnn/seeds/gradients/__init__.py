"""Gradient functions with the operations that TensorFlow 1.15's had."""
