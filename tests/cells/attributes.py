"""What 1.15's cells have as private attributes, and what a checkpoint keeps.

This file runs unchanged on Python 3.7. `facts(tf, find)` measures every cell
of TensorFlow 1.15: the attributes that say how it was built, as text; the names
of its checkpoint dependencies before and after the first call; and the keys
that `tf.train.Checkpoint(cell=cell)` writes. `find(name)` returns a class.
"""

import collections
import os
import shutil
import tempfile

# What Keras or TensorFlow keep for themselves. `tests/cells/test_attributes.py`
# explains which of the other attributes may differ.
BOOKKEEPING = frozenset((
    "_activity_regularizer _always_reuse_variable_scope _autocast _base_name "
    "_call_convention _call_fn_args _call_has_scope_arg _callable_losses "
    "_current_scope _dtype_defaulted_to_floatx _dtype_policy _dynamic "
    "_expects_mask_arg _expects_training_arg _inbound_nodes _initial_weights "
    "_input_spec _keras_style _layers _losses _metrics _name "
    "_non_trainable_weights _outbound_nodes _self_name_based_restores "
    "_self_setattr_tracking _self_unconditional_checkpoint_dependencies "
    "_self_unconditional_deferred_dependencies "
    "_self_unconditional_dependency_names _self_update_uid _thread_local "
    "_trainable _trainable_weights _updates _use_resource_variables "
    "built input_spec rnncell_scope _rnncell_graph _graph stateful "
    "supports_masking").split())

GRID = ("Grid1BasicLSTMCell", "Grid1BasicRNNCell", "Grid1LSTMCell",
        "Grid2BasicLSTMCell", "Grid2BasicRNNCell", "Grid2GRUCell",
        "Grid2LSTMCell", "Grid3LSTMCell")


def cells(find):
  """{case: function that builds the cell}; inputs are [2, 4]."""
  def gru(units=3):
    return find("GRUCell")(units)

  made = collections.OrderedDict()

  def add(name, *args, **kwargs):
    case = kwargs.pop("case", name)
    made[case] = lambda: find(name)(
        *[arg() if callable(arg) else arg for arg in args], **kwargs)

  blocks = dict(feature_size=2, frequency_skip=1, num_frequency_blocks=[3])
  add("BasicRNNCell", 3)
  add("GRUCell", 3)
  add("BasicLSTMCell", 3)
  add("LSTMCell", 3)
  add("LSTMCell", 3, case="LSTMCell_full", use_peepholes=True, cell_clip=2.0,
      num_proj=2, proj_clip=1.0, forget_bias=0.5)
  add("LSTMCell", 4, case="LSTMCell_flat", state_is_tuple=False)
  add("LSTMCell", 4, case="LSTMCell_sharded", num_unit_shards=2)
  add("MultiRNNCell", lambda: [gru(), find("LSTMCell")(3)])
  add("MultiRNNCell", lambda: (gru(), gru()), case="MultiRNNCell_tuple")
  add("MultiRNNCell", lambda: [find("DropoutWrapper")(gru(), 0.5),
                               find("ResidualWrapper")(gru())],
      case="MultiRNNCell_wrapped")
  add("MultiRNNCell", lambda: [find("MultiRNNCell")([gru()]), gru()],
      case="MultiRNNCell_nested")
  add("DropoutWrapper", gru, 0.5)
  add("ResidualWrapper", lambda: gru(4))
  add("DeviceWrapper", gru, "/cpu:0")
  add("HighwayWrapper", lambda: gru(4))
  add("AttentionCellWrapper", gru, 4)
  add("InputProjectionWrapper", gru, 4)
  add("OutputProjectionWrapper", gru, 4)
  add("EmbeddingWrapper", gru, 5, 4)
  add("CompiledWrapper", gru)
  add("LayerNormBasicLSTMCell", 3)
  add("LSTMBlockCell", 3)
  add("LSTMBlockCell", 3, use_peephole=True, case="LSTMBlockCell_peephole")
  add("GRUBlockCell", 3)
  add("GRUBlockCellV2", 3)
  add("NASCell", 3)
  add("NASCell", 3, num_proj=2, use_bias=True, case="NASCell_full")
  add("UGRNNCell", 3)
  add("IntersectionRNNCell", 4)
  add("CoupledInputForgetGateLSTMCell", 3)
  add("CoupledInputForgetGateLSTMCell", 3, use_peepholes=True, num_proj=2,
      case="CoupledInputForgetGateLSTMCell_full")
  add("PhasedLSTMCell", 3)
  add("ConvLSTMCell", 2, [4, 4, 1], 2, [3, 3])
  for rank in (1, 2, 3):
    add("Conv%dDLSTMCell" % rank, input_shape=[4] * rank + [1],
        output_channels=2, kernel_shape=[3] * rank)
  add("GLSTMCell", 4, number_of_groups=2)
  add("GLSTMCell", 4, num_proj=2, number_of_groups=2, case="GLSTMCell_full")
  add("IndRNNCell", 3)
  add("IndyGRUCell", 3)
  add("IndyLSTMCell", 3)
  add("SRUCell", 3)
  add("MinimalRNNCell", 3)
  add("CFNCell", 3)
  add("NTMCell", lambda: find("LSTMCell")(3), 4, 2, 1, 1)
  add("WeightNormLSTMCell", 3)
  add("LayerNormLSTMCell", 3)
  add("TimeFreqLSTMCell", 3, feature_size=2, frequency_skip=1)
  add("GridLSTMCell", 3, **blocks)
  add("BidirectionalGridLSTMCell", 3, **blocks)
  add("CudnnCompatibleGRUCell", 3)
  add("CudnnCompatibleLSTMCell", 3)
  for name in GRID:
    add(name, 3)
  return made


