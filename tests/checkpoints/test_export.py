"""Cells as weights of Keras 3 and PyTorch, and back.

Keras's own layers and, for PyTorch, the equations of its documentation run
beside our loops: every kind of cell, one layer and two, one direction and
both. PyTorch itself runs too where it can be imported.
"""

import argparse
import itertools
import os
import sys
import zipfile

import numpy as np
import pytest

from tfcompat_rnn import _errors
from tfcompat_rnn import checkpoints
from tfcompat_rnn.checkpoints import export
from tfcompat_rnn.checkpoints.export import files as export_files
from tfcompat_rnn.checkpoints.export import keras as export_keras
from tfcompat_rnn.checkpoints.export import stacks as export_stacks
from tfcompat_rnn.checkpoints.export import torch as export_torch
from tfcompat_rnn.checkpoints.layouts import cells as layouts_cells
from tfcompat_rnn.cli import _check_cells

DEPTH, UNITS = 3, 4
PARTS = {
    "lstm": {"kernel": (1, 1, 4), "bias": (0, 0, 4)},
    "rnn": {"kernel": (1, 1, 1), "bias": (0, 0, 1)},
    "gru": {"gates/kernel": (1, 1, 2), "gates/bias": (0, 0, 2),
            "candidate/kernel": (1, 1, 1), "candidate/bias": (0, 0, 1)},
    "cudnn_gru": {
        "gates/kernel": (1, 1, 2), "gates/bias": (0, 0, 2),
        "candidate/input_projection/kernel": (1, 0, 1),
        "candidate/input_projection/bias": (0, 0, 1),
        "candidate/hidden_projection/kernel": (0, 1, 1),
        "candidate/hidden_projection/bias": (0, 0, 1)},
}
NAMES = {"lstm": "lstm_cell", "rnn": "basic_rnn_cell", "gru": "gru_cell",
         "cudnn_gru": "cudnn_compatible_gru_cell"}


def cell(scope, kind, depth=DEPTH, units=UNITS, dtype="float32", seed=0,
         projected=None):
  """Random variables of one cell, by key."""
  random = np.random.RandomState(seed + len(scope))
  output = projected or units
  tensors = {}
  for name, (by_depth, by_units, gates) in PARTS[kind].items():
    rows = by_depth * depth + by_units * output
    shape = ([rows] if rows else []) + [gates * units]
    tensors[f"{scope}/{name}"] = random.uniform(-1, 1, shape).astype(dtype)
  if projected:
    tensors[f"{scope}/projection/kernel"] = random.uniform(
        -1, 1, [units, projected]).astype(dtype)
  return tensors


def stack(kind, layers=1, ways=1, scope=None, **options):
  """Random variables of a whole stack, under the names of 1.15's loops."""
  tensors, depth = {}, DEPTH
  output = options.get("projected") or UNITS
  for places in export_stacks.default_scopes(
      scope, layers, ways, NAMES[kind]):
    for seed, place in enumerate(places):
      tensors.update(cell(place, kind, depth, seed=seed, **options))
    depth = ways * output
  return tensors


def gap(tensors, target, **options):
  """Largest difference between the target's outputs and our loops'."""
  exported = export.export_stack(
      tensors, target, **{name: value for name, value in options.items()
                          if name != "activation"})
  return export.check(exported, tensors, target, _check_cells.run_cells,
                      options.get("forget_bias"),
                      options.get("activation", "tanh"))


STACKS = [(kind, layers, ways) for kind in NAMES
          for layers in (1, 2) for ways in (1, 2)]
TORCH = [case for case in STACKS if case[0] != "gru"]


@pytest.mark.spread(fast=2)
@pytest.mark.parametrize("kind, layers, ways", [
    pytest.param(*case, marks=pytest.mark.slow)
    if case[1] + case[2] == 3 or case[0] in ("gru", "rnn") else case
    for case in STACKS])
def test_keras_computes_the_same(kind, layers, ways):
  assert gap(stack(kind, layers, ways), "keras") < 2e-6


@pytest.mark.parametrize("kind, layers, ways", [
    pytest.param(*case, marks=pytest.mark.slow)
    if case[1] + case[2] == 3 else case for case in TORCH])
def test_pytorchs_equations_compute_the_same(kind, layers, ways):
  assert gap(stack(kind, layers, ways), "pytorch") < 2e-6


