"""`tf.contrib.opt`: optimizers."""
