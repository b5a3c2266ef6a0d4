"""What TensorFlow 1.15.5 computed, how it was made, and the comparison."""
