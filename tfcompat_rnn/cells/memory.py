"""NTMCell: a controller that reads and writes a memory by attention."""

import collections
import math

from tfcompat_rnn import _errors
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import arithmetic
from tfcompat_rnn.cells import base
from tfcompat_rnn.cells import checks

NTMControllerState = collections.namedtuple(
    "NTMControllerState",
    ("controller_state", "read_vector_list", "w_list", "M", "time"))
NTMControllerState.__doc__ = """The state of an `NTMCell`.

controller_state: the state of the controller. read_vector_list: what each
read head read last, `[batch, memory_vector_dim]`. w_list: the weights of each
head over the locations, read heads first, `[batch, memory_size]`. M: the
memory, `[batch, memory_size, memory_vector_dim]`. time: number of steps taken;
at 0, the values of the other fields but controller_state are ignored and
variables are used instead.

TF 1.15: `tensorflow.contrib.rnn.python.ops.rnn_cell.NTMControllerState`.
"""


class NTMCell(base.LayerRNNCell):
  """Neural Turing machine (arXiv:1410.5401, as in arXiv:1807.08518).

  Example: `NTMCell(LSTMCell(100), memory_size=128, memory_vector_dim=20,
  read_head_num=1, write_head_num=1, output_dim=8)`

    o, s = controller([x, r_1, r_2, ...], s)
    parameters = clip(o W_p + b_p); for each head these are k (key), beta (its
      strength), g (gate), s (shift), gamma (sharpness), and for each write
      head also erase and add
    w_c = softmax(beta * cos(M_i, k));  w_g = g * w_c + (1 - g) * w
    w'_i = (sum_j w_g_j s_{i-j})^gamma, normalized
    r' = sum_i w'_i M_i                            for each read head
    M' = M * (1 - w' erase) + w' add               for each write head in turn
    output = clip([o, r'_1, ...] W_o + b_o)

  At the first step of a sequence (`time` 0), reads, addresses and memory come
  from the variables `initial_read_vector_<n>` (through tanh),
  `initial_address_weights_<n>` (through softmax) and `memory`, regardless of
  what the state holds.

  Shapes: `x` `[batch, depth]`, both sizes known, state `NTMControllerState`,
  output `[batch, output_dim]`; variables `parameters_kernel` (W_p) `[size of
  o, parameters]`, `parameters_bias`, `output_kernel` (W_o) `[size of o +
  read_head_num * memory_vector_dim, output_dim]`, `output_bias`,
  `initial_read_vector_<n>` `[1, memory_vector_dim]`,
  `initial_address_weights_<n>` `[1, memory_size]`, `memory` `[memory_size,
  memory_vector_dim]`, and the controller's in a scope of their own.

  Args:
    controller: a cell.
    memory_size: number of memory locations.
    memory_vector_dim: depth of each location.
    read_head_num, write_head_num: number of heads of each kind.
    shift_range: how many locations a head can move in one step.
    output_dim: depth of the output; by default that of the inputs, but
      `tf.nn.dynamic_rnn` requires it.
    clip_value: limit to which parameters and outputs are clipped.
    dtype: dtype of the variables.
    name: scope name, `ntm_cell` by default.

  Raises TypeError if `controller` is not a cell and, as in 1.15, if the batch
  size is unknown; ValueError if the depth of the inputs is unknown, if there
  is no head of one kind, or if the memory is smaller than
  `2 * shift_range + 1`.

  TF 1.15: `tensorflow.contrib.rnn.python.ops.rnn_cell.NTMCell`.
  """

  def __init__(self, controller, memory_size, memory_vector_dim,
               read_head_num, write_head_num, shift_range=1, output_dim=None,
               clip_value=20, dtype=tf.float32, name=None):
    super().__init__(dtype=dtype, name=name)
    base.assert_like_rnncell("NTM RNN controller cell", controller)
    self.controller = controller
    self.memory_size = memory_size
    self.memory_vector_dim = memory_vector_dim
    self.read_head_num = read_head_num
    self.write_head_num = write_head_num
    self.clip_value = clip_value
    self.output_dim = output_dim
    self.shift_range = shift_range
    self.num_parameters_per_head = memory_vector_dim + 2 * shift_range + 4
    self.num_heads = read_head_num + write_head_num
    self.total_parameter_num = (
        self.num_parameters_per_head * self.num_heads
        + 2 * memory_vector_dim * write_head_num)

  @property
  def state_size(self):
    return NTMControllerState(
        controller_state=self.controller.state_size,
        read_vector_list=[self.memory_vector_dim] * self.read_head_num,
        w_list=[self.memory_size] * self.num_heads,
        M=tf.TensorShape([self.memory_size * self.memory_vector_dim]),
        time=tf.TensorShape([]))

  @property
  def output_size(self):
    return self.output_dim

  def build(self, inputs_shape):
    if self.output_dim is None:
      self.output_dim = checks.known_depth(inputs_shape)
    self._check_sizes()
    hidden = self.controller.output_size
    read = hidden + self.memory_vector_dim * self.read_head_num
    zeros = tf.constant_initializer(0.0, dtype=self.dtype)
    self._params_kernel = self._add_kernel(
        "parameters_kernel", hidden, self.total_parameter_num)
    self._params_bias = self.add_variable(
        "parameters_bias", shape=[self.total_parameter_num],
        initializer=zeros)
    self._output_kernel = self._add_kernel(
        "output_kernel", read, self.output_dim)
    self._output_bias = self.add_variable(
        "output_bias", shape=[self.output_dim], initializer=zeros)
    self._init_read_vectors = self._add_rows(
        "initial_read_vector", self.read_head_num, self.memory_vector_dim)
    self._init_address_weights = self._add_rows(
        "initial_address_weights", self.num_heads, self.memory_size)
    self._M = self.add_variable(
        "memory", shape=[self.memory_size, self.memory_vector_dim],
        initializer=tf.constant_initializer(1e-6, dtype=self.dtype))
    self.built = True

  def _check_sizes(self):
    wrong = []
    for name in ("read_head_num", "write_head_num"):
      if getattr(self, name) < 1:
        wrong.append(f"{name}={getattr(self, name)}, at least 1 is needed")
    if self.memory_size < 2 * self.shift_range + 1:
      wrong.append(f"memory_size={self.memory_size}, at least 2 * "
                   f"shift_range + 1 = {2 * self.shift_range + 1} is needed")
    if wrong:
      raise _errors.ArgumentError(problem(
          "NTMCell", "have heads and a memory large enough for them",
          "; ".join(wrong), "build it with larger numbers"))

  def _add_kernel(self, name, rows, columns):
    return self.add_variable(
        name, shape=[rows, columns],
        initializer=tf.truncated_normal_initializer(
            stddev=1.0 / math.sqrt(rows)))

  def _add_rows(self, name, count, width):
    return [
        self.add_variable(f"{name}_{place}", shape=[1, width],
                          initializer=tf.glorot_uniform_initializer())
        for place in range(count)]

  def call(self, x, prev_state):
    missing = [field for field in NTMControllerState._fields
               if not hasattr(prev_state, field)]
    if missing:
      raise _errors.StateFieldError(problem(
          "prev_state", "be an NTMControllerState",
          f"{type(prev_state).__name__} without {', '.join(missing)}",
          "start from cell.zero_state(batch_size, dtype)"))
    rows = x.shape.as_list()[0]
    # Three conditionals and not one, each where 1.15 first needed its value:
    # reads before the controller, addresses and memory after it.
    reads = self._at_start(
        prev_state.time, lambda: self._repeat_each(
            self._init_read_vectors, tf.tanh, rows),
        lambda: prev_state.read_vector_list)
    hidden, controller_state = self.controller(
        tf.concat([x] + reads, axis=1), prev_state.controller_state)
    heads, writes = self._parameters(hidden)
    places = self._at_start(
        prev_state.time, lambda: self._repeat_each(
            self._init_address_weights, tf.nn.softmax, rows),
        lambda: prev_state.w_list)
    memory, = self._at_start(
        prev_state.time, lambda: [_repeat(self._M, rows)],
        lambda: [prev_state.M])
    places = [self._address(parameters, memory, before)
              for parameters, before in zip(heads, places)]
    reads = [tf.reduce_sum(tf.expand_dims(place, 2) * memory, axis=1)
             for place in places[:self.read_head_num]]
    new_memory = self._write(memory, places[self.read_head_num:], writes)
    output = tf.matmul(tf.concat([hidden] + reads, axis=1),
                       self._output_kernel)
    output = self._clip(tf.nn.bias_add(output, self._output_bias))
    return output, NTMControllerState(
        controller_state=controller_state, read_vector_list=reads,
        w_list=places, M=new_memory, time=prev_state.time + 1)

  def _at_start(self, time, initial, later):
    """What `initial` returns in a sequence's first step, else `later`."""
    chosen = tf.cond(tf.equal(time, 0), initial, later)
    # 1.x's cond unpacks a list of one tensor.
    return chosen if isinstance(chosen, (list, tuple)) else [chosen]

  def _repeat_each(self, variables, function, rows):
    # The product with a matrix of a single one changes no value; 1.15 reshaped
    # the variables by it and a squeeze.
    return [
        _repeat(function(tf.squeeze(tf.matmul(
            tf.ones([1, 1], variable.dtype.base_dtype), variable))), rows)
        for variable in variables]

  def _clip(self, tensor):
    return tf.clip_by_value(tensor, -self.clip_value, self.clip_value)

  def _parameters(self, hidden):
    """One tensor per head; the erase and add vectors of the write heads."""
    parameters = self._clip(tf.nn.bias_add(
        tf.matmul(hidden, self._params_kernel), self._params_bias))
    width = self.num_parameters_per_head * self.num_heads
    return (arithmetic.split(parameters[:, :width], self.num_heads, 1),
            arithmetic.split(parameters[:, width:], 2 * self.write_head_num, 1))

  def _address(self, parameters, memory, before):
    """A head's new weights over the locations: `[batch, memory_size]`."""
    depth = self.memory_vector_dim
    key = tf.tanh(parameters[:, 0:depth])
    strength = tf.nn.softplus(parameters[:, depth])
    gate = tf.sigmoid(parameters[:, depth + 1])
    shift = tf.nn.softmax(
        parameters[:, depth + 2:depth + 3 + 2 * self.shift_range])
    sharpness = tf.nn.softplus(parameters[:, -1]) + 1
    by_content = self._by_content(key, strength, memory)
    gate = tf.expand_dims(gate, 1)
    gated = gate * by_content + (1 - gate) * before
    shifts = self._shifts(shift)
    moved = tf.reduce_sum(tf.expand_dims(gated, 1) * shifts, axis=2)
    sharp = tf.pow(moved, tf.expand_dims(sharpness, 1))
    return sharp / tf.reduce_sum(sharp, axis=1, keepdims=True)

  def _by_content(self, key, strength, memory):
    key = tf.expand_dims(key, 2)
    products = tf.matmul(memory, key)
    key_norm = tf.sqrt(tf.reduce_sum(tf.square(key), axis=1, keepdims=True))
    norms = tf.sqrt(tf.reduce_sum(tf.square(memory), axis=2, keepdims=True))
    # A squeeze of all axes, as in 1.15: a batch of one loses its axis too.
    likeness = tf.squeeze(products / (norms * key_norm + 1e-8))
    grown = tf.exp(tf.expand_dims(strength, 1) * likeness)
    return grown / tf.reduce_sum(grown, axis=1, keepdims=True)

  def _shifts(self, shift):
    """`[batch, size, size]`, where row i moves weights to location i."""
    size, reach = self.memory_size, self.shift_range
    rows = shift.shape.as_list()[0] or tf.shape(shift)[0]
    circle = tf.concat(
        [shift[:, :reach + 1],
         tf.zeros([rows, size - (2 * reach + 1)], shift.dtype),
         shift[:, -reach:]], axis=1)
    # 1.15 reversed it twice over instead of joining one result with itself.
    twice = tf.concat([tf.reverse(circle, axis=[1]),
                       tf.reverse(circle, axis=[1])], axis=1)
    return tf.stack([twice[:, size - place - 1:2 * size - place - 1]
                     for place in range(size)], axis=1)

  def _write(self, memory, places, vectors):
    for head, place in enumerate(places):
      place = tf.expand_dims(place, 2)
      erase = tf.expand_dims(tf.sigmoid(vectors[2 * head]), 1)
      add = tf.expand_dims(tf.tanh(vectors[2 * head + 1]), 1)
      kept = tf.ones_like(memory) - tf.matmul(place, erase)
      memory = memory * kept + tf.matmul(place, add)
    return memory

  def zero_state(self, batch_size, dtype):
    """Zeros, and the controller's own zero state.

    `time` is the int 0, so that a static loop counts in Python.
    """
    kind = tf.as_dtype(self.dtype or tf.float32)
    reads = [tf.zeros([batch_size, self.memory_vector_dim], kind)
             for _ in range(self.read_head_num)]
    places = [tf.zeros([batch_size, self.memory_size], kind)
              for _ in range(self.num_heads)]
    controller_state = self.controller.zero_state(batch_size, dtype)
    memory = tf.zeros(
        [batch_size, self.memory_size, self.memory_vector_dim], kind)
    return NTMControllerState(
        controller_state=controller_state, read_vector_list=reads,
        w_list=places, M=memory, time=0)


def _repeat(tensor, rows):
  """`tensor` repeated `rows` times along a new first axis."""
  if rows is None:
    raise _errors.ArgumentTypeError(problem(
        "x", "have a known batch size for NTMCell", "an unknown one",
        "set it: x.set_shape([batch, depth])"))
  return tf.concat([tf.expand_dims(tensor, 0) for _ in range(rows)], axis=0)
