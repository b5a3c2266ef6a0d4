"""`tf.contrib.distributions`: what TensorFlow's `tf.distributions` lacks.

TensorFlow still has 1.15's base class `tf.distributions.Distribution` and
eleven distributions. The classes here are built on the same base, with the
operations of 1.15 in their order, so that `isinstance`, `kl_divergence`,
`RegisterKL` and seeded draws are those of one library. Names that are not
here come from TensorFlow Probability (`probability`).
"""
