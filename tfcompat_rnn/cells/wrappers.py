"""Wrappers of a cell: dropout, residual and highway connections, a device.

`DropoutWrapper`, `ResidualWrapper` and `DeviceWrapper` open no variable scope
and make no variables: the cell's variables keep the names that they have
without the wrapper.
"""

import hashlib
import operator

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import _dropout
from tfcompat_rnn.cells import _functions
from tfcompat_rnn.cells import base
from tfcompat_rnn.cells import forwarding
from tfcompat_rnn.cells import linear


class _RNNCellWrapperV1(forwarding.ForwardingCell):
  """A cell that calls another cell and changes what goes in or comes out.

  Subclasses define `_call_wrapped_cell`. The wrapped cell is `self.cell`.
  """

  def __init__(self, cell, *args, **kwargs):
    super().__init__(cell, *args, **kwargs)
    self.track(cell, "cell")

  @property
  def _cell(self):
    # In 1.15 the attribute was called `cell`, and programs read it.
    return self.cell

  @_cell.setter
  def _cell(self, cell):
    self.cell = cell

  @property
  def wrapped_cell(self):
    return self.cell

  def _call_wrapped_cell(self, inputs, state, cell_call_fn, **kwargs):
    raise NotImplementedError(
        f"{type(self).__name__} must define _call_wrapped_cell(inputs, state, "
        "cell_call_fn, **kwargs); it returns the output and the new state")

  def __call__(self, inputs, state, scope=None):
    """One step of the wrapped cell; `scope` goes to that cell."""
    return self._call_wrapped_cell(
        inputs, state, cell_call_fn=self.cell.__call__, scope=scope)

  def get_config(self):
    config = super().get_config()
    config["cell"] = {
        "class_name": type(self.cell).__name__,
        "config": self.cell.get_config(),
    }
    return config

  @classmethod
  def from_config(cls, config, custom_objects=None):
    """A wrapper from `config`, in which `config["cell"]` must be a cell."""
    config = dict(config)
    cell = config.pop("cell")
    try:
      base.assert_like_rnncell("cell", cell)
    except TypeError as error:
      raise _errors.ArgumentError(_errors.problem(
          'config["cell"]', "be a cell", type(cell).__name__,
          "build the wrapped cell and put it into the config")) from error
    return cls(cell, **config)


def _keep_no_memory(state):
  """The default: drop all of a state except an LSTM's memory `c`."""
  if isinstance(state, base.LSTMStateTuple):
    return base.LSTMStateTuple(c=False, h=True)
  return not isinstance(state, tf.TensorArray)


