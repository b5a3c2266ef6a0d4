"""What stands behind the rows of `tf.contrib`: repairs and rewrites."""

from tfcompat_rnn.shim.contrib import clone

clone.install()
