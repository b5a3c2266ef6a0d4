"""What models and callbacks print: `summary`, progress and messages."""

import functools
import re

from tfcompat_rnn._errors import ArgumentError
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.keras import changes
from tfcompat_rnn.namespace.keras.changes import Change

_EPOCH = re.compile(r"^(\n?)Epoch (\d+): ")
_TIME_OF_EPOCH = re.compile(r" - \d+[mu]?s/epoch - \d+[mu]?s/\w+\n$")


def _print_msg(original):
  def print_msg(message, line_break=True):
    message = _EPOCH.sub(
        lambda found: f"{found[1]}Epoch {int(found[2]):05d}: ", message)
    message = _TIME_OF_EPOCH.sub("\n", message)
    message = message.replace("LearningRateScheduler setting learning rate",
                              "LearningRateScheduler reducing learning rate")
    return original(message, line_break=line_break)
  return print_msg


def _shown(bar, logs):
  """What 1.15's progress bar shows of `logs`: the metrics of the model."""
  metrics = (getattr(bar, "params", None) or {}).get("metrics")
  if not metrics:
    return logs
  kept = ("batch", "size", "num_steps") if not bar.use_steps else ()
  return {name: value for name, value in (logs or {}).items()
          if name in metrics or name in kept}


def _set_params(original):
  def set_params(self, params):
    self.params = params
    return original(self, params)
  return set_params


def _batch_update(original):
  def batch_update_progbar(self, batch, logs=None):
    return original(self, batch, _shown(self, logs))
  return batch_update_progbar


def _finalize(original):
  def finalize_progbar(self, logs, counter):
    return original(self, _shown(self, logs), counter)
  return finalize_progbar


# Of models that are sequences of layers, and of others: the width of the table
# and the ends of its columns.
_LAYOUTS = {True: (65, (.45, .85, 1.)), False: (98, (.33, .55, .67, 1.))}


def _is_sequential(model):
  """Whether each layer has one other layer before it, and is used once."""
  if type(model).__name__ == "Sequential" or not model._is_graph_network:
    return True
  nodes = []
  for level in model._nodes_by_depth.values():
    if len(level) > 1 or len(tf.nest.flatten(level[0].inbound_layers)) > 1:
      return False
    nodes.extend(level)
  return all(sum(any(node is one for one in nodes)
                 for node in layer.inbound_nodes) <= 1
             for layer in model.layers)


def _row(fields, positions):
  line = ""
  for place, (field, end) in enumerate(zip(fields, positions)):
    if place:
      line = line[:-1] + " "
    line = (line + str(field))[:end].ljust(end)
  return line


def _connections(layer, nodes):
  """`name[node][tensor]` of each input of `layer`."""
  return [f"{before.name}[{node_index}][{tensor_index}]"
          for node in layer.inbound_nodes
          if not nodes or any(node is one for one in nodes)
          for before, node_index, tensor_index, _ in node.iterate_inbound()]


def _output_shape(layer):
  try:
    return layer.output_shape
  except AttributeError:
    return "multiple"
  except RuntimeError:
    return "unbuilt"


def _print_summary(original):
  del original

  def print_summary(model, line_length=None, positions=None, print_fn=None,
                    **unused):
    show = print_fn or print
    simple = _is_sequential(model)
    width, ends = _LAYOUTS[simple]
    line_length, positions = line_length or width, positions or ends
    if positions[-1] <= 1:
      positions = [int(line_length * end) for end in positions]
    titles = ["Layer (type)", "Output Shape", "Param #"]
    nodes = []
    if not simple:
      titles.append("Connected to")
      for level in model._nodes_by_depth.values():
        nodes.extend(level)
    show(f'Model: "{model.name}"')
    show("_" * line_length)
    show(_row(titles, positions))
    show("=" * line_length)
    for place, layer in enumerate(model.layers):
      fields = [f"{layer.name} ({type(layer).__name__})",
                _output_shape(layer), layer.count_params()]
      if simple:
        show(_row(fields, positions))
      else:
        before = _connections(layer, nodes) or [""]
        show(_row([*fields, before[0]], positions))
        for other in before[1:]:
          show(_row(["", "", "", other], positions))
      last = place == len(model.layers) - 1
      show(("=" if last else "_") * line_length)
    count = changes.module("utils.layer_utils").count_params
    trainable = count(model.trainable_weights)
    fixed = count(model.non_trainable_weights)
    show(f"Total params: {trainable + fixed:,}")
    show(f"Trainable params: {trainable:,}")
    show(f"Non-trainable params: {fixed:,}")
    show("_" * line_length)
  return print_summary


def _summary(original):
  @functools.wraps(original)
  def summary(self, *args, **kwargs):
    if not self.built:
      raise ArgumentError(problem(
          "model", "be built before its summary",
          "a model that has not yet been built",
          "call `build` or `fit`, or give its first layer an `input_shape`"))
    return original(self, *args, **kwargs)
  return summary


CHANGES = [
    Change("utils.io_utils:print_msg", _print_msg,
           "messages of callbacks and epochs had another form"),
    Change("callbacks:ProgbarLogger.set_params", _set_params,
           "it kept the names of the metrics"),
    Change("callbacks:ProgbarLogger._batch_update_progbar", _batch_update,
           "only metrics were shown, no learning rate, batch or size"),
    Change("callbacks:ProgbarLogger._finalize_progbar", _finalize,
           "only metrics were shown, no learning rate, batch or size"),
    Change("utils.layer_utils:print_summary", _print_summary,
           "the table had another form"),
    Change("engine.training:Model.summary", _summary,
           "the message for an unbuilt model"),
]