class DropoutWrapper(_RNNCellWrapperV1):
  """Dropout on a cell's inputs, outputs and outgoing state.

  >>> cell = DropoutWrapper(LSTMCell(64), output_keep_prob=0.5)

  With `variational_recurrent=True`, one mask, drawn once per session run, is
  used for all steps and all rows of the batch (Gal & Ghahramani,
  https://arxiv.org/abs/1512.05287).

  Args:
    cell: a cell.
    input_keep_prob, output_keep_prob, state_keep_prob: share to keep, a float
      in [0, 1] or a scalar tensor. A constant 1 adds no operation.
    variational_recurrent: bool, see above.
    input_size: depth of the inputs (an int, a TensorShape, or a nested
      structure of these); needed with variational_recurrent if inputs are
      dropped.
    dtype: dtype of inputs, state and outputs; needed with
      variational_recurrent.
    seed: an int, from which each dropped tensor gets a seed of its own.
    dropout_state_filter_visitor: a function that is asked about each level of
      the state; its answer, a bool or a structure of bools one level deep,
      says what is dropped. By default everything is, except the memory `c` of
      an `LSTMStateTuple` and `TensorArray`s.

  Raises TypeError if `cell` is not a cell or the visitor is not callable;
  ValueError if a keep probability is outside [0, 1], or if
  variational_recurrent is True and dtype or a needed input_size is missing.

  TF 1.15: `tf.nn.rnn_cell.DropoutWrapper`.
  """

  def __init__(self, cell, input_keep_prob=1.0, output_keep_prob=1.0,
               state_keep_prob=1.0, variational_recurrent=False,
               input_size=None, dtype=None, seed=None,
               dropout_state_filter_visitor=None, **kwargs):
    super().__init__(cell, dtype=dtype, **kwargs)
    visitor = dropout_state_filter_visitor
    if visitor is not None and not callable(visitor):
      raise _errors.ArgumentTypeError(_errors.problem(
          "dropout_state_filter_visitor", "be callable",
          type(visitor).__name__, "pass a function of the state"))
    self._dropout_state_filter = visitor or _keep_no_memory
    # Input, state, output: also the order in which 1.15 drew noise and, in a
    # step, dropped. Each draw's seed depends on it.
    with tf.name_scope("DropoutWrapperInit"):
      self._input_keep_prob, self._state_keep_prob, self._output_keep_prob = (
          _dropout.known_keep_prob(f"{what}_keep_prob", given)
          for what, given in (("input", input_keep_prob),
                              ("state", state_keep_prob),
                              ("output", output_keep_prob)))
    self._recurrent_input_noise = self._recurrent_state_noise = None
    self._recurrent_output_noise = None
    self._input_size, self._seed = input_size, seed
    self._variational_recurrent = variational_recurrent
    if variational_recurrent:
      self._draw_recurrent_noise(cell, dtype)

  def _draw_recurrent_noise(self, cell, dtype):
    if dtype is None:
      raise _errors.ArgumentError(_errors.problem(
          "dtype", "be provided when variational_recurrent=True", dtype,
          "pass the dtype of inputs and state"))

    def draw(prefix, sizes):
      def noise(index, size):
        # One row, because all rows of a batch share the mask.
        shape = tf.concat(([1], tf.TensorShape(size).as_list()), 0)
        return _dropout.random_uniform_1_15(
            shape, tf.as_dtype(dtype), seed=self._gen_seed(prefix, index))
      return _dropout.map_counted(sizes, noise, sizes)

    if _dropout.drops(self._input_keep_prob):
      if self._input_size is None:
        raise _errors.ArgumentError(_errors.problem(
            "input_size", "be provided when variational_recurrent=True and "
            "input_keep_prob is below 1 or a tensor", None,
            "pass the depth of the inputs"))
      self._recurrent_input_noise = draw("input", self._input_size)
    self._recurrent_state_noise = draw("state", cell.state_size)
    self._recurrent_output_noise = draw("output", cell.output_size)

  def _gen_seed(self, salt_prefix, index):
    """The seed of the `index`-th tensor of the inputs, state or outputs."""
    if self._seed is None:
      return None
    salted = f"{self._seed}{salt_prefix}_{index}".encode("utf-8")
    number = int.from_bytes(hashlib.md5(salted).digest()[:4], "big")
    return number & 0x7FFFFFFF

  def _variational_recurrent_dropout_value(
      self, unused_index, value, noise, keep_prob):
    """Drops by noise that is already drawn: floor(keep_prob + noise)."""
    # Not as in `dropout_1_15`: for this mask 1.15 still used the arithmetic of
    # its older dropout.
    kept = tf.floor(keep_prob + noise)
    dropped = tf.realdiv(value, keep_prob, name="div") * kept
    dropped.set_shape(value.shape)
    return dropped

  def _dropout(self, values, salt_prefix, recurrent_noise, keep_prob,
               shallow_filtered_substructure=None):
    """Drops each leaf of `values` that the pattern of bools selects."""
    selected = shallow_filtered_substructure
    if selected is None:
      selected = values  # every leaf

    def drop(index, wanted, value, *noise):
      if isinstance(wanted, bool) and not wanted:
        return value
      if noise:
        return self._variational_recurrent_dropout_value(
            index, value, noise[0], keep_prob)
      return _dropout.dropout_1_15(
          value, rate=1. - keep_prob, seed=self._gen_seed(salt_prefix, index))

    trees = [selected, values]
    if self._variational_recurrent:
      trees.append(recurrent_noise)
    return _dropout.map_counted(selected, drop, *trees)

  def _call_wrapped_cell(self, inputs, state, cell_call_fn, **kwargs):
    output, new_state = cell_call_fn(
        self._after_dropout("input", inputs), state, **kwargs)
    new_state = self._after_dropout(
        "state", new_state, self._dropout_state_filter)
    return self._after_dropout("output", output), new_state

  def _after_dropout(self, what, values, visitor=None):
    """The inputs, state or output of a step, dropped unless all is kept."""
    keep_prob, noise = {
        "input": (self._input_keep_prob, self._recurrent_input_noise),
        "state": (self._state_keep_prob, self._recurrent_state_noise),
        "output": (self._output_keep_prob, self._recurrent_output_noise)}[what]
    if not _dropout.drops(keep_prob):
      return values
    # As in 1.15, only the state has a fifth argument: a program's own
    # `_dropout` may take no more than four.
    selected = [_dropout.select_dropped(visitor, values)] if visitor else []
    return self._dropout(values, what, noise, keep_prob, *selected)

  def get_config(self):
    config = super().get_config()
    config.update(
        input_keep_prob=self._input_keep_prob,
        output_keep_prob=self._output_keep_prob,
        state_keep_prob=self._state_keep_prob,
        variational_recurrent=self._variational_recurrent,
        input_size=self._input_size,
        seed=self._seed)
    if self._dropout_state_filter is not _keep_no_memory:
      (config["dropout_fn"], config["dropout_fn_type"],
       config["dropout_fn_module"]) = _functions.function_to_config(
           self._dropout_state_filter)
    return config

  @classmethod
  def from_config(cls, config, custom_objects=None):
    config = dict(config)
    if "dropout_fn" in config:
      config["dropout_state_filter_visitor"] = _functions.function_from_config(
          config.pop("dropout_fn"), config.pop("dropout_fn_type"),
          config.pop("dropout_fn_module", None), custom_objects)
    return super().from_config(config, custom_objects)