@pytest.mark.parametrize("target", ["keras", "pytorch"])
@pytest.mark.parametrize("kind", ["lstm", "cudnn_gru", "rnn"])
def test_in_float64_the_difference_is_rounding(kind, target):
  assert gap(stack(kind, dtype="float64"), target) < 1e-14


def test_keras_runs_in_a_program_of_1_x_behaviour(v1):
  assert not v1.executing_eagerly()
  for kind in ("lstm", "cudnn_gru"):
    assert gap(stack(kind, 1, 2), "keras") < 2e-6
    assert not v1.executing_eagerly()
    assert isinstance(v1.TensorShape([1])[0], v1.Dimension)


def test_the_check_sees_a_wrong_gate():
  """An exported bias whose gates are exchanged does not pass."""
  tensors = stack("lstm")
  for target in ("keras", "pytorch"):
    exported = export.export_stack(tensors, target)
    key = [key for key in exported.arrays if "bias" in key][0]
    exported.arrays[key] = exported.arrays[key][::-1].copy()
    assert export.check(exported, tensors, target,
                        _check_cells.run_cells) > 1e-2


@pytest.mark.spread(fast=2)
@pytest.mark.parametrize("ways, layers", [(1, 1), (2, 1), (1, 2), (2, 2)])
def test_a_projection_goes_to_pytorch_and_not_to_keras(ways, layers):
  tensors = stack("lstm", layers, ways, projected=2)
  assert gap(tensors, "pytorch") < 2e-6
  with pytest.raises(_errors.RefusedError, match="pytorch, which has proj"):
    export.export_stack(tensors, "keras")


@pytest.mark.parametrize("target", ["keras", "pytorch"])
@pytest.mark.parametrize("name, said, wanted", [
    ("lstm_cell", None, 1.0), ("lstm_cell", 0.0, 0.0),
    ("basic_lstm_cell", 2.5, 2.5), ("cudnn_compatible_lstm_cell", None, 0.0)])
def test_the_forget_bias_is_in_the_bias(target, name, said, wanted):
  tensors = cell(f"rnn/{name}", "lstm")
  exported = export.export_stack(tensors, target, forget_bias=said)
  bias = exported.arrays["bias_ih_l0" if target == "pytorch"
                         else "layer_00/2_bias"]
  f = tensors[f"rnn/{name}/bias"][2 * UNITS:3 * UNITS]
  assert bias[UNITS:2 * UNITS].tolist() == (
      f + np.float32(wanted)).tolist()
  assert gap(tensors, target, forget_bias=said) < 2e-6


@pytest.mark.parametrize("target", ["keras", "pytorch"])
def test_a_plain_cell_with_relu(target):
  tensors = stack("rnn", 2)
  assert gap(tensors, target, activation="relu") < 2e-5


def test_directions_of_two_kinds_and_widths_in_keras():
  tensors = {**cell("bidirectional_rnn/fw/gru_cell", "gru"),
             **cell("bidirectional_rnn/bw/lstm_cell", "lstm", units=2)}
  assert gap(tensors, "keras") < 2e-6
  with pytest.raises(_errors.RefusedError):
    export.export_stack(tensors, "pytorch")


def test_values_in_keras_layout_by_hand():
  """One input, one unit: columns i j f o become i f j o, f gets its 1."""
  tensors = {"rnn/lstm_cell/kernel": np.array(
      [[1, 2, 3, 4], [5, 6, 7, 8]], np.float32),
             "rnn/lstm_cell/bias": np.array([10, 20, 30, 40], np.float32)}
  arrays = export.export_stack(tensors, "keras").arrays
  assert {key: value.tolist() for key, value in arrays.items()} == {
      "layer_00/0_kernel": [[1, 3, 2, 4]],
      "layer_00/1_recurrent_kernel": [[5, 7, 6, 8]],
      "layer_00/2_bias": [10, 31, 20, 40]}


def test_values_in_pytorch_layout_by_hand():
  tensors = {"rnn/lstm_cell/kernel": np.array(
      [[1, 2, 3, 4], [5, 6, 7, 8]], np.float32),
             "rnn/lstm_cell/bias": np.array([10, 20, 30, 40], np.float32)}
  arrays = export.export_stack(tensors, "pytorch").arrays
  assert {key: value.tolist() for key, value in arrays.items()} == {
      "weight_ih_l0": [[1], [3], [2], [4]],
      "weight_hh_l0": [[5], [7], [6], [8]],
      "bias_ih_l0": [10, 31, 20, 40], "bias_hh_l0": [0, 0, 0, 0]}


