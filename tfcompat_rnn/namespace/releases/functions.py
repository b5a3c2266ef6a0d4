"""Functions of 0.x whose successors compute or return something else."""

from tfcompat_rnn import _errors
from tfcompat_rnn import loops
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import linear as linear_lib
from tfcompat_rnn.namespace.releases import notice
from tfcompat_rnn.namespace.releases import sources
from tfcompat_rnn.namespace.releases import version


def _collected(summary, collections):
  for key in [tf.GraphKeys.SUMMARIES] if collections is None else collections:
    tf.add_to_collection(key, summary)
  return summary


def scalar_summary(tags, values, collections=None, name=None):
  """A summary with one value for each tag; both have the same shape.

    scalar_summary("loss", loss)
    scalar_summary(["loss", "error"], tf.pack([loss, error]))

  Unlike `tf.summary.scalar`, the tag is used as it is: without the name scope,
  and twice the same if the program says so. TF 0.5 to 0.12:
  `tf.scalar_summary`.
  """
  return _collected(tf.raw_ops.ScalarSummary(
      tags=tags, values=values, name=name or "ScalarSummary"), collections)


def histogram_summary(tag, values, collections=None, name=None):
  """A summary with a histogram of `values` under the tag as it is.

    histogram_summary("weights", w)

  TF 0.5 to 0.12: `tf.histogram_summary`.
  """
  return _collected(tf.raw_ops.HistogramSummary(
      tag=tag, values=values, name=name or "HistogramSummary"), collections)


def image_summary(tag, tensor, max_images=3, collections=None, name=None):
  """A summary with up to `max_images` images of `[batch, height, width, c]`.

    image_summary("input", images, max_images=1)

  TF 0.5 to 0.12: `tf.image_summary`.
  """
  return _collected(tf.raw_ops.ImageSummary(
      tag=tag, tensor=tensor, max_images=max_images,
      name=name or "ImageSummary"), collections)


def audio_summary(tag, tensor, sample_rate, max_outputs=3, collections=None,
                  name=None):
  """A summary with up to `max_outputs` sounds of `[batch, frames(, c)]`.

    audio_summary("output", samples, 16000.0)

  TF 0.8 to 0.12: `tf.audio_summary`.
  """
  return _collected(tf.raw_ops.AudioSummaryV2(
      tag=tag, tensor=tensor, sample_rate=sample_rate,
      max_outputs=max_outputs, name=name or "AudioSummary"), collections)


def reverse(tensor, dims, name=None):
  """`tensor` reversed along each axis whose entry in `dims` is True.

    reverse(x, [False, True, False])

  TF 0.5 to 0.12: `tf.reverse`.
  """
  return tf.raw_ops.Reverse(tensor=tensor, dims=dims, name=name)


def div(x, y, name=None):
  """`x / y`; integers are rounded towards zero.

    div(tf.constant([7, -7]), 2)        # [3, -3]; 1.15: [3, -4]

  TF 0.5 to 0.12: `tf.div` and `tf.floordiv` of integers.
  """
  return tf.truncatediv(x, y, name=name or "div")


def mod(x, y, name=None):
  """The remainder of `x / y`, with the sign of `x`.

    mod(tf.constant([7, -7]), 3)        # [1, -1]; 1.15: [1, 2]

  TF 0.5 to 0.12: `tf.mod`.
  """
  return tf.truncatemod(x, y, name=name or "mod")


def resize_images(images, new_height, new_width, method=0,
                  align_corners=False):
  """Images `[batch, height, width, c]` or `[height, width, c]`, resized.

    resize_images(images, 24, 24)

  TF 0.5 to 0.11: `tf.image.resize_images`.
  """
  return tf.image.resize_images(
      images, tf.stack([new_height, new_width]), method, align_corners)


def linear(args, output_size, bias, bias_start=0.0, scope=None):
  """`concat(args, 1) W + b` with the variables `Matrix` and `Bias`.

    gates = linear([x, h], 4 * units, True, bias_start=1.0)

  The variables are in the scope `scope`, "Linear" by default. TF 0.5 to 0.12:
  `tensorflow.python.ops.rnn_cell._linear`.
  """
  tensors = linear_lib._as_list(args)
  depth = linear_lib._total_depth(tensors)
  dtype = tensors[0].dtype.base_dtype
  with tf.variable_scope(scope or "Linear"):
    matrix = tf.get_variable("Matrix", [depth, output_size], dtype=dtype)
    result = tf.matmul(linear_lib.join(tensors), matrix)
    if not bias:
      return result
    return result + tf.get_variable(
        "Bias", [output_size], dtype=dtype,
        initializer=tf.constant_initializer(bias_start, dtype=dtype))


