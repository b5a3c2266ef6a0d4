"""`tf.contrib.estimator.RNNClassifier` and `RNNEstimator`.

Not the classes of the same names in tensorflow-estimator 2.15, which are
built from Keras layers: these use `tf.nn.dynamic_rnn` and cells, with 1.15's
variables (`rnn/rnn/basic_lstm_cell/kernel`, `rnn/logits/dense/kernel`).
"""

import functools

from tfcompat_rnn import _errors
from tfcompat_rnn import cells
from tfcompat_rnn import loops
from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace import layers
from tfcompat_rnn.namespace.estimator import extenders
from tfcompat_rnn.namespace.estimator import loading
from tfcompat_rnn.namespace.estimator import sequence_columns

_CELLS = {"basic_rnn": cells.BasicRNNCell, "lstm": cells.BasicLSTMCell,
          "gru": cells.GRUCell}
_RATE, _CLIP_NORM = 0.05, 5.0
_SLICE = 64 << 20

# Tells an argument that was not given from None.
USE_DEFAULT = object()


def _cell(units, kind):
  kind = _CELLS.get(kind, kind)
  if not kind or not issubclass(kind, cells.RNNCell):
    raise _errors.ArgumentError(_errors.problem(
        "cell_type", f"be one of {list(_CELLS)} or a subclass of RNNCell",
        f"{kind}", "pass `rnn_cell_fn` for any other cell"))
  return kind(num_units=units)


def _make_rnn_cell_fn(num_units, cell_type="basic_rnn"):
  """A function of the mode that makes one cell, or a stack of cells."""
  def rnn_cell_fn(mode):
    del mode
    made = [_cell(units, cell_type) for units in num_units]
    return made[0] if len(made) == 1 else cells.MultiRNNCell(made)
  return rnn_cell_fn


def _cell_function(rnn_cell_fn, num_units, cell_type):
  if rnn_cell_fn and (num_units or cell_type != USE_DEFAULT):
    raise _errors.ArgumentError(_errors.problem(
        "rnn_cell_fn", "be the only description of the cell",
        "`num_units` or `cell_type` too", "leave those out"))
  return rnn_cell_fn or _make_rnn_cell_fn(
      num_units, "basic_rnn" if cell_type == USE_DEFAULT else cell_type)


def _last_outputs(outputs, lengths):
  """The output of each row at its last step; `outputs` is batch-major."""
  with tf.name_scope(None, "select_last_activations",
                     values=[outputs, lengths]):
    shape = tf.shape(outputs)
    batch, time, depth = shape[0], shape[1], shape[2]
    if lengths is None:
      lengths = time
    first = tf.to_int64(tf.range(batch) * time)
    last = first + lengths - 1
    flat = tf.reshape(outputs, [batch * time, depth])
    chosen = tf.gather(flat, last)
    chosen.set_shape([outputs.shape[0], outputs.shape[2]])
    return chosen


def _with_context(sequence_input, context_input):
  """The context after the inputs of every step; 1.15's order of checks."""
  return sequence_columns.concatenate_context_input(
      context_input, sequence_input)


def _logits(features, mode, units, rnn_cell_fn, sequence_feature_columns,
            context_feature_columns, partitioner, return_sequences):
  with tf.variable_scope("sequence_input_layer",
                         values=tuple(features.values()),
                         partitioner=partitioner):
    inputs, lengths = sequence_columns.sequence_input_layer(
        features=features, feature_columns=sequence_feature_columns)
    tf.summary.histogram("sequence_length", lengths)
    if context_feature_columns:
      inputs = _with_context(inputs, tf.feature_column.input_layer(
          features=features, feature_columns=context_feature_columns))
  outputs, _ = loops.dynamic_rnn(
      cell=rnn_cell_fn(mode), inputs=inputs, sequence_length=lengths,
      dtype=tf.float32, time_major=False)
  if not return_sequences:
    outputs = _last_outputs(outputs, lengths)
  with tf.variable_scope("logits", values=(outputs,)):
    logits = layers.dense(
        outputs, units=units, activation=None,
        kernel_initializer=tf.glorot_uniform_initializer())
  return logits, tf.sequence_mask(lengths)


def _optimizer(given):
  """An optimizer as it is; one made here clips the gradients."""
  if isinstance(given, tf.train.Optimizer):
    return given
  make = loading.module("python.estimator.canned.optimizers")
  return extenders.clip_gradients_by_norm(
      make.get_optimizer_instance(given, learning_rate=_RATE), _CLIP_NORM)