def test_values_of_a_gru_in_keras_by_hand():
  """r u becomes z r h with z = u."""
  tensors = {"rnn/gru_cell/gates/kernel": np.array(
      [[1, 2], [3, 4]], np.float32),
             "rnn/gru_cell/gates/bias": np.array([5, 6], np.float32),
             "rnn/gru_cell/candidate/kernel": np.array(
                 [[7], [8]], np.float32),
             "rnn/gru_cell/candidate/bias": np.array([9], np.float32)}
  arrays = export.export_stack(tensors, "keras").arrays
  assert [value.tolist() for value in arrays.values()] == [
      [[2, 1, 7]], [[4, 3, 8]], [6, 5, 9]]


# Back.

def assert_close(got, wanted, limit=2 ** -22):
  assert sorted(got) == sorted(wanted)
  for key in wanted:
    assert got[key].dtype == wanted[key].dtype
    if key.endswith("lstm_cell/bias"):  # the forget bias was added
      f = slice(2 * UNITS, 3 * UNITS)
      assert np.abs(got[key][f] - wanted[key][f]).max() <= limit
      got[key][f] = wanted[key][f]
    assert got[key].tobytes() == wanted[key].tobytes(), key


@pytest.mark.parametrize("target, case", [
    *(("keras", case) for case in STACKS),
    *(("pytorch", case) for case in TORCH)])
def test_there_and_back_to_the_last_bit_but_for_the_forget_bias(target, case):
  tensors = stack(*case)
  arrays = export.export_stack(tensors, target).arrays
  assert_close(export.import_stack(arrays), tensors)


@pytest.mark.parametrize("target", ["keras", "pytorch"])
def test_without_a_forget_bias_all_bits_come_back(target):
  tensors = stack("lstm", 2, 2)
  arrays = export.export_stack(tensors, target, forget_bias=0.0).arrays
  assert_close(export.import_stack(arrays, forget_bias=0.0), tensors, 0)


@pytest.mark.parametrize("scope, layers, ways, first", [
    ("enc", 1, 1, "enc/lstm_cell"),
    ("enc", 2, 1, "enc/multi_rnn_cell/cell_0/lstm_cell"),
    ("enc", 1, 2, "enc/fw/lstm_cell"),
    ("enc", 2, 2, "enc/cell_0/bidirectional_rnn/fw/lstm_cell"),
    ("", 1, 1, "lstm_cell")])
def test_where_the_cells_go_and_are_found_again(scope, layers, ways, first):
  arrays = export.export_stack(stack("lstm", layers, ways), "pytorch").arrays
  made = export.import_stack(arrays, scope=scope)
  assert list(made)[0] == f"{first}/kernel"
  again = export.export_stack(made, "pytorch", forget_bias=1.0).arrays
  assert list(again) == list(arrays)
  for key in arrays:
    assert np.abs(again[key] - arrays[key]).max() < 2 ** -22


def test_the_name_of_the_cell():
  arrays = export.export_stack(stack("lstm"), "keras").arrays
  made = export.import_stack(arrays, name="basic_lstm_cell")
  assert list(made) == ["rnn/basic_lstm_cell/kernel",
                        "rnn/basic_lstm_cell/bias"]
  made = export.import_stack(arrays, name="cudnn_compatible_lstm_cell")
  assert (made["rnn/cudnn_compatible_lstm_cell/bias"][2 * UNITS:3 * UNITS]
          == arrays["layer_00/2_bias"][UNITS:2 * UNITS]).all()


