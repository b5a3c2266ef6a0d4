"""Golden cases of contrib's cells whose inputs are not rows.

`PhasedLSTMCell` takes the pair (time, x), `ConvLSTMCell` takes images.

This file runs unchanged on Python 3.7 with TensorFlow 1.15, and here.
"""

from golden.registry import BOTH
from golden.registry import SINGLE
from golden.registry import case
from golden.registry import contrib
from golden.registry import nn
from golden.registry import register


def _times(b, shape, name="time", dtype=None):
  tensor = b.tf.placeholder(dtype or b.tf.float32, shape, name=name)
  steps = shape[1] if len(shape) == 3 else 1
  # Different for each row and step; not a multiple of any period.
  b.feeds[tensor] = [
      [[.37 + 1.3 * row + 41.7 * step] for step in range(steps)]
      if len(shape) == 3 else [.37 + 1.3 * row + 41.7 * int(name[-1])]
      for row in range(b.batch)]
  return tensor


# The bench sets each period to numbers that depend on the variable's name. They
# may be negative, which 1.15 computed just as well.
PHASED = {
    "phased": {},
    "phased_peepholes": dict(use_peepholes=True),
    "phased_options": dict(leak=0.2, ratio_on=0.4, trainable_ratio_on=False,
                           period_init_min=2., period_init_max=20.),
}


def _phased_cases(name, options):
  def dynamic(b):
    cell = contrib(b).PhasedLSTMCell(b.units, **options)
    return b.tf.nn.dynamic_rnn(
        cell, (_times(b, [b.batch, b.time, 1]), b.sequence()),
        initial_state=b.state(cell.state_size), parallel_iterations=1)

  def static(b):
    cell = contrib(b).PhasedLSTMCell(b.units, **options)
    steps = [(_times(b, [b.batch, 1], "time_%d" % step), x)
             for step, x in enumerate(b.steps())]
    return b.tf.nn.static_rnn(
        cell, steps, initial_state=b.state(cell.state_size))

  def from_zeros(b):
    times = _times(b, [b.batch, b.time, 1], dtype=b.tf.float64)
    return b.tf.nn.dynamic_rnn(
        contrib(b).PhasedLSTMCell(b.units, **options),
        (times, b.sequence()), sequence_length=b.integers("lengths", [2, 3]),
        dtype=b.dtype, parallel_iterations=1)

  register(name + "-dynamic", "phased", dynamic, SINGLE)
  register(name + "-static", "phased", static, SINGLE)
  register(name + "-zeros", "phased", from_zeros, SINGLE)


for _name in sorted(PHASED):
  _phased_cases(_name, PHASED[_name])


@case("phased", SINGLE)
def phased_tensor_options(b):
  cell = contrib(b).PhasedLSTMCell(
      b.units, leak=b.scalar("leak", 0.1), period_init_min=b.tf.constant(3.),
      period_init_max=b.tf.constant(30.))
  return cell((_times(b, [b.batch, 1], "time_0"),
               b.input("x", [b.batch, b.depth])), b.state(cell.state_size))


@case("phased", ("float64",))
def phased_x_float64(b):
  cell = contrib(b).PhasedLSTMCell(b.units)
  return cell((_times(b, [b.batch, 1], "time_0"),
               b.input("x", [b.batch, b.depth])), b.state(cell.state_size))


@case("phased", ("float64",))
def phased_x_float64_in_its_scope(b):
  with b.tf.variable_scope("model", dtype=b.dtype):
    return phased_x_float64_of(b)


def phased_x_float64_of(b):
  cell = contrib(b).PhasedLSTMCell(b.units)
  return cell((_times(b, [b.batch, 1], "time_0"),
               b.input("x", [b.batch, b.depth])), b.state(cell.state_size))


CONV_CELLS = {1: "Conv1DLSTMCell", 2: "Conv2DLSTMCell", 3: "Conv3DLSTMCell"}


def _conv(ndims, **options):
  def make(b):
    shape = [4, 3, 2][:ndims] + [2]
    arguments = dict(input_shape=shape, output_channels=3,
                     kernel_shape=[3, 2, 1][:ndims])
    arguments.update(options)
    return getattr(contrib(b), CONV_CELLS[ndims])(**arguments)
  return make


CONVOLUTIONAL = {
    "conv1d": (1, {}),
    "conv1d_no_bias": (1, dict(use_bias=False, forget_bias=0.5)),
    "conv2d": (2, {}),
    "conv2d_options": (2, dict(name="mine", use_bias=False, forget_bias=-1.,
                               kernel_shape=[5, 5], output_channels=1,
                               initializers="unused")),
    "conv3d": (3, {}),
}


def _images(b, ndims, *leading, **options):
  shape = list(leading) + [4, 3, 2][:ndims] + [2]
  return b.input(options.get("name", "x"), shape)


def _conv_cases(name, ndims, options):
  make = _conv(ndims, **options)

  def dynamic(b):
    cell = make(b)
    return b.tf.nn.dynamic_rnn(
        cell, _images(b, ndims, b.batch, b.time),
        initial_state=b.state(cell.state_size), parallel_iterations=1)

  def static(b):
    cell = make(b)
    steps = [_images(b, ndims, b.batch, name="x_%d" % step)
             for step in range(b.time)]
    return b.tf.nn.static_rnn(
        cell, steps, initial_state=b.state(cell.state_size))

  def from_zeros(b):
    return b.tf.nn.dynamic_rnn(
        make(b), _images(b, ndims, b.batch, b.time), dtype=b.dtype,
        sequence_length=b.integers("lengths", [2, 3]), parallel_iterations=1)

  register(name + "-dynamic", "convolutional", dynamic, BOTH)
  register(name + "-static", "convolutional", static, BOTH)
  register(name + "-zeros", "convolutional", from_zeros, SINGLE)


for _name in sorted(CONVOLUTIONAL):
  _conv_cases(_name, *CONVOLUTIONAL[_name])


@case("convolutional")
def conv_by_dimensions(b):
  """The base class itself, in a stack."""
  cells = [contrib(b).ConvLSTMCell(2, [4, 3, channels], 2, (3, 3))
           for channels in (2, 2)]
  stack = nn(b).MultiRNNCell(cells)
  return b.tf.nn.dynamic_rnn(
      stack, _images(b, 2, b.batch, b.time), dtype=b.dtype,
      parallel_iterations=1)


@case("convolutional")
def conv_skip_one_step(b):
  """The new h also has the channels of the inputs."""
  cell = _conv(2, skip_connection=True)(b)
  assert cell.output_size.as_list() == [4, 3, 5]
  return cell(_images(b, 2, b.batch), b.state(cell.state_size))


@case("convolutional")
def conv_skip_static_two_steps(b):
  cell = _conv(1, skip_connection=True)(b)
  return b.tf.nn.static_rnn(
      cell, [_images(b, 1, b.batch, name="x_%d" % step) for step in range(2)],
      initial_state=b.state(cell.state_size))


@case("convolutional")
def conv_skip_dynamic(b):
  cell = _conv(1, skip_connection=True)(b)
  return b.tf.nn.dynamic_rnn(
      cell, _images(b, 1, b.batch, b.time), dtype=b.dtype)


@case("convolutional")
def conv_of_wrong_dimensions(b):
  return _conv(2, input_shape=[4, 2])(b)
