"""Conversions between cuDNN's buffer, its canonical arrays, and cells."""

import re

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn._errors import problem
from tfcompat_rnn.checkpoints.layouts import cells as layouts_cells
from tfcompat_rnn.checkpoints.layouts import cudnn as layouts_cudnn
from tfcompat_rnn.checkpoints.layouts.rewrite import SCOPE
from tfcompat_rnn.checkpoints.layouts.rewrite import Conversion
from tfcompat_rnn.checkpoints.layouts.rewrite import Option
from tfcompat_rnn.checkpoints.layouts.rewrite import Sheet
from tfcompat_rnn.checkpoints.layouts.rewrite import count
from tfcompat_rnn.checkpoints.layouts.rewrite import one_of

_join = layouts_cells.join
_KEY = "opaque_kernel"
_SUM = ("the two biases of a gate have one gradient each, but the cell's "
        "single bias has one; the optimizer starts this slot afresh")


def _buffers(tensors, options):
  """The scopes of the layers whose buffers are in `tensors`."""
  scopes = [key[:-len(_KEY)].rstrip("/") for key in tensors
            if key == _KEY or key.endswith("/" + _KEY)]
  wanted = options.get("scope")
  chosen = [scope for scope in scopes
            if wanted is None or scope == wanted.strip("/")]
  if not chosen:
    raise _errors.CheckpointError(problem(
        "scope", f"name a layer with a variable {_KEY}",
        "none" if wanted is None else repr(wanted),
        f"there are {', '.join(scopes)}" if scopes else
        "this checkpoint has no such variable"))
  return chosen


def _mode(scope, options):
  if options["mode"]:
    return options["mode"]
  name = layouts_cells.base_name(scope)
  mode = name[len("cudnn_"):] if name.startswith("cudnn_") else None
  if mode not in layouts_cudnn.GATES:
    raise _errors.CheckpointError(problem(
        "mode", f"be one of {', '.join(layouts_cudnn.GATES)}",
        f"none, and the layer's name {scope!r} does not show it",
        "for example, add mode=lstm"))
  return mode


def _shape_of(size, scope, options):
  if options["num_units"] is None:
    raise _errors.CheckpointError(problem(
        "num_units", "be given, because a buffer does not contain its sizes",
        "none", "add num_units=..., and num_layers=... (default 1) and "
        "direction=... if needed"))
  return layouts_cudnn.infer_shape(
      size, _mode(scope, options), options["num_layers"],
      options["num_units"], options["direction"], options["input_size"])


def _each_buffer(tensors, options, make, what, linear_slots):
  """Replaces each buffer and its averages with what `make` returns for it.

  `make(buffer, shape, scope)` returns key -> array. Slots of optimizers are
  converted too if `linear_slots`, and left out otherwise.
  """
  sheet = Sheet(tensors)
  everything = list(tensors)
  for scope in _buffers(tensors, options):
    key = _join(scope, _KEY)
    buffer = sheet.read(key)
    shape = _shape_of(buffer.size, scope, options)
    sheet.replace([key], make(buffer, shape, scope), what)
    for other in layouts_cells.followers(everything, key):
      value = sheet.read(other)
      head, _, tail = other.rpartition(key + "/")
      if value.size != buffer.size:
        sheet.drop(other, "it belonged to the buffer as a whole")
      elif linear_slots or layouts_cells.is_average(other):
        parts = make(value, shape, scope)
        sheet.replace([other], {f"{head}{part}/{tail}": array
                                for part, array in parts.items()}, what)
      else:
        sheet.drop(other, _SUM)
  return sheet.finish()


def _prefix(scope, options):
  target = options.get("target")
  return scope if target is None else target.strip("/")


def opaque_to_canonical(tensors, options):
  def make(buffer, shape, scope):
    return _name_canonical(
        *layouts_cudnn.split_opaque(buffer, shape), shape,
        _prefix(scope, options))
  return _each_buffer(tensors, options, make,
                      "split from the buffer; the numbers are the same", True)