def test_two_biases_are_added():
  random = np.random.RandomState(4)
  state = {"weight_ih_l0": random.rand(12, 3), "weight_hh_l0":
           random.rand(12, 4), "bias_ih_l0": random.rand(12),
           "bias_hh_l0": random.rand(12)}
  made = export.import_stack(state)
  scope = "rnn/cudnn_compatible_gru_cell"
  both = state["bias_ih_l0"] + state["bias_hh_l0"]
  assert (made[f"{scope}/gates/bias"] == both[:8]).all()
  assert (made[f"{scope}/candidate/input_projection/bias"]
          == state["bias_ih_l0"][8:]).all()
  assert (made[f"{scope}/candidate/hidden_projection/bias"]
          == state["bias_hh_l0"][8:]).all()
  inputs = random.rand(2, 5, 3)
  layers = export_torch.read_state(state)
  ours = _check_cells.run_cells(
      export_stacks.group(layouts_cells.find_cells(made))[0], made, inputs)
  theirs = export_torch.run_state(state, layers, inputs)
  assert np.abs(ours - theirs).max() < 1e-14


def test_layers_without_bias():
  random = np.random.RandomState(5)
  state = {"weight_ih_l0": random.rand(16, 3),
           "weight_hh_l0": random.rand(16, 4)}
  made = export.import_stack(state)
  assert made["rnn/lstm_cell/bias"].tolist() == [0] * 8 + [-1] * 4 + [0] * 4
  keras = {"layer_00/0_kernel": random.rand(3, 4),
           "layer_00/1_recurrent_kernel": random.rand(4, 4)}
  assert not export.import_stack(keras)["rnn/basic_rnn_cell/bias"].any()


def test_a_state_dict_of_several_modules():
  one = export.export_stack(stack("lstm"), "pytorch").arrays
  two = export.export_stack(stack("rnn"), "pytorch").arrays
  state = {**{f"encoder.rnn.{key}": value for key, value in one.items()},
           **{f"decoder.{key}": value for key, value in two.items()},
           "output.weight": np.zeros([2, 2])}
  made = export.import_stack(state, prefix="encoder.rnn")
  assert list(made) == ["rnn/lstm_cell/kernel", "rnn/lstm_cell/bias"]
  with pytest.raises(_errors.CheckpointError, match="'decoder', 'encoder"):
    export.import_stack(state)
  with pytest.raises(_errors.CheckpointError, match="'decoder', 'encoder"):
    export.import_stack(state, prefix="other")


# PyTorch itself.

@pytest.mark.slow
@pytest.mark.parametrize("kind, layers, ways, projected", [
    *((*case, None) for case in TORCH), ("lstm", 2, 2, 2)])
def test_pytorch_itself_computes_the_same(kind, layers, ways, projected):
  torch = pytest.importorskip("torch")
  tensors = stack(kind, layers, ways, projected=projected)
  exported = export.export_stack(tensors, "pytorch")
  module = getattr(torch.nn, export_torch.MODULES[
      exported.layers[0][0].kind])(
          DEPTH, UNITS, num_layers=layers, bidirectional=ways == 2,
          batch_first=True, **({"proj_size": projected} if projected else {}))
  module.load_state_dict({key: torch.from_numpy(value)
                          for key, value in exported.arrays.items()})
  inputs = np.random.RandomState(0).rand(2, 5, DEPTH).astype(np.float32)
  theirs = module(torch.from_numpy(inputs))[0].detach().numpy()
  ours = _check_cells.run_cells(exported.stack, tensors, inputs)
  assert np.abs(ours - theirs).max() < 2e-6


# What cannot be.

def test_gru_cell_is_refused_for_pytorch_with_the_next_step():
  with pytest.raises(_errors.RefusedError, match="reset_after=False"):
    export.export_stack(stack("gru"), "pytorch")


@pytest.mark.parametrize("target", ["keras", "pytorch"])
def test_peepholes_are_refused_by_name(target):
  tensors = stack("lstm")
  for gate in "ifo":
    tensors[f"rnn/lstm_cell/w_{gate}_diag"] = np.zeros(UNITS, np.float32)
  with pytest.raises(_errors.RefusedError, match="rnn/lstm_cell/w_f_diag"):
    export.export_stack(tensors, target)


def test_layers_of_two_widths_are_refused_for_pytorch():
  scope = "rnn/multi_rnn_cell/cell_{}/lstm_cell"
  tensors = {**cell(scope.format(0), "lstm"),
             **cell(scope.format(1), "lstm", depth=UNITS, units=2)}
  with pytest.raises(_errors.RefusedError, match="each cell alone"):
    export.export_stack(tensors, "pytorch")
  assert gap(tensors, "keras") < 2e-6
  alone = export.export_stack(tensors, "pytorch", scope=scope.format(1))
  assert alone.arrays["weight_ih_l0"].shape == (8, UNITS)