def _model_fn(head, rnn_cell_fn, sequence_feature_columns,
              context_feature_columns, return_sequences, optimizer,
              input_layer_partitioner):
  """The model function of a recurrent network with this head."""
  columns = (tuple(sequence_feature_columns or ()),
             tuple(context_feature_columns or ()))

  def model_fn(features, labels, mode, config):
    if not isinstance(features, dict):
      raise _errors.ArgumentError(_errors.problem(
          "features", "be a dictionary of tensors", f"{type(features)}",
          "return {key: tensor} from `input_fn`, with the columns' keys"))
    minimizes = _optimizer(optimizer)
    by_size = functools.partial(
        tf.min_max_variable_partitioner,
        max_partitions=config.num_ps_replicas if config else 0)
    with tf.variable_scope("rnn", values=tuple(features.values()),
                           partitioner=by_size()):
      logits, mask = _logits(
          features, mode, head.logits_dimension, rnn_cell_fn, *columns,
          input_layer_partitioner or by_size(min_slice_size=_SLICE),
          return_sequences)
      if return_sequences:
        features.setdefault(head.input_sequence_mask_key, mask)
      return head.create_estimator_spec(
          features=features, mode=mode, labels=labels, logits=logits,
          train_op_fn=lambda loss: minimizes.minimize(
              loss, global_step=tf.train.get_global_step()))
  return model_fn


def _make_classes():
  estimator = loading.module("python.estimator.estimator")
  heads = loading.module("python.estimator.canned.head")

  class RNNClassifier(estimator.Estimator):
    """Classifies sequences with a recurrent network.

    >>> tokens = tf.contrib.feature_column \\
    ...     .sequence_categorical_column_with_identity("tokens", 1000)
    >>> embedded = tf.feature_column.embedding_column(tokens, dimension=8)
    >>> classifier = tf.contrib.estimator.RNNClassifier(
    ...     sequence_feature_columns=[embedded], num_units=[32],
    ...     cell_type="lstm", n_classes=3)

    `cell_type` is "basic_rnn", "lstm", "gru" or a subclass of `RNNCell`;
    instead of it and `num_units`, `rnn_cell_fn(mode)` may make the cell.
    Raises `ValueError` if both are given.
    TF 1.15: `tf.contrib.estimator.RNNClassifier`.
    """

    def __init__(self, sequence_feature_columns, context_feature_columns=None,
                 num_units=None, cell_type=USE_DEFAULT, rnn_cell_fn=None,
                 model_dir=None, n_classes=2, weight_column=None,
                 label_vocabulary=None, optimizer="Adagrad",
                 loss_reduction=tf.losses.Reduction.SUM_OVER_BATCH_SIZE,
                 input_layer_partitioner=None, config=None):
      cell = _cell_function(rnn_cell_fn, num_units, cell_type)
      head = loading.private_name(
          heads, "_binary_logistic_or_multi_class_head")(
              n_classes, weight_column, label_vocabulary, loss_reduction)
      super().__init__(
          _model_fn(head, cell, sequence_feature_columns,
                    context_feature_columns, False, optimizer,
                    input_layer_partitioner), model_dir, config)

  class RNNEstimator(estimator.Estimator):
    """A recurrent network with a head of the program's own choice.

    >>> estimator = tf.contrib.estimator.RNNEstimator(
    ...     head=tf.contrib.estimator.regression_head(),
    ...     sequence_feature_columns=[embedded], num_units=[32, 16],
    ...     cell_type="gru")

    The arguments are those of `RNNClassifier`. With `return_sequences`, the
    head gets the outputs of all steps. Raises `ValueError` if both
    `rnn_cell_fn` and `num_units` or `cell_type` are given, or if
    `return_sequences` is set and the head is not a sequential one.
    TF 1.15: `tf.contrib.estimator.RNNEstimator`.
    """

    def __init__(self, head, sequence_feature_columns,
                 context_feature_columns=None, num_units=None,
                 cell_type=USE_DEFAULT, rnn_cell_fn=None,
                 return_sequences=False, model_dir=None, optimizer="Adagrad",
                 input_layer_partitioner=None, config=None):
      cell = _cell_function(rnn_cell_fn, num_units, cell_type)
      if return_sequences:
        sequential = loading.module("python.estimator.head.sequential_head")
        if not isinstance(
            head, loading.private_name(sequential, "_SequentialHead")):
          raise _errors.ArgumentError(_errors.problem(
              "head", "be a `_SequentialHead` if `return_sequences` is set",
              f"{type(head)}", "leave `return_sequences` out"))
      super().__init__(
          _model_fn(head, cell, sequence_feature_columns,
                    context_feature_columns, return_sequences, optimizer,
                    input_layer_partitioner), model_dir, config)

  for made in (RNNClassifier, RNNEstimator):
    made.__qualname__ = made.__name__
  return {"RNNClassifier": RNNClassifier, "RNNEstimator": RNNEstimator}


_classes = {}


def __getattr__(name):
  """The two classes: their base is loaded with tensorflow-estimator."""
  if name not in ("RNNClassifier", "RNNEstimator"):
    raise AttributeError(name)
  if not _classes:
    _classes.update(_make_classes())
  return _classes[name]
