"""Conversions between cells: block and plain, gate order, forget bias."""

from tfcompat_rnn import _errors
from tfcompat_rnn._errors import problem
from tfcompat_rnn.checkpoints.layouts import cells as layouts_cells
from tfcompat_rnn.checkpoints.layouts import gates as layouts_gates
from tfcompat_rnn.checkpoints.layouts.rewrite import CELL
from tfcompat_rnn.checkpoints.layouts.rewrite import SCOPE
from tfcompat_rnn.checkpoints.layouts.rewrite import Conversion
from tfcompat_rnn.checkpoints.layouts.rewrite import Option
from tfcompat_rnn.checkpoints.layouts.rewrite import Sheet
from tfcompat_rnn.checkpoints.layouts.rewrite import number
from tfcompat_rnn.checkpoints.layouts.rewrite import one_of


def _same(array):
  return array


def _forced(options):
  cell, scope = options.get("cell"), options.get("scope")
  if cell and not scope:
    raise _errors.CheckpointError(problem(
        "cell", "be used with the scope of the cell", "no scope",
        "add scope=..."))
  return {scope.strip("/"): cell} if cell else {}


def find(tensors, options, kinds, what):
  """The cells of `kinds` that the options select; at least one."""
  found = layouts_cells.find_cells(tensors, _forced(options))
  cells = [cell for cell in found if cell.kind in kinds]
  return layouts_cells.choose(
      cells, options.get("scope"), what,
      [cell for cell in found if cell not in cells])


def _renamed(scope, name):
  """`scope` with `name` as its last component, keeping `_1`, `_2`, ..."""
  head, _, tail = scope.rpartition("/")
  number_ = tail[len(layouts_cells.base_name(scope)):]
  return layouts_cells.join(head, name + number_)


def _move_cell(sheet, cell, scope, kind, what):
  """Moves every variable of `cell` to the names of `kind` at `scope`."""
  names = {**layouts_cells.KINDS[kind].parts,
           **layouts_cells.KINDS[kind].optional}
  for part, key in cell.keys.items():
    new_key = layouts_cells.join(scope, names[part])
    if new_key != key:
      sheet.move(key, new_key, _same, what)


def _target(cells, options, default):
  """cell -> the scope that it is moved to."""
  target = options.get("target")
  if target is None:
    return {cell.scope: default(cell) for cell in cells}
  if len(cells) > 1:
    raise _errors.CheckpointError(problem(
        "target", "be used with one cell",
        f"{len(cells)}: {', '.join(cell.scope for cell in cells)}",
        "name one with scope=..."))
  return {cells[0].scope: target.strip("/")}


def block_to_plain(tensors, options):
  cells = find(tensors, options, ("lstm", "gru_block"), "a block cell")
  cells = [cell for cell in cells if cell.kind == "gru_block"
           or cell.base_name == "lstm_fused_cell"
           or (options.get("scope") or "").strip("/") == cell.scope]
  if not cells:
    raise _errors.CheckpointError(problem(
        "tensors", "contain a block cell with names of its own "
        "(lstm_fused_cell/..., w_ru, b_ru, w_c, b_c)", "none",
        "LSTMBlockCell and GRUBlockCellV2 have the names of LSTMCell and "
        "GRUCell, so there is nothing to do"))
  name = options.get("name") or "lstm_cell"
  targets = _target(cells, options, lambda cell: (
      cell.scope if cell.kind == "gru_block" else _renamed(cell.scope, name)))
  sheet = Sheet(tensors)
  for cell in cells:
    kind = "gru" if cell.kind == "gru_block" else "lstm"
    _move_cell(sheet, cell, targets[cell.scope], kind,
               "renamed; the numbers are the same")
  return sheet.finish()


def plain_to_block(tensors, options):
  cells = find(tensors, options, ("lstm", "gru"), "an LSTM or a GRU")
  if options.get("cells") in ("lstm", "gru"):
    found, cells = cells, [cell for cell in cells
                           if cell.kind == options["cells"]]
    cells = layouts_cells.choose(cells, None, f"a {options['cells']}", found)
  for cell in cells:
    if "projection" in cell.keys:
      raise _errors.RefusedError(problem(
          "tensors", "contain no projection, which LSTMBlockCell and "
          "LSTMBlockFusedCell lack", cell.keys["projection"],
          "keep LSTMCell for it, and select the others with scope=..."))
    if cell.base_name == "cudnn_compatible_lstm_cell":
      raise _errors.CheckpointError(problem(
          "scope", "name an LSTM whose forget bias is added at run time",
          f"{cell.scope}, which adds none",
          "use `--layout cudnn-to-plain` first"))
  targets = _target(cells, options, lambda cell: (
      cell.scope if cell.kind == "gru"
      else _renamed(cell.scope, "lstm_fused_cell")))
  sheet = Sheet(tensors)
  for cell in cells:
    kind = "gru_block" if cell.kind == "gru" else "lstm"
    _move_cell(sheet, cell, targets[cell.scope], kind,
               "renamed; the numbers are the same")
  return sheet.finish()


def change_gate_order(tensors, options):
  have = layouts_gates.lstm_order(options["have"])
  want = layouts_gates.lstm_order(options["want"])
  sheet = Sheet(tensors)
  for cell in find(tensors, options, ("lstm",), "an LSTM"):
    for part in ("kernel", "bias"):
      sheet.move(cell.keys[part], cell.keys[part],
                 lambda array: layouts_gates.reorder(array, have, want),
                 f"gates {have} -> {want}")
  return sheet.finish()