def test_two_stacks_side_by_side_are_not_one_bidirectional_one():
  """Layers above the first see one direction only, unlike in PyTorch."""
  tensors = {}
  for way, layer in itertools.product(("fw", "bw"), range(2)):
    tensors.update(cell(
        f"bidirectional_rnn/{way}/multi_rnn_cell/cell_{layer}/lstm_cell",
        "lstm", depth=UNITS if layer else DEPTH))
  with pytest.raises(_errors.CheckpointError, match="2: bidirectional_rnn"):
    export.export_stack(tensors, "pytorch")
  assert gap(tensors, "pytorch", scope="bidirectional_rnn/fw") < 2e-6


def test_one_layer_in_a_multi_cell_each_way_is_one_bidirectional_one():
  tensors = {}
  for way in ("fw", "bw"):
    tensors.update(cell(
        f"enc/bi/{way}/multi_rnn_cell/cell_0/lstm_cell", "lstm"))
  exported = export.export_stack(tensors, "pytorch")
  assert exported.stack.scope == "enc/bi" and exported.stack.ways == 2
  assert gap(tensors, "keras") < 2e-6


def test_which_cell_is_asked_when_there_are_several():
  tensors = {**stack("lstm", scope="enc"), **stack("gru", 2, scope="dec")}
  with pytest.raises(_errors.CheckpointError) as caught:
    export.export_stack(tensors, "keras")
  said = str(caught.value)
  assert "enc/lstm_cell: 1 layer of lstm, depth 3, 4 units" in said
  assert "dec/multi_rnn_cell: 2 layers of gru" in said
  with pytest.raises(_errors.CheckpointError, match="there are dec/multi"):
    export.export_stack(tensors, "keras", scope="other")
  assert gap(tensors, "keras", scope="dec") < 2e-6


def test_a_missing_layer_is_said():
  tensors = cell("rnn/multi_rnn_cell/cell_1/lstm_cell", "lstm")
  with pytest.raises(_errors.CheckpointError, match="every layer"):
    export.export_stack(tensors, "keras")


def test_a_cell_of_another_name_needs_its_kind():
  tensors = cell("rnn/mine", "lstm")
  with pytest.raises(_errors.CheckpointError, match="--cell lstm"):
    export.export_stack(tensors, "keras")
  assert export.export_stack(tensors, "keras", scope="rnn/mine",
                             kind="lstm").stack.cells[0].units == UNITS
  with pytest.raises(_errors.CheckpointError,
                     match="used with the scope of the cell"):
    export.export_stack(tensors, "keras", kind="lstm")


@pytest.mark.parametrize("arrays, said", [
    ({}, "got nothing"),
    ({"a": np.zeros(3)}, "got a;"),
    ({"weight_ih_l0": np.zeros([16, 3])}, "come with weight_hh"),
    ({"weight_ih_l0": np.zeros([15, 3]), "weight_hh_l0": np.zeros([15, 4])},
     "in the shapes of"),
    ({"weight_ih_l1": np.zeros([16, 3]), "weight_hh_l1": np.zeros([16, 4])},
     "got nothing"),
    ({"layer_00/0_kernel": np.zeros([3, 16]),
      "layer_00/1_recurrent_kernel": np.zeros([5, 16])}, "in this order"),
    ({"layer_01/0_kernel": np.zeros([3, 16])}, "layer_00, layer_01"),
    ({"layer_00/0_forward_kernel": np.zeros([3, 16])}, "both directions"),
])
def test_what_is_no_set_of_weights(arrays, said):
  with pytest.raises(_errors.CheckpointError, match=said):
    export.import_stack(arrays)


# Files and the command.