def _inputs(tf, case):
  if case.startswith("Conv"):
    rank = 2 if case == "ConvLSTMCell" else int(case[4])
    return tf.ones([2] + [4] * rank + [1])
  if case == "EmbeddingWrapper":
    return tf.ones([2, 1], tf.int32)
  if case == "PhasedLSTMCell":
    return tf.ones([2, 1]), tf.ones([2, 4])
  return tf.ones([2, 4])


def told(value):
  """An attribute as text, without addresses."""
  if isinstance(value, (bool, int, float, str)) or value is None:
    return repr(value)
  if isinstance(value, type):
    return "class %s" % value.__name__
  if hasattr(value, "_fields"):
    return "%s(%s)" % (type(value).__name__, ", ".join(
        "%s=%s" % pair for pair in zip(value._fields, map(told, value))))
  if isinstance(value, (list, tuple)):
    return "%s[%s]" % (type(value).__name__, ", ".join(map(told, value)))
  if isinstance(value, dict):
    return "dict[%s]" % ", ".join(
        "%s: %s" % (key, told(value[key])) for key in sorted(value))
  if type(value).__name__ == "TensorShape":
    return "TensorShape(%s)" % value.as_list()
  if hasattr(value, "shape") and hasattr(value, "op"):
    return "variable %s" % value.name
  if callable(value) and hasattr(value, "__name__"):
    return "function %s" % value.__name__.lstrip("_")
  return "a %s" % type(value).__name__.lstrip("_")


def dependencies(cell):
  cell._maybe_initialize_trackable()
  return [dependency.name for dependency in cell._checkpoint_dependencies]


def step(tf, cell, case):
  """Calls the cell once."""
  return cell(_inputs(tf, case), cell.zero_state(2, tf.float32))


def _saved(tf, cell):
  folder = tempfile.mkdtemp()
  try:
    with tf.Session() as session:
      session.run(tf.global_variables_initializer())
      path = tf.train.Checkpoint(cell=cell).save(
          os.path.join(folder, "c"), session=session)
    return [name for name, _ in tf.train.list_variables(path)
            if not name.startswith(("_CHECKPOINTABLE", "save_counter"))]
  finally:
    shutil.rmtree(folder)


def attributes(cell):
  return {name: told(value) for name, value in vars(cell).items()
          if name not in BOOKKEEPING and not name.startswith("__")}


def fact(tf, make, case):
  """The facts of one cell."""
  with tf.Graph().as_default():
    cell = make()
    found = {"before": attributes(cell),
             "dependencies_before": dependencies(cell)}
    step(tf, cell, case)
    found["after"] = attributes(cell)
    found["dependencies"] = dependencies(cell)
    found["keys"] = _saved(tf, cell)
    return found


def facts(tf, find):
  """{case: facts} of every cell."""
  found = collections.OrderedDict()
  for case, make in cells(find).items():
    found[case] = fact(tf, make, case)
  return found
