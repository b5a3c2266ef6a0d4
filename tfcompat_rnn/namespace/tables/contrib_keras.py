"""`tf.contrib.keras`: `tf.keras` under the name it had before 1.4."""

from tfcompat_rnn.namespace.tables import Alias

ALIASES = [
    Alias("contrib.keras", "keras"),
]