def test_files_are_written_whole_or_not_at_all(tmp_path, monkeypatch):
  path = tmp_path / "a.npz"
  export_files.write_npz(path, {"x": np.arange(3)})
  assert list(export_files.read_npz(path)) == ["x"]
  with pytest.raises(_errors.CheckpointError, match="no existing file"):
    export_files.write_npz(path, {"x": np.arange(4)})

  def full(*_, **__):
    raise OSError(28, "No space left on device")
  monkeypatch.setattr(np, "savez", full)
  with pytest.raises(_errors.CheckpointWriteError, match="No space left"):
    export_files.write_npz(path, {"x": np.arange(4)}, overwrite=True)
  monkeypatch.undo()
  assert export_files.read_npz(path)["x"].size == 3
  assert os.listdir(tmp_path) == ["a.npz"]
  export_files.write_npz(path, {"x": np.arange(4)}, overwrite=True)
  assert export_files.read_npz(path)["x"].size == 4
  with pytest.raises(_errors.CheckpointWriteError, match="No such file"):
    export_files.write_npz(tmp_path / "no" / "a.npz", {"x": np.arange(4)})


def test_a_file_that_appears_meanwhile_is_not_replaced(tmp_path, monkeypatch):
  path, flush = tmp_path / "a.npz", os.fsync

  def another(handle):
    path.write_bytes(b"another process's")
    flush(handle)
  monkeypatch.setattr(os, "fsync", another)
  for link in (os.link, None):
    if link is None:  # as on a file system without links
      monkeypatch.setattr(os, "link", lambda *_: os.stat(tmp_path / "no"))
    path.unlink(missing_ok=True)
    with pytest.raises(_errors.CheckpointError, match="no existing file"):
      export_files.write_npz(path, {"x": np.arange(3)})
    assert path.read_bytes() == b"another process's"
    assert os.listdir(tmp_path) == ["a.npz"]


def test_files_that_are_damaged_or_pickled(tmp_path):
  path = tmp_path / "a.npz"
  np.savez(path, x=np.array([{"a": 1}], dtype=object))
  with pytest.raises(_errors.CheckpointError, match="allow_pickle"):
    export_files.read_npz(path)
  np.savez(path, x=np.arange(1000))
  whole = path.read_bytes()
  path.write_bytes(whole[:700])
  with pytest.raises(_errors.CheckpointError, match="npz file of plain"):
    export_files.read_npz(path)
  middle = bytearray(whole)
  middle[500] ^= 255
  path.write_bytes(bytes(middle))
  with pytest.raises(_errors.CheckpointError, match="npz file of plain"):
    export_files.read_npz(path)
  os.mkfifo(tmp_path / "pipe.npz")  # is not waited for
  with pytest.raises(_errors.CheckpointError, match="npz file of plain"):
    export_files.read_npz(tmp_path / "pipe.npz")
  with zipfile.ZipFile(path, "w") as file:  # a header that does not end
    file.writestr("x.npy", b"\x93NUMPY\1\0\x02\0(\n")
  with pytest.raises(_errors.CheckpointError, match="npz file of plain") as one:
    export_files.read_npz(path)
  assert "\n" not in str(one.value)
  path.write_bytes(b"\x80\x02}q\x00.")
  with pytest.raises(_errors.CheckpointError, match="state_dict"):
    export_files.read_npz(path)
  with pytest.raises(_errors.MissingFileError):
    export_files.read_npz(tmp_path / "b.npz")


def command(*words, run_cells=_check_cells.run_cells):
  parser = argparse.ArgumentParser()
  export.add_arguments(parser)
  return export.execute(
      parser.parse_args([str(word) for word in words]), run_cells)


@pytest.fixture
def source(tmp_path):
  tensors = {**stack("lstm", 2), "global_step": np.int64(7),
             "dense/kernel": np.ones([4, 2], np.float32)}
  prefix = str(tmp_path / "model.ckpt")
  checkpoints.write_checkpoint(prefix, tensors)
  return prefix, tensors


@pytest.mark.parametrize("target", ["keras", "pytorch"])
def test_the_command_there_and_back(target, source, tmp_path, capsys):
  prefix, tensors = source
  path = tmp_path / "weights.npz"
  assert command(prefix, "--to", target, "-o", path, "--check") == 0
  printed = capsys.readouterr().out
  assert "rnn/multi_rnn_cell: 2 layers of lstm" in printed
  assert "rounded by at most" in printed and ": agrees" in printed
  assert command(path, "--to", "checkpoint", "-o", tmp_path / "back.ckpt",
                 "--base", prefix, "--check") == 0
  printed = capsys.readouterr().out
  assert "agrees" in printed and "2 other variables" in printed
  back = checkpoints.open_checkpoint(tmp_path / "back.ckpt")
  assert sorted(back) == sorted(tensors)
  assert back["global_step"] == 7
  assert (back["dense/kernel"] == 1).all()
  for key in tensors:
    if "lstm" in key:
      assert np.abs(back[key] - tensors[key]).max() < 2 ** -22


