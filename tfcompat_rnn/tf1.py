"""The TensorFlow namespace of 1.15.5.

  import tfcompat_rnn.tf1 as tf

`tf.placeholder`, `tf.nn.dynamic_rnn`, `tf.contrib.rnn`, `tf.layers`,
`tf.app.run` and the rest are where they were in 1.15.5. Importing this module
patches nothing: Keras 3 and TensorFlow 2 code in the same process keeps
working, as long as the old graph is built inside
`with tf.Graph().as_default():`. A script that builds in the default graph
switches the process to 1.x behavior at its first operation (see
`tfcompat_rnn.namespace.behavior`).

A name that is not supported raises `MissingSymbolError` (an AttributeError) or
`MissingModuleError` (a ModuleNotFoundError) with the next step.
"""

import sys
import typing

from tfcompat_rnn._tf import real_module
from tfcompat_rnn.namespace import finder
from tfcompat_rnn.namespace import namespace

__path__: list[str] = []
__tfcompat_old__ = ""
__tfcompat_source__ = real_module("tensorflow.compat.v1")

__version__ = "1.15.5"
VERSION = __version__
__git_version__ = GIT_VERSION = "v1.15.4-39-g3db52be"


def seeds_of_1_15() -> typing.ContextManager[None]:
  """A context in which a graph-level seed gives the same numbers as in 1.15.

    with tf.Graph().as_default(), tf.seeds_of_1_15():
      tf.set_random_seed(42)

  See `tfcompat_rnn.seeds.seeds_of_1_15`.
  """
  from tfcompat_rnn import seeds
  return seeds.seeds_of_1_15()


def set_api(release: str | None) -> str | None:
  """Says for which release of TensorFlow the program was written.

    tf.set_api("0.8")

  Only where releases differ and a call alone does not tell, such as the state
  of an LSTM, which was one tensor up to 0.10. Returns the release that was
  set before. Raises ValueError if there was no such release; see
  docs/releases.md.
  """
  from tfcompat_rnn.namespace import releases
  return releases.set_api(release)


if typing.TYPE_CHECKING:
  # A type checker sees every name of the namespace as Any.
  def __getattr__(name: str) -> typing.Any: ...


finder.install()
sys.modules[__name__].__class__ = namespace.NamespaceModule
for _name in ("sys", "typing", "real_module", "finder", "namespace", "_name"):
  del globals()[_name]
