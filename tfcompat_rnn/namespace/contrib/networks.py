"""`tfe.Network` and `tfe.Sequential`: layers that own layers, as of 2017.

Programs written for TensorFlow 1.4 to 1.6 derived their models from
`tfe.Network`, before `tf.keras.Model` could be subclassed.

A network is named when it is first tracked by another network or, if it never
is, when it is first used. The variables of its layers then begin with the
names of the networks around them: `ptb_model/rnn/basic_lstm_cell/kernel`.
"""

import collections
import inspect
import operator
import weakref

from tfcompat_rnn import _errors
from tfcompat_rnn import _scope
from tfcompat_rnn import _tf
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import private
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import layer as cell_layer

_Layer = private("legacy_layers").Layer
_LAYERS = (_Layer, cell_layer.ScopedLayer)


def _owner(layer):
  """The network that tracked `layer` first, or None."""
  reference = getattr(layer, "_first_parent", None)
  return reference() if reference else None


def _free_name(base, counts, taken):
  """`base`, `base_1`, ...: the first one that is not in `taken`."""
  while True:
    number = counts[base]
    counts[base] += 1
    name = f"{base}_{number}" if number else base
    if name not in taken:
      return name


def _of_layers(what, doc=None):
  """A property of a network that its layers have, too: their lists in one."""
  return property(
      lambda network: [item for layer in network._layers
                       for item in getattr(layer, what)], doc=doc)


