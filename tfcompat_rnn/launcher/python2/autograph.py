"""Keeps AutoGraph from rewriting converted functions.

AutoGraph reads a function's source, which is Python 2: what does not parse
stays as it is, but the rest would lose Python 2's meaning of `/`.
"""

from tfcompat_rnn import _tf
from tfcompat_rnn.launcher.python2.runtime import files


def leave_alone(patches):
  """Has AutoGraph call functions of converted modules as they are."""
  config = _tf.private("autograph_config")

  class Rule:
    """Says what AutoGraph is to do with functions of a module."""

    def get_action(self, module):
      names = vars(module).get("__builtins__")
      if isinstance(names, dict) and files.MARK in names:
        return config.Action.DO_NOT_CONVERT
      return config.Action.NONE

  patches.replace(config, "CONVERSION_RULES",
                  (Rule(), *config.CONVERSION_RULES))