def _shift_forget_bias(tensors, options, sign):
  amount = sign * options["forget_bias"]
  order = layouts_gates.lstm_order(options["order"])
  sheet = Sheet(tensors)
  for cell in find(tensors, options, ("lstm",), "an LSTM"):
    shift(sheet, cell.keys["bias"], cell.keys["bias"], amount, order)
  return sheet.finish()


def shift(sheet, key, new_key, amount, order="ijfo", what=""):
  """Moves a bias and its averages, adding `amount` to f, but not to slots."""
  _, error = layouts_gates.add_forget_bias(sheet.read(key), amount, order)
  sheet.move(
      key, new_key,
      lambda bias: layouts_gates.add_forget_bias(bias, amount, order)[0],
      f"{what}{amount:+g} to the forget gate, rounded by at most {error:.1e}",
      slot=_same)


def cudnn_to_plain(tensors, options):
  """Turns CudnnCompatibleLSTMCell (or CudnnLSTM's variables) into LSTMCell."""
  found = find(tensors, options, ("lstm", "cudnn_gru"),
               "a cuDNN-compatible LSTM")
  named = (options.get("scope") or "").strip("/")
  cells = [cell for cell in found if cell.kind == "cudnn_gru"
           or cell.base_name == "cudnn_compatible_lstm_cell"
           or cell.scope == named]
  cells = layouts_cells.choose(cells, None, "a cuDNN-compatible LSTM", found)
  sheet = Sheet(tensors)
  for cell in cells:
    if cell.kind == "cudnn_gru":
      raise _errors.RefusedError(problem(
          "scope", "name an LSTM: this GRU computes r * (h R + b), which is "
          "not the (r * h) R of GRUCell", cell.scope,
          "keep CudnnCompatibleGRUCell, or select the LSTMs with scope=..."))
    _rename_and_shift(sheet, cell, options["name"], -options["forget_bias"])
  return sheet.finish()


def plain_to_cudnn(tensors, options):
  found = find(tensors, options, ("lstm",), "an LSTM")
  cells = [cell for cell in found
           if cell.base_name != "cudnn_compatible_lstm_cell"]
  cells = layouts_cells.choose(cells, None, "a plain LSTM", found)
  for cell in cells:
    for part in cell.peepholes + ["projection"]:
      if part in cell.keys:
        raise _errors.RefusedError(problem(
            "scope", "name an LSTM without peepholes or a projection; "
            "CudnnCompatibleLSTMCell has neither", cell.keys[part],
            "keep LSTMCell for it, and select the others with scope=..."))
  sheet = Sheet(tensors)
  for cell in cells:
    _rename_and_shift(sheet, cell, "cudnn_compatible_lstm_cell",
                      options["forget_bias"])
  return sheet.finish()


def _rename_and_shift(sheet, cell, name, amount):
  scope = _renamed(cell.scope, name)
  for part, key in cell.keys.items():
    new_key = layouts_cells.join(
        scope, key[len(cell.scope) + 1:] if cell.scope else key)
    if part == "bias":
      shift(sheet, key, new_key, amount, what="renamed, ")
    else:
      sheet.move(key, new_key, _same, "renamed; the numbers are the same")


_TARGET = Option("target", str, None,
                 "the new scope of the cell, if there is only one cell")
_FORGET = Option("forget_bias", number, 1.0,
                 "what the cell adds to the forget gate at run time")
_ORDER = Option("order", layouts_gates.lstm_order, "ijfo",
                "the order of the gates, such as ijfo, ifco, pytorch")
_NAME = Option("name", str, "lstm_cell", "the new name of the cell, such as "
               "basic_lstm_cell")

CONVERSIONS = {conversion.name: conversion for conversion in (
    Conversion(
        "block-to-plain", "give LSTMBlockFusedCell and GRUBlockCell the "
        "names of LSTMCell and GRUCell", block_to_plain, "plain-to-block",
        (SCOPE, CELL, _TARGET, _NAME)),
    Conversion(
        "plain-to-block", "give LSTMCell, BasicLSTMCell and GRUCell the "
        "names of LSTMBlockFusedCell and GRUBlockCell", plain_to_block,
        "block-to-plain", (SCOPE, CELL, _TARGET, Option(
            "cells", one_of("lstm", "gru", "all"), "all",
            "which of the cells to convert"))),
    Conversion(
        "gate-order", "reorder the gate blocks in the kernels and biases of "
        "LSTMs", change_gate_order, "gate-order", (SCOPE, CELL, Option(
            "have", layouts_gates.lstm_order, "ijfo", "the present order"),
            Option("want", layouts_gates.lstm_order, "ijfo",
                   "the new order"))),
    Conversion(
        "bake-forget-bias", "add the forget bias, which TensorFlow's LSTMs "
        "add at run time, to the bias itself", lambda tensors, options:
        _shift_forget_bias(tensors, options, 1), "unbake-forget-bias",
        (SCOPE, CELL, _FORGET, _ORDER)),
    Conversion(
        "unbake-forget-bias", "subtract the forget bias from the bias, for "
        "LSTMs that add it at run time", lambda tensors, options:
        _shift_forget_bias(tensors, options, -1), "bake-forget-bias",
        (SCOPE, CELL, _FORGET, _ORDER)),
    Conversion(
        "cudnn-to-plain", "turn CudnnCompatibleLSTMCell into LSTMCell, which "
        "adds a forget bias", cudnn_to_plain, "plain-to-cudnn",
        (SCOPE, CELL, _NAME, _FORGET)),
    Conversion(
        "plain-to-cudnn", "turn LSTMCell into CudnnCompatibleLSTMCell, which "
        "adds no forget bias", plain_to_cudnn, "cudnn-to-plain",
        (SCOPE, CELL, _FORGET)),
)}
