"""`tensorflow.contrib.rnn.python.tools.checkpoint_convert`: 1.2's new names.

TensorFlow 1.2 called the variables of recurrent cells `kernel` and `bias`;
before, they were `weights` and `biases`. `tfcompat-rnn checkpoint convert`
knows the names of all releases; this is the smaller tool that 1.15 had.
"""

import argparse
import collections

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf
from tfcompat_rnn.checkpoints import reading

# scope -> its inner scopes whose variables were renamed, "" for its own.
_SCOPES = collections.OrderedDict([
    ("basic_rnn_cell", ("",)),
    ("gru_cell", ("", "gates/", "candidate/")),
    ("basic_lstm_cell", ("",)),
    ("lstm_cell", ("", "projection/")),
    ("output_projection_wrapper", ("",)),
    ("input_projection_wrapper", ("",)),
    ("lstm_block_wrapper", ("",)),
    ("layer_norm_basic_lstm_cell", ("",)),
    ("ugrnn_cell", ("",)),
    ("nas_rnn", ()),
    ("intersection_rnn_cell", ("", "in_projection/")),
    ("phased_lstm_cell", ("mask_gates/", "new_input/", "output_gate/")),
    ("attention_cell_wrapper", ("", "attn_output_projection/", "attention/")),
    ("attention_decoder", ("", "Attention_0/", "AttnOutputProjection/")),
])
_DECODER = "attention_decoder/"


def _replacements():
  """{part of an old name: the same part since 1.2}, in 1.15's order."""
  found = collections.OrderedDict()
  for scope, inner in _SCOPES.items():
    for part in inner:
      for old, new in (("weights", "kernel"), ("biases", "bias")):
        found[f"{scope}/{part}{old}"] = f"{scope}/{part}{new}"
    if scope == "nas_rnn":
      found["nas_rnn/weights"] = "nas_rnn/kernel"
      found["nas_rnn/recurrent_weights"] = "nas_rnn/recurrent_kernel"
  for part in ("Attention_0/", "AttnOutputProjection/"):
    for old, new in (("Bias", "bias"), ("Matrix", "kernel")):
      found[f"{_DECODER}{part}Linear/{old}"] = f"{_DECODER}{part}{new}"
  found[_DECODER + "LSTMCell/B"] = _DECODER + "lstm_cell/bias"
  found[_DECODER + "LSTMCell/W_0"] = _DECODER + "lstm_cell/kernel"
  found[_DECODER + "Linear/Bias"] = _DECODER + "bias"
  found[_DECODER + "Linear/Matrix"] = _DECODER + "kernel"
  return found


RNN_NAME_REPLACEMENTS = _replacements()


def _rnn_name_replacement(name):
  """`name` as it was since 1.2; the first part that is found decides."""
  for old, new in RNN_NAME_REPLACEMENTS.items():
    if old in name:
      return name.replace(old, new)
  return name


def convert_names(checkpoint_from_path, checkpoint_to_path,
                  write_v1_checkpoint=False):
  """Writes a checkpoint again, with the names that variables had since 1.2.

  Example: `convert_names("old/model.ckpt", "new/model.ckpt")`

  Returns `(variables, renamed)`: {new name: variable of a graph of its own}
  and {old name: new name} of those that changed.

  Raises ValueError if the checkpoint does not exist or is damaged;
  NotImplementedError for `write_v1_checkpoint`.

  TF 1.15: `tensorflow.contrib.rnn.python.tools.checkpoint_convert`.
  """
  if write_v1_checkpoint:
    raise _errors.RefusedError(_errors.problem(
        "write_v1_checkpoint", "be False", "True",
        "every TensorFlow since 0.12 reads the second format"))
  reader = reading.open_checkpoint(checkpoint_from_path)
  variables, renamed = {}, {}
  with tf.Graph().as_default():
    for name in reader:
      new = _rnn_name_replacement(name)
      variables[new] = tf.Variable(reader[name], name=name)
      if new != name:
        renamed[name] = new
        tf.logging.info("Converted: %s --> %s", name, new)
    with tf.Session() as session:
      session.run(tf.global_variables_initializer())
      tf.train.Saver(variables).save(session, checkpoint_to_path)
  return variables, renamed


def main(arguments=None):
  """The command line: `OLD_PATH NEW_PATH [--write_v1_checkpoint]`."""
  parser = argparse.ArgumentParser(description=__doc__)
  parser.add_argument("checkpoint_from_path")
  parser.add_argument("checkpoint_to_path")
  parser.add_argument("--write_v1_checkpoint", action="store_true")
  options = parser.parse_args(arguments)
  convert_names(options.checkpoint_from_path, options.checkpoint_to_path,
                options.write_v1_checkpoint)
