"""What the rows of `tf.contrib` refer to: repaired and rewritten parts."""

from tfcompat_rnn.namespace.contrib import clone

clone.install()