def opaque_to_compatible(tensors, options):
  def make(buffer, shape, scope):
    cells = layouts_cudnn.stack_canonical(
        *layouts_cudnn.split_opaque(buffer, shape), shape)
    return _name_cells(cells, shape, _prefix(scope, options))
  return _each_buffer(tensors, options, make, "split from the buffer, "
                      "transposed; the two biases of a gate added", False)


def _name_cells(cells, shape, prefix):
  return {_join(prefix, scope, name): array
          for scope, cell in zip(layouts_cudnn.cell_scopes(shape), cells)
          for name, array in cell.items()}


def _place(place, shape):
  layer, way = divmod(place, shape.ways)
  return f"layer_{layer}/{('fw', 'bw')[way]}"


def _name_canonical(matrices, biases, shape, prefix):
  """Names such as `cudnn_lstm/canonical/layer_0/fw/matrix_0`, with arrays."""
  per = 2 * len(layouts_cudnn.GATES[shape.mode])
  return {_join(prefix, "canonical", _place(number // per, shape),
                f"{kind}_{number % per}"): np.array(array)
          for kind, arrays in (("matrix", matrices), ("bias", biases))
          for number, array in enumerate(arrays)}


_CANONICAL = re.compile(
    r"^(?:(.*)/)?canonical/layer_(\d+)/(fw|bw)/(matrix|bias)_(\d+)$")


def canonical_to_opaque(tensors, options):
  sheet = Sheet(tensors)
  for prefix, (matrices, biases, keys, _) in _canonical(
      tensors, options).items():
    buffer = layouts_cudnn.join_opaque(matrices, biases)
    sheet.replace(keys, {_join(_layer(prefix, options), _KEY): buffer},
                  "joined into the buffer; the numbers are the same")
  return sheet.finish()


def _layer(prefix, options):
  target = options.get("target")
  return prefix if target is None else target.strip("/")


def canonical_to_compatible(tensors, options):
  sheet = Sheet(tensors)
  for prefix, (matrices, biases, keys, shape) in _canonical(
      tensors, options).items():
    cells = layouts_cudnn.stack_canonical(matrices, biases, shape)
    sheet.replace(keys, _name_cells(cells, shape, _prefix(prefix, options)),
                  "transposed; the two biases of a gate added")
  return sheet.finish()


def _canonical(tensors, options):
  """prefix -> (matrices, biases, keys, shape), all complete."""
  groups = {}
  for key in tensors:
    match = _CANONICAL.match(key)
    if match:
      prefix, layer, way, kind, number = match.groups()
      groups.setdefault(prefix or "", {})[
          kind == "bias", int(layer), way == "bw", int(number)] = key
  wanted = options.get("scope")
  if wanted is not None:
    groups = {prefix: group for prefix, group in groups.items()
              if prefix == wanted.strip("/")}
  if not groups:
    raise _errors.CheckpointError(problem(
        "tensors", "contain keys .../canonical/layer_0/fw/matrix_0 and so on",
        "none" if wanted is None else f"none at {wanted}",
        "create them with `--layout opaque-to-canonical`"))
  return {prefix: _complete(prefix, group, tensors, options)
          for prefix, group in groups.items()}


def _complete(prefix, group, tensors, options):
  layers = 1 + max(place[1] for place in group)
  ways = 1 + max(place[2] for place in group)
  per = 1 + max(place[3] for place in group)
  wanted = [(bias, layer, bool(way), number)
            for bias in (False, True) for layer in range(layers)
            for way in range(ways) for number in range(per)]
  lost = [place for place in wanted if place not in group]
  modes = {2 * len(gates): mode for mode, gates in reversed(
      layouts_cudnn.GATES.items())}
  if lost or per not in modes:
    missing = [_join(prefix, "canonical", f"layer_{layer}",
                     "bw" if way else "fw",
                     f"{'bias' if bias else 'matrix'}_{number}")
               for bias, layer, way, number in lost]
    raise _errors.CheckpointError(problem(
        "canonical", "be complete: 8, 6 or 2 matrices and as many biases for "
        "each layer and direction", f"no {', '.join(missing)}" if missing
        else f"{per} each", "convert the whole buffer again"))
  keys = [group[place] for place in wanted]
  arrays = [np.asarray(tensors[key]) for key in keys]
  half = len(arrays) // 2
  shape = layouts_cudnn.Shape(
      options["mode"] or modes[per], layers, arrays[0].shape[0],
      arrays[0].shape[1], layouts_cudnn.DIRECTIONS[ways - 1])
  if [array.shape for array in arrays] != shape.matrices() + shape.biases():
    raise _errors.CheckpointError(problem(
        "canonical", f"have the shapes of {shape}", f"others at {prefix!r}",
        "convert the whole buffer again"))
  return arrays[:half], arrays[half:], keys, shape


def compatible_to_canonical(tensors, options):
  return _from_cells(tensors, options, _name_canonical)


def compatible_to_opaque(tensors, options):
  def name(matrices, biases, shape, prefix):
    del shape
    return {_join(prefix, _KEY): layouts_cudnn.join_opaque(matrices, biases)}
  return _from_cells(tensors, options, name)


_COMPATIBLE = re.compile(
    r"^(?:(.*)/)?(?:rnn/multi_rnn_cell/cell_(\d+)"
    r"|stack_bidirectional_rnn/cell_(\d+)/bidirectional_rnn/(fw|bw))"
    r"/(cudnn_compatible_lstm_cell|cudnn_compatible_gru_cell|basic_rnn_cell)$")


def _from_cells(tensors, options, name):
  sheet = Sheet(tensors)
  everything = list(tensors)
  for prefix, (cells, shape) in _compatible(tensors, options).items():
    variables = [{key[len(cell.scope) + 1:]: np.asarray(tensors[key])
                  for key in cell.keys.values()} for cell in cells]
    matrices, biases = layouts_cudnn.unstack_canonical(variables, shape)
    layer = _prefix(_buffer_scope(prefix, shape), options)
    keys = [key for cell in cells for key in cell.keys.values()]
    sheet.replace(keys, name(matrices, biases, shape, layer),
                  "split, transposed; each summed bias in two halves")
    for key in keys:
      for other in layouts_cells.followers(everything, key):
        sheet.drop(other, "the buffer is one variable; the optimizer starts "
                   "this slot afresh")
  return sheet.finish()


def _buffer_scope(prefix, shape):
  """The layer's scope, below which 1.15 saves the cells if it was built there.
  """
  name = f"cudnn_{shape.mode}"
  if layouts_cells.base_name(prefix) == name:
    return prefix
  return _join(prefix, name)


def _compatible(tensors, options):
  """prefix -> (cells in the buffer's order, shape)."""
  groups = {}
  for cell in layouts_cells.find_cells(tensors):
    match = _COMPATIBLE.match(cell.scope)
    if match:
      prefix, layer, stacked, way, _ = match.groups()
      groups.setdefault(prefix or "", {})[
          int(layer or stacked or 0), way == "bw"] = (cell, way is not None)
  wanted = options.get("scope")
  if wanted is not None:
    groups = {prefix: group for prefix, group in groups.items()
              if prefix == wanted.strip("/")}
  if not groups:
    raise _errors.CheckpointError(problem(
        "tensors", "contain cells rnn/multi_rnn_cell/cell_0/"
        "cudnn_compatible_lstm_cell and so on, or "
        "stack_bidirectional_rnn/cell_0/bidirectional_rnn/fw/...",
        "none" if wanted is None else f"none below {wanted}",
        "rename them with `--layout plain-to-cudnn`, or name the scope above "
        "them"))
  return {prefix: _stack(prefix, group, options)
          for prefix, group in groups.items()}


def _stack(prefix, group, options):
  two_ways = any(both for _, both in group.values())
  order = [(layer, way) for layer in range(1 + max(place[0] for place in
                                                   group))
           for way in ((False, True) if two_ways else (False,))]
  if sorted(order) != sorted(group):
    raise _errors.CheckpointError(problem(
        "tensors", f"contain every layer and direction below {prefix!r}",
        ", ".join(cell.scope for cell, _ in group.values()),
        "add the missing cells from the checkpoint that contains them"))
  cells = [group[place][0] for place in order]
  kinds = {"lstm": "lstm", "cudnn_gru": "gru", "rnn": "rnn_tanh"}
  mode = kinds[cells[0].kind]
  if mode == "rnn_tanh" and options["mode"] == "rnn_relu":
    mode = "rnn_relu"
  if mode == "rnn_tanh" and not options["mode"] and (
      layouts_cells.base_name(prefix) == "cudnn_rnn_relu"):
    mode = "rnn_relu"
  shape = layouts_cudnn.Shape(
      mode, order[-1][0] + 1, cells[0].units, cells[0].depth,
      layouts_cudnn.DIRECTIONS[two_ways])
  for (layer, _), cell in zip(order, cells):
    if (cell.kind, cell.units, cell.depth, cell.output) != (
        cells[0].kind, shape.units, shape.depth(layer), shape.units):
      raise _errors.CheckpointError(problem(
          "tensors", "contain layers of one kind and width, as cuDNN does",
          f"{cell.scope}: {cell.kind}, depth {cell.depth}, {cell.units} "
          f"units, where {cells[0].scope} has {shape.units}",
          "keep the cells as they are"))
    if cell.peepholes:
      raise _errors.RefusedError(problem(
          "tensors", "contain no peepholes, which cuDNN lacks",
          cell.keys[cell.peepholes[0]], "keep LSTMCell"))
  return cells, shape


_MODE = Option("mode", one_of(*layouts_cudnn.GATES), None,
               "lstm, gru, rnn_tanh or rnn_relu, if the name does not show it")
_TARGET = Option("target", str, None, "a scope to use instead of the layer's")
_SIZES = (
    SCOPE, _MODE, _TARGET,
    Option("num_units", count, None, "the number of units of each layer"),
    Option("num_layers", count, 1, "the number of layers"),
    Option("direction", one_of(*layouts_cudnn.DIRECTIONS), "unidirectional",
           "unidirectional or bidirectional"),
    Option("input_size", count, None, "the depth of the inputs; computed if "
           "not given"))
_FEW = (SCOPE, _MODE, _TARGET)

CONVERSIONS = {conversion.name: conversion for conversion in (
    Conversion(
        "opaque-to-compatible", "turn cuDNN's buffer into the variables of "
        "CudnnCompatible*Cell and BasicRNNCell", opaque_to_compatible,
        "compatible-to-opaque", _SIZES),
    Conversion(
        "compatible-to-opaque", "turn the variables of CudnnCompatible*Cell "
        "and BasicRNNCell into cuDNN's buffer", compatible_to_opaque,
        "opaque-to-compatible", _FEW),
    Conversion(
        "opaque-to-canonical", "split cuDNN's buffer into its single matrices "
        "and biases", opaque_to_canonical, "canonical-to-opaque", _SIZES),
    Conversion(
        "canonical-to-opaque", "join cuDNN's single matrices and biases into "
        "its buffer", canonical_to_opaque, "opaque-to-canonical", _FEW),
    Conversion(
        "canonical-to-compatible", "turn cuDNN's single matrices and biases "
        "into the variables of the compatible cells", canonical_to_compatible,
        "compatible-to-canonical", _FEW),
    Conversion(
        "compatible-to-canonical", "turn the variables of the compatible "
        "cells into cuDNN's single matrices and biases",
        compatible_to_canonical,
        "canonical-to-compatible", _FEW),
)}
