"""What TensorFlow 1.15.5 computed, its generator, and the comparison."""