def _check_same_shapes(inputs, outputs):
  """Raises unless both have one structure and compatible shapes."""
  tf.nest.assert_same_structure(inputs, outputs)
  for inp, out in zip(tf.nest.flatten(inputs), tf.nest.flatten(outputs)):
    if not inp.shape.is_compatible_with(out.shape):
      raise _errors.ArgumentError(_errors.problem(
          "inputs", f"have the shape of the cell's outputs, {out.shape}",
          inp.shape, "make the cell as wide as its inputs, or project these"))


def _add(inputs, outputs):
  _check_same_shapes(inputs, outputs)
  return tf.nest.map_structure(operator.add, inputs, outputs)


class ResidualWrapper(_RNNCellWrapperV1):
  """Adds a cell's inputs to its outputs (He et al., arXiv:1512.03385).

  >>> cell = ResidualWrapper(GRUCell(64))  # inputs [batch, 64]

  `residual_fn(inputs, outputs)`, if given, replaces the sum.

  Raises TypeError if `cell` is not a cell. A call raises ValueError or
  TypeError if inputs and outputs differ in structure or shape.

  TF 1.15: `tf.nn.rnn_cell.ResidualWrapper`.
  """

  def __init__(self, cell, residual_fn=None, **kwargs):
    super().__init__(cell, **kwargs)
    self._residual_fn = residual_fn

  def _call_wrapped_cell(self, inputs, state, cell_call_fn, **kwargs):
    outputs, new_state = cell_call_fn(inputs, state, **kwargs)
    return (self._residual_fn or _add)(inputs, outputs), new_state

  def get_config(self):
    config = super().get_config()
    if self._residual_fn is not None:
      # The third key is misspelt as it was in 1.15.
      (config["residual_fn"], config["residual_fn_type"],
       config["residule_fn_module"]) = _functions.function_to_config(
           self._residual_fn)
    return config

  @classmethod
  def from_config(cls, config, custom_objects=None):
    config = dict(config)
    if "residual_fn" in config:
      config["residual_fn"] = _functions.function_from_config(
          config.pop("residual_fn"), config.pop("residual_fn_type"),
          config.pop("residule_fn_module", None), custom_objects)
    return super().from_config(config, custom_objects)


