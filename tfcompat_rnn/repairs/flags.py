"""What `tf.app.flags.FLAGS` offered before TensorFlow 1.5."""

import sys

from tfcompat_rnn.repairs import Repair
from tfcompat_rnn.repairs import _kinds

# A key of FlagValues.__dict__, so that no flag can have this name.
_OLD = "__tfcompat_old_style"


def _parse(flags):
  def _parse_flags(self, args=None):
    """Parses the command line; returns the arguments that are not flags."""
    words = sys.argv if args is None else [sys.argv[0]] + list(args)
    self.__dict__[_OLD] = True
    return self(words, known_only=True)[1:]
  return _parse_flags


def _flags_as_values(patches, flags, notify):
  """After `_parse_flags()`, `FLAGS.__flags` is {name: value}."""
  def read(self):
    found = self.__dict__["__flags"]
    if not self.__dict__.get(_OLD):
      return found
    # Only the program's own: absl and current libraries define more.
    own = {flag.name for module, defined in
           self.flags_by_module_dict().items()
           if _kinds.is_old(module) for flag in defined}
    return {name: found[name].value for name in found if name in own}

  def write(self, value):
    self.__dict__["__flags"] = value

  patches.replace(flags.FlagValues, "__flags", property(read, write))


def _parsed(patches, flags, notify):
  patches.replace(flags.FlagValues, "__parsed",
                  property(lambda self: self.is_parsed()))


def _redefine(patches, flags, notify):
  """Lets a notebook cell that defines flags run twice."""
  def make(original):
    def __setitem__(self, name, flag):
      try:
        original(self, name, flag)
      except flags.DuplicateFlagError:
        if self.find_module_defining_flag(name) not in (
            "__main__", sys.argv[0]):
          raise
        delattr(self, name)
        original(self, name, flag)
    return __setitem__

  if _shell() is not None:
    patches.wrap(flags.FlagValues, "__setitem__", make)


def _shell():
  ipython = sys.modules.get("IPython")
  return ipython.get_ipython() if ipython is not None else None


ROWS = (
    _kinds.restore("FLAGS._parse_flags", "absl.flags",
                   "FlagValues._parse_flags", _parse,
                   "removed in TensorFlow 1.5"),
    Repair("FLAGS.__flags", "absl.flags", "{name: value} after "
           "_parse_flags()", "changed in TensorFlow 1.5", _flags_as_values),
    Repair("FLAGS.__parsed", "absl.flags", "whether the flags have been parsed",
           "removed in TensorFlow 1.5", _parsed),
    Repair("FLAGS.redefine", "absl.flags", "a notebook cell may define its "
           "flags again", "an error since TensorFlow 1.5", _redefine),
)
