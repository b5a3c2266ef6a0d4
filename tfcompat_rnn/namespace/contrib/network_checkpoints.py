"""`tfe.save_network_checkpoint` and `tfe.restore_network_checkpoint`.

Both name a network's variables without the network's own name, so that a
checkpoint fits every network of the same layers. What a restored network has
no variable for yet, the variable gets when it is made.
"""

import os
import weakref

from tfcompat_rnn import _errors
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import tf
from tfcompat_rnn.checkpoints import reading
from tfcompat_rnn.namespace.contrib import networks

_getters = weakref.WeakKeyDictionary()


def _plain_name(variable):
  return variable.name.rpartition(":")[0]


def _stripper(network):
  prefix = network.scope_name + "/"
  return lambda name: name[len(prefix):] if name.startswith(prefix) else name


def _session():
  return None if tf.executing_eagerly() else tf.get_default_session()


def _conflict(name, first, second, network, map_func):
  if map_func is None:
    advice = "pass map_func=lambda name: name to keep the full names"
  else:
    advice = "strip less from the names in map_func"
  return _errors.ArgumentError(problem(
      "map_func", "map each variable of the network to a name of its own",
      f"{name!r} for {first!r} and {second!r}, a naming conflict in "
      f"{network!r}", advice))


def _files(network, path):
  """`path`, or the network's name in the folder `path`."""
  if os.path.isdir(path):
    return os.path.join(path, network.name.replace("/", "_"))
  return path


def _named_variables(network, map_func):
  """{name in the checkpoint: variable}"""
  named, name_of = {}, map_func or _stripper(network)
  for variable in network.variables:
    name = name_of(_plain_name(variable))
    if named.setdefault(name, variable) is not variable:
      raise _conflict(name, _plain_name(named[name]), _plain_name(variable),
                      network.name, map_func)
  return named


def save_network_checkpoint(network, save_path, global_step=None,
                            map_func=None):
  """Writes the network's variables; returns the prefix of the files.

  Example: `path = tfe.save_network_checkpoint(model, "ckpt/model")`

  `save_path` is a prefix, or a folder, where the files are named after the
  network. `global_step` is appended to the prefix; it defaults to that of
  `tf.train.get_global_step()`. `map_func` turns a variable's full name into
  its name in the checkpoint; without it, the network's own name is left out.
  In a graph, it saves what the variables have in the default session.

  Raises ValueError before the network's first call, and if two variables get
  one name.

  TF 1.15: `tf.contrib.eager.save_network_checkpoint`.
  """
  if not network.built:
    raise _errors.ArgumentError(problem(
        "network", "have been called before it is saved",
        f"{network.name!r}, which has no variables yet", "call it once"))
  if global_step is None:
    global_step = tf.train.get_global_step()
  saver = tf.train.Saver(_named_variables(network, map_func))
  return saver.save(
      _session(), _files(network, save_path), write_meta_graph=False,
      global_step=global_step)


class _Request:
  """Values of a checkpoint that wait for their variables."""

  def __init__(self, network, values, map_func):
    self._network = network.name
    self._map_func = map_func
    self._name_of = map_func or _stripper(network)
    self._values = values
    self._session = _session()
    self._made = {}

  def knows(self, name):
    return self._name_of(name) in self._values

  def value(self, name):
    """The value, or None once a variable has got it."""
    return self._values[self._name_of(name)]

  def made(self, name, variable):
    """Notes that `variable` is the one of that name; runs its initializer."""
    key = self._name_of(name)
    if self._values[key] is not None:
      self._values[key] = None
      if self._session is not None:
        self._session.run(variable.initializer)
    first = self._made.setdefault(key, variable)
    if first is not variable:
      raise _conflict(key, _plain_name(first), name, self._network,
                      self._map_func)


class _Getter:
  """A custom getter that starts new variables with restored values.

  The request that was made last comes first.
  """

  def __init__(self):
    self.requests = []

  def __call__(self, getter, name, shape=None, dtype=None, initializer=None,
               *args, **kwargs):
    request = next((request for request in reversed(self.requests)
                    if request.knows(name)), None)
    if request is not None and request.value(name) is not None:
      initializer, shape = request.value(name), None
    variable = getter(name, shape=shape, dtype=dtype, initializer=initializer,
                      *args, **kwargs)
    if request is not None:
      request.made(name, variable)
    return variable


def _wait(layer, request):
  """Lets `layer`, and all layers that it tracks, ask `request`."""
  if isinstance(layer, networks.Network):
    layer._set_scope()
  getter = _getters.setdefault(layer, _Getter())
  layer._scope.set_custom_getter(getter)
  getter.requests.append(request)
  if isinstance(layer, networks.Network):
    for inner in layer.layers:
      if not isinstance(inner, networks.Network):
        layer._set_layers_scope(inner)
      _wait(inner, request)


def restore_network_checkpoint(network, save_path, map_func=None):
  """Reads a checkpoint into the network's variables, present and future.

  Example: `tfe.restore_network_checkpoint(model, path)`

  Variables that exist get their values at once (in a graph, in the default
  session); the others when the network makes them. `save_path` and `map_func`
  are those of `save_network_checkpoint`.

  Raises ValueError if two variables get one name, and
  `tf.errors.NotFoundError` if the checkpoint lacks a variable that exists.

  TF 1.15: `tf.contrib.eager.restore_network_checkpoint`.
  """
  network._finalize_name(False)
  network._set_scope()
  save_path = _files(network, save_path)
  existing = _named_variables(network, map_func)
  if existing:
    tf.train.Saver(existing).restore(_session(), save_path)
  checkpoint = reading.open_checkpoint(save_path)
  values = {name: checkpoint[name] for name in checkpoint
            if name not in existing}
  if values:
    _wait(network, _Request(network, values, map_func))
