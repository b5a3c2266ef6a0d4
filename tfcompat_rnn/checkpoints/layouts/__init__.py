"""Layout conversions: the same numbers in another order.

Naming rows change the name of a key; layout conversions change its array. Each
is a pure NumPy function with an inverse. docs/layouts.md has the formulas.
"""

from tfcompat_rnn import _errors
from tfcompat_rnn._errors import problem
from tfcompat_rnn.checkpoints.layouts import lstm as layouts_lstm
from tfcompat_rnn.checkpoints.layouts import opaque as layouts_opaque
from tfcompat_rnn.checkpoints.layouts import rewrite as layouts_rewrite

Conversion = layouts_rewrite.Conversion


def _reading(conversion):
  """`conversion` whose `convert` also accepts options as text."""
  def convert(tensors, options=()):
    return conversion.convert(
        tensors, layouts_rewrite.read_options(conversion, options))
  return conversion._replace(convert=convert)


# name -> Conversion
CONVERSIONS = {name: _reading(conversion) for name, conversion in (
    *layouts_lstm.CONVERSIONS.items(), *layouts_opaque.CONVERSIONS.items())}


def convert_layout(tensors, name, options=()):
  """Applies the conversion `name` and returns `(tensors, actions)`.

      checkpoint = open_checkpoint("model.ckpt-100")
      tensors, actions = convert_layout(
          checkpoint, "block-to-plain", ["scope=rnn/lstm_fused_cell"])
      write_checkpoint("plain.ckpt", tensors)

  `tensors` is a mapping key -> array, and `options` a dict or a list of texts
  "name=value". Each action is `(new key, (old keys, ...), what was done)`; the
  new key is None if something was left out. The variables are those of the
  cells of `tf.nn.rnn_cell`, `tf.contrib.rnn` and `tf.contrib.cudnn_rnn` in
  TF 1.15.

  Raises `CheckpointError` for an unknown name or option, for cells that do not
  exist and for shapes that do not match, and `RefusedError` for a cell that
  the other layout cannot represent.
  """
  if name not in CONVERSIONS:
    raise _errors.CheckpointError(problem(
        "layout", f"be one of {', '.join(CONVERSIONS)}", repr(name),
        "see docs/layouts.md"))
  return CONVERSIONS[name].convert(tensors, options)


def describe():
  """Lines of help on each conversion, its inverse and its options."""
  lines = []
  for conversion in CONVERSIONS.values():
    lines.append(f"{conversion.name}: {conversion.help} (undone by "
                 f"{conversion.inverse})")
    lines += [f"    {option.name}: {option.help}"
              for option in conversion.options]
  return lines
