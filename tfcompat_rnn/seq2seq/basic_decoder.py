"""`BasicDecoder`: a cell, and a helper that chooses the next input."""

import collections
import operator

from tfcompat_rnn import _errors
from tfcompat_rnn import _nest
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import base
from tfcompat_rnn.seq2seq import _words
from tfcompat_rnn.seq2seq import decoders
from tfcompat_rnn.seq2seq.helpers import base as helpers_base


class BasicDecoderOutput(collections.namedtuple(
    "BasicDecoderOutput", ("rnn_output", "sample_id"))):
  """What `BasicDecoder` returns for each step.

  Example: `dynamic_decode(decoder)[0].sample_id`, int32 `[batch, time]`

  Fields:
    rnn_output: `[batch, units]`, from the cell, or from the output layer if
      there is one.
    sample_id: what the helper's `sample` returned, for example the symbol with
      the largest logit, `[batch]`.

  TF 1.15: `tf.contrib.seq2seq.BasicDecoderOutput`.
  """


class BasicDecoder(decoders.Decoder):
  """Runs a cell; a helper samples from its output and makes the next input.

    decoder = BasicDecoder(cell, GreedyEmbeddingHelper(embedding, start, end),
                           encoder_state, tf.layers.Dense(vocabulary))
    outputs, state, lengths = dynamic_decode(decoder, maximum_iterations=50)

  Args:
    cell: an RNNCell.
    helper: a `Helper`.
    initial_state: a structure like `cell.state_size` with leaves `[batch,
      size]`; it may contain TensorArrays. The dtype of its first leaf is that
      of `rnn_output`.
    output_layer: a layer of `tf.layers`, or an object with
      `compute_output_shape` and `__call__(outputs)`, that is applied to the
      outputs of the cell before the helper sees them.

  Raises:
    ArgumentTypeError: if `cell`, `helper` or `output_layer` is something else.

  TF 1.15: `tf.contrib.seq2seq.BasicDecoder`.
  """

  def __init__(self, cell, helper, initial_state, output_layer=None):
    base.assert_like_rnncell("cell", cell)
    if not isinstance(helper, helpers_base.Helper):
      raise _errors.ArgumentTypeError(_errors.problem(
          "helper", "be a Helper", type(helper),
          "pass for example TrainingHelper(inputs, lengths)"))
    check_output_layer(output_layer)
    self._cell = cell
    self._helper = helper
    self._initial_state = initial_state
    self._output_layer = output_layer

  batch_size = property(operator.attrgetter("_helper.batch_size"))

  def _rnn_output_size(self):
    return output_size_of(self._cell, self._output_layer)

  @property
  def output_size(self):
    return BasicDecoderOutput(
        self._rnn_output_size(), self._helper.sample_ids_shape)

  @property
  def output_dtype(self):
    first = _nest.flatten_state(self._initial_state)[0]
    rnn_output = _nest.map_state(
        lambda _: first.dtype, self._rnn_output_size())
    return BasicDecoderOutput(rnn_output, self._helper.sample_ids_dtype)

  def initialize(self, name=None):
    """Returns `(finished, first inputs, initial_state)`."""
    return (*self._helper.initialize(), self._initial_state)

  def step(self, time, inputs, state, name=None):
    """Returns `(BasicDecoderOutput, next_state, next_inputs, finished)`."""
    with tf.name_scope(name, "BasicDecoderStep", (time, inputs, state)):
      outputs, next_state = self._cell(inputs, state)
      if self._output_layer is not None:
        outputs = self._output_layer(outputs)
      sample_ids = self._helper.sample(
          time=time, outputs=outputs, state=next_state)
      finished, next_inputs, next_state = self._helper.next_inputs(
          time=time, outputs=outputs, state=next_state, sample_ids=sample_ids)
    return (BasicDecoderOutput(outputs, sample_ids), next_state, next_inputs,
            finished)


def output_size_of(cell, layer):
  """The sizes, without batch, of what `layer` makes of the cell's outputs."""
  if layer is None:
    return cell.output_size
  rows = tf.TensorShape([None])
  shapes = layer.compute_output_shape(
      _nest.map_state(rows.concatenate, cell.output_size))
  return _nest.map_state(lambda shape: shape[1:], shapes)


def check_output_layer(layer):
  """Raises ArgumentTypeError unless it is None or can be used as a layer."""
  if isinstance(layer, type):
    got = f"the class {layer.__name__}"
  elif _words.is_keras_3(layer):
    got = f"a {type(layer).__name__} of Keras 3"  # other output shapes
  elif layer is None or callable(layer) and callable(
      getattr(layer, "compute_output_shape", None)):
    return
  else:
    got = type(layer)
  raise _errors.ArgumentTypeError(_errors.problem(
      "output_layer", "be a Layer, such as those of tf.layers", got,
      "pass for example tf.layers.Dense(vocabulary_size)"))
