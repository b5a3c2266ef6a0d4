"""What stands behind the rows of `tf.contrib`: repairs and rewrites."""

from tfcompat_rnn.namespace.contrib import clone

clone.install()
