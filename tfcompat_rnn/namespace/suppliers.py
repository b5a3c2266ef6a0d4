"""Which package supplies what a name stands for, and how to install it.

Data only: neither TensorFlow nor those packages are loaded.
"""

import typing

PROBABILITY = "pip install 'tfcompat_rnn[probability]'"


class Supplier(typing.NamedTuple):
  """The package `package` supplies the places that begin with `beginning`.

  `module` is what it is imported as. `install` is the command if it does not
  come with this package, and "" if it does.
  """
  beginning: str
  package: str
  module: str
  install: str = ""


# Our own modules come first where they only lead to another package.
SUPPLIERS = (
    Supplier("tfcompat_rnn.namespace.keras", "tf_keras", "tf_keras"),
    Supplier("tfcompat_rnn.namespace.estimator", "tensorflow-estimator",
             "tensorflow_estimator"),
    Supplier("tfcompat_rnn.namespace.contrib.distributions.probability",
             "tensorflow-probability", "tensorflow_probability", PROBABILITY),
    Supplier("tfcompat_rnn", "tfcompat_rnn", "tfcompat_rnn"),
    Supplier("tf_slim", "tf_slim", "tf_slim"),
    Supplier("tf_keras", "tf_keras", "tf_keras"),
    Supplier("tensorflow_estimator", "tensorflow-estimator",
             "tensorflow_estimator"),
    Supplier("tensorflow_probability", "tensorflow-probability",
             "tensorflow_probability", PROBABILITY),
    Supplier("tensorflow", "tensorflow", "tensorflow"),
)


def supplier(where):
  """The `Supplier` of `where`, a place as in `Row.new`, or None.

  >>> supplier("tf_slim.layers:conv2d").package
  'tf_slim'
  """
  for row in SUPPLIERS:
    if where.startswith(row.beginning):
      return row
  return None
