"""The module behind `tf.keras`; importing it loads tf_keras."""

from tfcompat_rnn.namespace.keras import loading

VERSION = "2.2.4-tf"

_api = loading.api()


def __getattr__(name):
  return getattr(_api, name)


def __dir__():
  return [name for name in dir(_api) if not name.startswith("_")]