class DeviceWrapper(_RNNCellWrapperV1):
  """Runs a cell, and makes its zero state, on one device.

  >>> cell = DeviceWrapper(LSTMCell(64), "/gpu:1")

  `device` is an argument for `tf.device`: a name or a function.

  Raises TypeError if `cell` is not a cell.

  TF 1.15: `tf.nn.rnn_cell.DeviceWrapper`.
  """

  def __init__(self, cell, device, **kwargs):
    super().__init__(cell, **kwargs)
    self._device = device

  def zero_state(self, batch_size, dtype):
    with base.zero_state_scope(self, batch_size):
      with tf.device(self._device):
        return self.cell.zero_state(batch_size, dtype)

  def _call_wrapped_cell(self, inputs, state, cell_call_fn, **kwargs):
    with tf.device(self._device):
      return cell_call_fn(inputs, state, **kwargs)

  def get_config(self):
    config = super().get_config()
    config["device"] = self._device
    return config


class HighwayWrapper(forwarding.WeightForwardingCell):
  """Mixes a cell's inputs into its outputs by learned gates.

  The output is `inputs * carry + outputs * transform`, where carry is
  sigmoid(inputs W + b) and transform is 1 - carry or a gate of its own
  (Srivastava et al., https://arxiv.org/abs/1505.00387).

  >>> cell = HighwayWrapper(GRUCell(64))  # inputs [batch, 64]

  Variables `carry_w` [depth, depth] and `carry_b` [depth], and for uncoupled
  gates `transform_w` and `transform_b`, in the scope around that of the
  wrapped cell.

  Args:
    cell: a cell as wide as its inputs.
    couple_carry_transform_gates: whether transform is 1 - carry.
    carry_bias_init: float, initial value of `carry_b`; `transform_b` starts
      at its negative.

  Raises TypeError if `cell` is not a cell. A call raises ValueError or
  TypeError if inputs and outputs differ in structure or shape.

  TF 1.15: `tf.contrib.rnn.HighwayWrapper`.
  """

  def __init__(self, cell, couple_carry_transform_gates=True,
               carry_bias_init=1.0):
    # 1.15 neither checked the cell nor called its base class's constructor,
    # and failed later with an AttributeError.
    super().__init__(cell)
    self._couple_carry_transform_gates = couple_carry_transform_gates
    self._carry_bias_init = carry_bias_init

  def _gate(self, name, inputs, bias_init):
    depth = inputs.shape.with_rank(2).as_list()[1]
    weight = self._rnn_get_variable(
        tf.get_variable, name + "_w", [depth, depth])
    bias = self._rnn_get_variable(
        tf.get_variable, name + "_b", [depth],
        initializer=tf.constant_initializer(bias_init))
    linear.check_dtype(weight, inputs)
    return tf.sigmoid(tf.nn.xw_plus_b(inputs, weight, bias))

  def _highway(self, inp, out):
    carry = self._gate("carry", inp, self._carry_bias_init)
    if self._couple_carry_transform_gates:
      transform = 1 - carry
    else:
      transform = self._gate("transform", inp, -self._carry_bias_init)
    return inp * carry + out * transform

  def __call__(self, inputs, state, scope=None):
    """One step; `scope` goes to the wrapped cell and not to the gates."""
    outputs, new_state = self._cell(inputs, state, scope=scope)
    _check_same_shapes(inputs, outputs)
    return (tf.nest.map_structure(self._highway, inputs, outputs), new_state)