def is_old_linear(args, kwargs):
  """`linear(args, size, bias, bias_start, scope)`, up to 1.1."""
  if "bias_start" in kwargs or "scope" in kwargs or len(args) == 5:
    return True
  return len(args) > 3 and isinstance(args[3], (int, float))


def lists_states():
  """Whether loops return the states of all steps, as in 0.5 and 0.6.

  They did if the program imports `tensorflow.models.rnn`, which 0.8 no longer
  had, and takes the last one of the states.
  """
  before = version.is_before("0.7")
  if before is not None:
    return before
  return bool(sources.find(r"\btensorflow\.models\.rnn\b|\btf\.models\.rnn\b")
              and sources.find(r"\b\w*states?\w*\[\s*-\s*1\s*\]"))


class Recorder:
  """A cell that keeps the states of the steps of a loop."""

  def __init__(self, cell):
    self.cell = cell
    self.states = []

  def __getattr__(self, name):
    return getattr(self.cell, name)

  def __call__(self, inputs, state, scope=None):
    found = self.cell(inputs, state) if scope is None else self.cell(
        inputs, state, scope)
    self.states.append(found[1])
    return found


def rnn(cell, inputs, initial_state=None, dtype=None, sequence_length=None,
        scope=None):
  """Runs `cell` over a list of inputs: `(outputs, state)`.

    outputs, state = rnn(cell, [x0, x1], dtype=tf.float32)

  In a program of 0.5 or 0.6 (see `lists_states`) the second result is the list
  of the states of all steps. TF 0.5 to 0.12: `tf.nn.rnn`.
  """
  notice.used("tf.nn.rnn", "0.12")
  if lists_states():
    if sequence_length is not None:
      raise _errors.RefusedError(problem(
          "states", "be those of all steps, as in TensorFlow 0.6",
          "sequence_length, with which only the final state is known here",
          "use the state instead of states[-1], and run with "
          + _errors.option("--api 0.8", "api='0.8'")))
    recorder = Recorder(cell)
    outputs, _ = loops.static_rnn(
        recorder, inputs, initial_state, dtype, None, scope)
    return outputs, recorder.states
  return loops.static_rnn(
      cell, inputs, initial_state, dtype, sequence_length, scope)


def state_saving_rnn(cell, inputs, state_saver, state_name,
                     sequence_length=None, scope=None):
  """`tf.nn.static_state_saving_rnn`. TF 0.5 to 0.12."""
  notice.used("tf.nn.state_saving_rnn", "0.12")
  return loops.static_state_saving_rnn(
      cell, inputs, state_saver, state_name, sequence_length, scope)


def only_outputs():
  """Whether `bidirectional_rnn` returns the outputs alone, as up to 0.7.

  It did if the program assigns its result to one name that speaks of outputs.
  """
  before = version.is_before("0.8")
  if before is not None:
    return before
  return sources.find(
      r"(?m)^\s*(self\.)?\w*out\w*\s*=\s*(tf\.nn\.|rnn\.|\w+\.)?"
      r"bidirectional_rnn\(") is not None


def bidirectional_rnn(cell_fw, cell_bw, inputs, initial_state_fw=None,
                      initial_state_bw=None, dtype=None, sequence_length=None,
                      scope=None):
  """Runs two cells over a list: `(outputs, state_fw, state_bw)`.

    outputs, _, _ = bidirectional_rnn(fw, bw, [x0, x1], dtype=tf.float32)

  In a program of 0.7 or before (see `only_outputs`) the result is `outputs`
  alone. TF 0.5 to 0.12: `tf.nn.bidirectional_rnn`.
  """
  notice.used("tf.nn.bidirectional_rnn", "0.12")
  results = loops.static_bidirectional_rnn(
      cell_fw, cell_bw, inputs, initial_state_fw, initial_state_bw, dtype,
      sequence_length, scope)
  return results[0] if only_outputs() else results