def test_the_lines_that_load_the_file_do(source, tmp_path, capsys):
  prefix, tensors = source
  path = tmp_path / "weights.npz"
  assert command(prefix, "--to", "keras", "-o", path) == 0
  lines = [line.strip() for line in capsys.readouterr().out.splitlines()
           if line.startswith("  ")]
  scope = {}
  with export_keras._as_in_tensorflow_2():  # other tests may have ended it
    exec("\n".join(lines), scope)
    got = scope["layer_1"].get_weights()
  wanted = export.export_stack(tensors, "keras").arrays
  assert [array.tolist() for array in got] == [
      value.tolist() for key, value in wanted.items()
      if key.startswith("layer_01")]


def test_a_failed_check_writes_nothing(source, tmp_path, capsys):
  def other(*arguments):
    return _check_cells.run_cells(*arguments) + 0.001
  path = tmp_path / "weights.npz"
  assert command(source[0], "--to", "pytorch", "-o", path, "--check",
                 run_cells=other) == 1
  assert "DIFFERS" in capsys.readouterr().err
  assert not path.exists()
  with pytest.raises(_errors.CheckpointError, match="runs the cells"):
    command(source[0], "--to", "pytorch", "-o", path, "--check",
            run_cells=None)


def test_nan_does_not_pass_the_check(source, tmp_path):
  def broken(*arguments):
    return _check_cells.run_cells(*arguments) * np.nan
  assert command(source[0], "--to", "keras", "-o", tmp_path / "w.npz",
                 "--check", run_cells=broken) == 1


def test_the_command_keeps_to_its_targets(source, tmp_path):
  with pytest.raises(_errors.CheckpointError, match="--to checkpoint"):
    command(source[0], "--to", "keras", "-o", "w.npz", "--base", source[0])
  command(source[0], "--to", "keras", "-o", tmp_path / "w.npz")
  with pytest.raises(_errors.CheckpointError, match="--cell"):
    command(tmp_path / "w.npz", "--to", "checkpoint", "-o", "x", "--scope",
            "rnn", "--cell", "lstm")
  with pytest.raises(_errors.CheckpointError, match="differ from the"):
    command(tmp_path / "w.npz", "--to", "checkpoint", "-o", source[0],
            "--base", source[0], "--overwrite")


def test_another_shape_than_in_the_base_is_refused(source, tmp_path):
  arrays = export.export_stack(cell("a/lstm_cell", "lstm", depth=5),
                               "keras").arrays
  np.savez(tmp_path / "w.npz", **arrays)
  checkpoints.write_checkpoint(str(tmp_path / "base"), stack("lstm"))
  with pytest.raises(_errors.CheckpointError, match="be .7, 16. as in"):
    command(tmp_path / "w.npz", "--to", "checkpoint", "-o",
            tmp_path / "new", "--base", tmp_path / "base")
  assert not os.path.exists(tmp_path / "new.index")


def test_neither_keras_nor_torch_is_needed_to_export(monkeypatch):
  for name in ("keras", "torch", "tf_keras"):
    monkeypatch.setitem(sys.modules, name, None)  # importing it fails
  tensors = stack("lstm", 2, 2)
  for target in ("keras", "pytorch"):
    arrays = export.export_stack(tensors, target).arrays
    assert_close(export.import_stack(arrays), tensors)
  assert gap(tensors, "pytorch") < 2e-6
  with pytest.raises(ImportError):
    gap(tensors, "keras")


def test_what_is_behind_a_damaged_header_is_not_shown(tmp_path):
  """zipfile takes a wrong length of a name at its word."""
  export_files.write_npz(tmp_path / "w.npz", {"w": np.arange(900.)})
  data = bytearray((tmp_path / "w.npz").read_bytes())
  data[27] = 16  # the upper byte of the length of the first name
  (tmp_path / "w.npz").write_bytes(data)
  with pytest.raises(_errors.CheckpointError, match="plain arrays.* differ"
                     ) as caught:
    export_files.read_npz(tmp_path / "w.npz")
  assert len(str(caught.value)) < 1500
