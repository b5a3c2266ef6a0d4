"""Small graphs, what TensorFlow 1.15.5 made of them, and the comparison."""
