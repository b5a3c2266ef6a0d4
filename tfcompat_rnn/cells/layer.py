"""What a 1.15 cell has as a layer: scope, variables, losses, `__call__`.

A subclass works even if it does not call `super().__init__()`, as many did
not: what `__init__` would set has a default in the class. The exception is
`_scope`, since cells written for TensorFlow 1.0 and 1.1 ask with `hasattr`
whether they have set it.
"""

import copy
import functools
import inspect
import operator

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn import _nest
from tfcompat_rnn import _scope
from tfcompat_rnn import _tf
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import checks
from tfcompat_rnn.cells import identifiers
from tfcompat_rnn.cells import layer_losses
from tfcompat_rnn.cells import substitutes
from tfcompat_rnn.cells import variables

# Keyword arguments that 1.15's layers accepted and that do not concern cells.
_IDLE = ("autocast", "batch_input_shape", "batch_size", "dynamic",
         "input_shape")

# TensorFlow's attributes for objects that a checkpoint can save begin so.
_TRACKING = "_self_"


class ScopedLayer(layer_losses.LossKeeper, _tf.private("trackable_base")):
  """Variables in a captured scope, which `build` makes and `call` uses.

  Subclasses override `build(inputs_shape)`, which calls `self.add_weight`,
  and `call(inputs, ...)`, or `call` alone.

  `tf.train.Checkpoint(layer=layer)` saves the variables that `add_weight`
  made, under their names. As in 1.15 it knows nothing of variables from
  `tf.get_variable`, nor of layers in attributes.

  TF 1.15: `tf.layers.Layer`.
  """

  built = False
  input_spec = None
  stateful = False
  supports_masking = False
  _activity_regularizer = None
  _base_name = None
  _current_scope = None
  _dtype_name = None
  _name = None
  _non_trainable_weights = layer_losses.EmptyList()
  _reuse = None
  _trainable = True
  _trainable_weights = layer_losses.EmptyList()
  _use_resource_variables = False

  def __init__(self, trainable=True, name=None, dtype=None, **kwargs):
    scope = kwargs.pop("_scope", None)
    self._reuse = kwargs.pop("_reuse", None)
    self._activity_regularizer = kwargs.pop("activity_regularizer", None)
    if kwargs.pop("weights", None) is not None:
      raise _errors.RefusedError(problem(
          "weights", "not be given to the constructor", "initial values",
          "call cell.set_weights(weights) once the cell is built"))
    unknown = sorted(set(kwargs) - set(_IDLE))
    if unknown:
      raise _errors.ArgumentTypeError(problem(
          type(self).__name__, "get arguments that 1.15 knew",
          ", ".join(unknown), "remove them or check the spelling"))
    self._trainable = trainable
    self._name = self._base_name = None
    self._set_name(name)
    self._dtype = dtype
    self.built = False
    self._trainable_weights, self._non_trainable_weights = [], []
    self._scope = self._current_scope = None
    if scope:
      with tf.variable_scope(scope) as self._scope:
        pass

  @property
  def _captured(self):
    return vars(self).get("_scope")

  def _set_name(self, name):
    if name and isinstance(name, str):
      self._name = self._base_name = name
      return
    self._base_name = (
        name.name if name else _scope.snake_case(type(self).__name__))
    self._name = _scope.unique_name(_scope.snake_case(type(self).__name__))

  # Identity and configuration.

  @property
  def name(self):
    """The given `name=`, or else `lstm_cell`, `lstm_cell_1`, ... per graph."""
    if self._name is None:
      self._set_name(None)
    return self._name

  @property
  def scope_name(self):
    """The name of the captured variable scope; ValueError before first use."""
    if self._captured is None:
      raise _errors.ArgumentError(problem(
          "scope_name", "be read after the first call",
          f"layer {self.name!r}, which has not been used", "call it first"))
    return self._scope.name

  @property
  def dtype(self):
    """The dtype's name (`"float32"`), or None before the first input."""
    return self._dtype_name

  @property
  def _dtype(self):
    return self._dtype_name

  @_dtype.setter
  def _dtype(self, dtype):
    self._dtype_name = None if dtype is None else tf.as_dtype(dtype).name

  @property
  def trainable(self):
    """Whether the variables count as trainable."""
    return self._trainable

  @trainable.setter
  def trainable(self, value):
    self._trainable = value

  @property
  def dynamic(self):
    return False

  @property
  def graph(self):
    """None, as in 1.15: layers no longer keep their graph."""
    if tf.executing_eagerly():
      raise RuntimeError("`graph` must be read in graph mode, got eager "
                         "execution; do not read it there")
    return None

  def get_config(self):
    """A dict of arguments from which the constructor makes such a layer."""
    return {"name": self.name, "trainable": self.trainable,
            "dtype": self.dtype}

  @classmethod
  def from_config(cls, config):
    """A new layer from what `get_config` returned."""
    return cls(**config)

  # Variables.

  @property
  def trainable_weights(self):
    return list(self._trainable_weights) if self.trainable else []

  @property
  def non_trainable_weights(self):
    if self.trainable:
      return list(self._non_trainable_weights)
    return self._trainable_weights + self._non_trainable_weights

  @property
  def weights(self):
    return self.trainable_weights + self.non_trainable_weights

  # The same lists under the names of tf.Variable's time.
  variables, trainable_variables, non_trainable_variables = (
      property(operator.attrgetter(weights)) for weights in (
          "weights", "trainable_weights", "non_trainable_weights"))

  def count_params(self):
    """The number of scalars in all variables; ValueError before `build`."""
    if not self.built:
      raise _errors.ArgumentError(problem(
          "count_params", "be called on a built layer",
          f"layer {self.name!r}, which is not", "call the layer first"))
    return sum(weight.shape.num_elements() for weight in self.weights)

  def get_weights(self):
    """The values of all variables, from the default session."""
    if tf.executing_eagerly():
      return [weight.numpy() for weight in self.weights]
    return _session("get_weights").run(self.weights)

  def set_weights(self, weights):
    """Loads `weights`, a list of arrays in the order of `self.weights`."""
    mine = self.weights
    if len(mine) != len(weights):
      raise _errors.ArgumentError(problem(
          "weights", f"be {len(mine)} arrays for {self.name!r}",
          f"{len(weights)}", "see layer.weights for their order"))
    for variable, value in zip(mine, weights):
      if not variable.shape.is_compatible_with(np.shape(value)):
        raise _errors.ArgumentError(problem(
            "weights", f"fit {variable.name} {variable.shape}",
            f"shape {np.shape(value)}", "see layer.weights for their order"))
    for variable, value in zip(mine, weights):
      if tf.executing_eagerly():
        variable.assign(value)
      else:
        variable.load(value, _session("set_weights"))

  def add_variable(self, *args, **kwargs):
    """`add_weight` under its older name."""
    return self.add_weight(*args, **kwargs)

  def add_weight(self, name, shape, dtype=None, initializer=None,
                 regularizer=None, trainable=None, constraint=None,
                 use_resource=None,
                 synchronization=tf.VariableSynchronization.AUTO,
                 aggregation=tf.VariableAggregation.NONE,
                 partitioner=None, **kwargs):
    """Makes the variable `name` in this layer's scope, or gets it on reuse.

    Example: `self.add_weight("kernel", shape=[depth, units])`

    The arguments are those of `tf.get_variable`. `dtype` defaults to the
    layer's, then to float32; `initializer`, which may be a string such as
    "orthogonal", to the scope's, then to glorot uniform. `regularizer` is a
    function of the variable; its value is added to `self.losses` and to the
    collection REGULARIZATION_LOSSES.

    Raises ValueError when `tf.get_variable` does and if a variable with ON_READ
    synchronization is to be trainable; TypeError for unknown arguments.

    TF 1.15: `tf.layers.Layer.add_weight`.
    """
    unknown = sorted(set(kwargs) - {"experimental_autocast"})
    if unknown:
      raise _errors.ArgumentTypeError(problem(
          "add_weight", "get arguments that 1.15 knew", ", ".join(unknown),
          "remove them or check the spelling"))
    if synchronization == tf.VariableSynchronization.ON_READ:
      if trainable:
        raise _errors.ArgumentError(problem(
            "trainable", "be False with synchronization ON_READ", "True",
            "leave one of them out"))
      trainable = False
    elif trainable is None:
      trainable = True
    known = variables.global_variables()
    dtype = tf.as_dtype(self.dtype or tf.float32 if dtype is None else dtype)
    if self.dtype is None:
      self._dtype = dtype.base_dtype
    wanted = trainable and self.trainable
    before = len(self._trainable_weights)
    self._set_scope(None)
    with _scope.reopen(self._scope, self.built or self._reuse) as scope:
      self._current_scope = scope
      with _scope.op_names(scope):
        if initializer is None:
          initializer = scope.initializer
        add = _tf.attribute(
            self, "Trackable._add_variable_with_custom_getter")
        variable = add(
            name, shape, dtype=dtype, trainable=wanted, overwrite=True,
            getter=tf.get_variable,
            initializer=(identifiers.find_initializer(initializer)
                         or self._default_initializer(name, dtype)),
            constraint=identifiers.find_constraint(constraint),
            partitioner=partitioner,
            use_resource=(use_resource or self._use_resource_variables
                          or scope.use_resource),
            synchronization=synchronization, aggregation=aggregation)
        variables.track(variable)
        parts = variables.parts(variable)
        if regularizer and not any(
            variables.contains(known, part) for part in parts):
          for part in parts:
            self.add_loss(functools.partial(
                variables.regularize, name, part, regularizer))
    (self._trainable_weights if wanted
     else self._non_trainable_weights).append(variable)
    if wanted and not variables.is_trainable(variable):
      # A custom getter overruled `trainable`. A partitioned variable is in no
      # collection as a whole, and 1.15 listed it here, too.
      self._non_trainable_weights += self._trainable_weights[before:]
      del self._trainable_weights[before:]
    return variable

  def _default_initializer(self, name, dtype):
    if dtype.is_floating:
      return tf.glorot_uniform_initializer()
    if dtype.is_integer or dtype.is_bool:
      return tf.zeros_initializer()
    raise _errors.ArgumentError(problem(
        "initializer", f"be given for a variable of type {dtype.name}",
        f"None for {name!r} of {self.name!r}", "pass one"))

  # The call.

  def build(self, unused_inputs_shape):
    """Makes the variables; called once, before the first `call`."""
    self.built = True

  def call(self, inputs, **unused_kwargs):
    """Computes the layer's outputs."""
    return inputs

  def apply(self, inputs, *args, **kwargs):
    """The same as calling the layer."""
    return self(inputs, *args, **kwargs)

  def __call__(self, inputs, *args, **kwargs):
    """Captures or reopens the scope, builds if needed, then runs `call`."""
    self._set_scope(kwargs.pop("scope", None))
    with _scope.reopen(
        self._scope, True if self.built else self._reuse) as scope:
      self._current_scope = scope
      parameters = inspect.signature(self.call).parameters
      if "scope" in parameters:
        kwargs["scope"] = scope
      if "training" in kwargs and "training" not in parameters and not any(
          p.kind is p.VAR_KEYWORD for p in parameters.values()):
        del kwargs["training"]
      inputs = _nest.map_state(_numbers_to_tensor, inputs)
      checks.check_inputs(self.input_spec, inputs, self.name)
      with _scope.op_names(scope):
        self._build_once(inputs)
        outputs = substitutes.call_of(self)(inputs, *args, **kwargs)
        if outputs is None:
          raise _errors.ArgumentError(problem(
              f"{type(self).__name__}.call", "return (output, new_state)",
              "None", "add the return statement"))
        self._regularize_activity(inputs, outputs)
    self._collect_updates()
    return outputs

  def _set_scope(self, scope):
    if self._captured is None:
      if self._base_name is None:
        self._set_name(None)
      self._scope = _scope.capture(scope, self._base_name, self._reuse)

  def _build_once(self, inputs):
    if self.built:
      return
    leaves = _nest.flatten_state(inputs)
    if self.dtype is None and leaves and hasattr(leaves[0], "dtype"):
      self._dtype = leaves[0].dtype.base_dtype
    shapes = None
    if all(hasattr(leaf, "shape") for leaf in leaves):
      shapes = _nest.map_state(lambda leaf: leaf.shape, inputs)
    self.build(shapes)
    self.built = True

  def forget_variables(self):
    """Resets this layer to unused: no scope, no variables, not built."""
    graph_bound = [key for key, value in vars(self).items()
                   if variables.holds_variables(value)]
    for key in graph_bound + ["rnncell_scope", "_rnncell_graph"]:
      vars(self).pop(key, None)
    self._trainable_weights, self._non_trainable_weights = [], []
    self._start_losses()
    self.built = False
    self._scope = self._current_scope = None
    children = self._tracked_layers()
    for key in [key for key in vars(self) if key.startswith(_TRACKING)]:
      del vars(self)[key]
    for name, child in children.items():
      self.track(child, name)

  def track(self, child, name):
    """Lets `tf.train.Checkpoint` save `child`, if it can be saved, as `name`.

    If a checkpoint is to be restored into this layer, `child` is restored.
    """
    if isinstance(child, _tf.private("trackable_base")):
      _tf.attribute(self, "Trackable._track_trackable")(child, name=name)

  def _tracked_layers(self):
    """{name: object} of what is tracked and is not a variable."""
    children = _tf.attribute(self, "Trackable._trackable_children")()
    return {name: child for name, child in children.items()
            if not variables.holds_variables(child)}

  def __deepcopy__(self, memo):
    """A copy of a cell not yet used; tensors are shared, not copied.

    As in 1.15, raises TypeError for a cell that has been used: its variables
    belong to the graph.
    """
    if self._current_scope is not None:
      raise _errors.ArgumentTypeError(problem(
          "cell", "be copied before its first call",
          f"{self.name!r}, whose variables belong to a graph",
          "copy it earlier, or build another one"))
    return self.copy_attributes(memo)

  def copy_attributes(self, memo):
    """A twin with copied attributes; objects of a graph are shared."""
    twin = type(self).__new__(type(self))
    memo[id(self)] = twin
    for key, value in vars(self).items():
      if not key.startswith(_TRACKING):
        vars(twin)[key] = _copy_attribute(key, value, memo)
    for name, child in self._tracked_layers().items():
      twin.track(copy.deepcopy(child, memo), name)
    return twin


def _copy_attribute(key, value, memo):
  if key == "_scope":
    return copy.copy(value)
  leaves = value if isinstance(value, (list, tuple)) else [value]
  if any(variables.is_graph_object(leaf) for leaf in leaves):
    return copy.copy(value) if isinstance(value, list) else value
  return copy.deepcopy(value, memo)


def _numbers_to_tensor(leaf):
  if isinstance(leaf, (np.ndarray, np.generic, float, int)):
    return tf.convert_to_tensor(leaf)
  return leaf


def _session(method):
  session = tf.get_default_session()
  if session is None:
    raise _errors.ArgumentError(problem(
        method, "be called within a session", "no default session",
        "write `with session.as_default():` around it"))
  return session