class Network(_Layer):
  """A layer made of other layers, which `track_layer` adds.

  Example:

    class Tagger(tfe.Network):
      def __init__(self):
        super(Tagger, self).__init__()
        self.cell = self.track_layer(tf.nn.rnn_cell.GRUCell(8))
        self.out = self.track_layer(tf.layers.Dense(3))

  `name` must be unique among the networks of a scope; without it, the network
  is named after its class: `tagger`, `tagger_1`, ...

  Raises ValueError if `name` is a variable scope or contains a slash and, when
  the network is first used, if the name is taken.

  TF 1.15: `tf.contrib.eager.Network`.
  """

  def __init__(self, name=None):
    if isinstance(name, tf.VariableScope):
      raise _errors.ArgumentError(problem(
          "name", "be a string", f"the variable scope {name.name!r}",
          "open the scope around the network and pass a name"))
    if name is not None and "/" in name:
      raise _errors.ArgumentError(problem(
          "name", "have no slash", repr(name),
          "open a tf.variable_scope around the network instead"))
    super().__init__(name=name)
    self._layers = []
    self._name_counts = collections.Counter()
    self._owned_layers = {}
    # False: used on its own first, so that no network can own it any more.
    self._first_parent = None
    self._outer_scope = tf.get_variable_scope()
    self._scopes_at_start = private(
        "variable_scope").get_variable_scope_store().variable_scopes_count

  def _init_set_name(self, name):
    self._name, self._base_name = name, None

  def _gather_saveables_for_checkpoint(self):
    raise NotImplementedError(problem(
        "tf.train.Checkpoint", "be given objects that it can save",
        f"the tfe.Network {self.name!r}, which does not support object-based "
        "checkpointing",
        "use tfe.save_network_checkpoint, or derive from tf.keras.Model"))

  def _finalize_name(self, parent_network):
    """Names a network that got no name, in `parent_network` or on its own."""
    if not self._name and parent_network:
      self._base_name = _scope.snake_case(type(self).__name__)
      self._name = _free_name(
          self._base_name, parent_network._name_counts,
          parent_network._owned_layers)
    elif not self._name:
      around = self._outer_scope.name
      prefix = around + "/" if around else ""
      taken = {name[len(prefix):] for name in self._scopes_at_start
               if name and name.startswith(prefix)}
      self._name, self._base_name = _tf.attribute(
          self, "Layer._make_unique_name")(
          avoid_names=taken, namespace=around, zero_based=True)
    if _owner(self) is None and self._first_parent is not False:
      self._first_parent = (
          weakref.ref(parent_network) if parent_network else False)

  def _name_is_taken(self):
    return _errors.ArgumentError(problem(
        "name", "be unique",
        f"{self._name!r}, the name of another network or variable scope",
        "pass another name, or none"))

  def _set_scope(self, scope=None):
    if self._scope is not None:
      return
    parent = _owner(self)
    if parent is None:
      self._finalize_name(False)
    if scope is not None:
      raise _errors.ArgumentError(problem(
          "scope", "not be given to a network",
          repr(getattr(scope, "name", scope)),
          "open a tf.variable_scope where the network is made"))
    if parent is not None:
      parent._set_scope()
    around = self._outer_scope if parent is None else parent._scope
    with tf.variable_scope(around) as outer:
      if f"{outer.name}/{self._name}" in self._scopes_at_start:
        raise self._name_is_taken()
      with tf.variable_scope(
          None, use_resource=True, default_name=self._name) as own:
        self._scope = own
        prefix, _, last = own.name.rpartition("/")
        if last != self._name:
          raise self._name_is_taken()
        if parent is not None and prefix != parent.scope_name:
          raise _errors.ArgumentError(problem(
              "network", "be called in the scope of the network around it, "
              f"{parent.scope_name!r}", f"{prefix!r} for {self._name!r}",
              "open no tf.variable_scope between the two"))
        if parent is None and prefix:
          self._name = own.name
    for layer in self._layers:
      if not isinstance(layer, Network) and layer._scope is None:
        self._set_layers_scope(layer)

  def _set_layers_scope(self, layer):
    """The scope of a layer that is no network: `NETWORK/LAYER`."""
    if vars(layer).get("_scope") is not None:
      return
    parent = _owner(layer)
    if parent is None:
      raise _errors.ArgumentError(problem(
          "network", "live as long as its layers",
          f"{layer.name!r}, whose network is gone", "keep the network"))
    parent._set_scope()
    with tf.variable_scope(parent._scope):
      with tf.variable_scope(
          None, use_resource=True, default_name=layer.name) as scope:
        layer._scope = scope

  def track_layer(self, layer):
    """Adds `layer` to this network, and returns it.

    Raises TypeError if `layer` is no `tf.layers.Layer`, `tfe.Network` or cell,
    and ValueError if the network has a layer of this name.
    """
    if not isinstance(layer, _LAYERS):
      raise _errors.ArgumentTypeError(problem(
          "layer", "be a tf.layers.Layer, a cell or a tfe.Network",
          str(type(layer)),
          "put layers of tf.keras into a tf.keras.Model"))
    layer._use_resource_variables = True
    if isinstance(layer, Network):
      layer._finalize_name(self)
    elif not layer.built and _owner(layer) is None:
      if layer.name != layer._base_name:
        layer._base_name = _scope.snake_case(type(layer).__name__)
        layer._name = _free_name(
            layer._base_name, self._name_counts, self._owned_layers)
      layer._first_parent = weakref.ref(self)
    if not layer.built and _owner(layer) is self:
      known = self._owned_layers.setdefault(layer.name, layer)
      if known is not layer:
        raise _errors.ArgumentError(problem(
            "name", "be unique in a network",
            f"two layers called {layer.name!r}", "pass another name"))
      if any(layer is other for other in self._layers):
        return layer
    self._layers.append(layer)
    return layer

  def get_layer(self, name=None, index=None):
    """The first tracked layer called `name`, or the one at `index`.

    Raises ValueError if there is none, or unless one of the two is given.
    """
    if (name is None) == (index is None) or name == "":
      raise _errors.ArgumentError(problem(
          "get_layer", "be given a name or an index",
          "neither" if index is None else "both", "pass one of them"))
    if index is None:
      found = next((layer for layer in self._layers if layer.name == name),
                   None)
      if found is None:
        raise _errors.ArgumentError(problem(
            "name", "be that of a tracked layer", repr(name),
            "see network.layers"))
      return found
    if index >= len(self._layers):
      raise _errors.ArgumentError(problem(
          "index", f"be below {len(self._layers)}, the number of layers",
          index, "see network.layers"))
    return self._layers[index]

  layers = property(operator.attrgetter("_layers"),
                    doc="The tracked layers, in order.")
  weights = _of_layers("weights")
  trainable_weights = _of_layers("trainable_weights")
  non_trainable_weights = _of_layers("non_trainable_weights")
  losses = _of_layers("losses", "The regularization losses of all layers.")
  updates = _of_layers("updates")

  @property
  def trainable(self):
    return True

  @trainable.setter
  def trainable(self, value):
    if not value:
      raise AttributeError(problem(
          "network.trainable", "be True", repr(value),
          "pass var_list= to the optimizer to choose what it trains"))

  def add_variable(self, name, shape, dtype=None, initializer=None,
                   regularizer=None, trainable=True, constraint=None):
    """Raises RuntimeError: only the layers of a network have variables."""
    raise RuntimeError(problem(
        "add_variable", "be called on a layer", f"the network {self.name!r}",
        "derive a tf.layers.Layer, add the variable there, and track it"))

  def add_loss(self, losses, inputs=None):
    """Raises RuntimeError: only the layers of a network have losses."""
    raise RuntimeError(problem(
        "add_loss", "be called on a layer", f"the network {self.name!r}",
        "add the loss where the others are summed"))


class Sequential(Network):
  """A network that calls layers and functions one after the other.

  Example: `tfe.Sequential([tf.layers.Dense(8), tf.nn.relu])`

  `training` is passed to those that have an argument of this name.

  Raises TypeError for an element that is neither a layer nor a function.

  TF 1.15: `tf.contrib.eager.Sequential`.
  """

  def __init__(self, layers_funcs=None, name=None):
    super().__init__(name=name)
    self._layers_funcs = []
    for layer in layers_funcs or ():
      self.add(layer)

  def add(self, layer_func):
    """Appends a layer or a function."""
    if isinstance(layer_func, _LAYERS):
      function = layer_func.call
      self.track_layer(layer_func)
    elif callable(layer_func):
      function = layer_func
    else:
      raise _errors.ArgumentTypeError(problem(
          "layer_func", "be a tf.layers.Layer, a cell or a function",
          f"{layer_func!r} of {type(layer_func)}", "remove it"))
    self._layers_funcs.append(("training" in _parameters(function),
                               layer_func))

  def call(self, inputs, training=None):
    """The output of the last one."""
    for knows_training, function in self._layers_funcs:
      if knows_training and training is not None:
        inputs = function(inputs, training)
      else:
        inputs = function(inputs)
    return inputs


def _parameters(function):
  try:
    return inspect.signature(function).parameters
  except (TypeError, ValueError):
    return ()
