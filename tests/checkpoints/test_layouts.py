"""Layout conversions: what they do, that they undo each other, what they say.

Numbers are small integers and mental arithmetic, or random ones for what must
come back to the last bit.
"""

import numpy as np
import pytest

from tfcompat_rnn import _errors
from tfcompat_rnn.checkpoints import layouts
from tfcompat_rnn.checkpoints.layouts import cells as layouts_cells
from tfcompat_rnn.checkpoints.layouts import cudnn as layouts_cudnn
from tfcompat_rnn.checkpoints.layouts import gates as layouts_gates

DEPTH, UNITS = 3, 2


def numbers(*shape, seed=0):
  return np.random.RandomState(seed + sum(shape)).uniform(
      -2, 2, shape).astype(np.float32)


def lstm(scope, depth=DEPTH, units=UNITS, projected=None, peepholes=False,
         slots=True, seed=0):
  output = projected or units
  tensors = {f"{scope}/kernel": numbers(depth + output, 4 * units, seed=seed),
             f"{scope}/bias": numbers(4 * units, seed=seed)}
  if projected:
    tensors[f"{scope}/projection/kernel"] = numbers(units, projected)
  if peepholes:
    for gate in "ifo":
      tensors[f"{scope}/w_{gate}_diag"] = numbers(units, seed=ord(gate))
  if slots:
    for key in list(tensors):
      tensors[f"{key}/Adam"] = tensors[key] * 3
      tensors[f"training/{key}/Adam_1"] = tensors[key] * 5
      tensors[f"{key}/ExponentialMovingAverage"] = tensors[key] * 7
  return tensors


def gru(scope, depth=DEPTH, units=UNITS):
  rows = depth + units
  return {f"{scope}/gates/kernel": numbers(rows, 2 * units),
          f"{scope}/gates/bias": numbers(2 * units),
          f"{scope}/candidate/kernel": numbers(rows, units),
          f"{scope}/candidate/bias": numbers(units)}


def cudnn_gru(scope, depth=DEPTH, units=UNITS, seed=0):
  return {
      f"{scope}/gates/kernel": numbers(depth + units, 2 * units, seed=seed),
      f"{scope}/gates/bias": numbers(2 * units, seed=seed),
      f"{scope}/candidate/input_projection/kernel": numbers(
          depth, units, seed=seed),
      f"{scope}/candidate/input_projection/bias": numbers(units, seed=seed),
      f"{scope}/candidate/hidden_projection/kernel": numbers(
          units, units, seed=seed),
      f"{scope}/candidate/hidden_projection/bias": numbers(
          units, seed=seed + 1)}


def assert_identical(got, wanted):
  assert sorted(got) == sorted(wanted)
  for key in wanted:
    assert got[key].dtype == wanted[key].dtype, key
    assert got[key].tobytes() == np.asarray(wanted[key]).tobytes(), key


def convert(tensors, layout, **options):
  return layouts.convert_layout(tensors, layout, options)


# Finding cells.

def test_cells_are_found_by_name_and_shape():
  tensors = {
      **lstm("rnn/multi_rnn_cell/cell_10/lstm_cell", slots=False),
      **lstm("rnn/multi_rnn_cell/cell_2/lstm_cell", projected=1),
      **gru("gru/gru_cell"), **cudnn_gru("g/cudnn_compatible_gru_cell"),
      "rnn/basic_rnn_cell_1/kernel": numbers(5, 2),
      "rnn/basic_rnn_cell_1/bias": numbers(2),
      "dense/kernel": numbers(5, 8), "dense/bias": numbers(8),
      "rnn/ugrnn_cell/kernel": numbers(5, 4),
      "rnn/ugrnn_cell/bias": numbers(4), "global_step": np.int64(3)}
  found = layouts_cells.find_cells(tensors)
  assert [(cell.scope, cell.kind, cell.depth, cell.units, cell.output)
          for cell in found] == [
              ("g/cudnn_compatible_gru_cell", "cudnn_gru", 3, 2, 2),
              ("gru/gru_cell", "gru", 3, 2, 2),
              ("rnn/basic_rnn_cell_1", "rnn", 3, 2, 2),
              ("rnn/multi_rnn_cell/cell_2/lstm_cell", "lstm", 3, 2, 1),
              ("rnn/multi_rnn_cell/cell_10/lstm_cell", "lstm", 3, 2, 2)]


def test_a_cell_of_another_name_is_found_when_its_kind_is_said():
  tensors = lstm("rnn/mine", slots=False)
  assert layouts_cells.find_cells(tensors) == []
  cell, = layouts_cells.find_cells(tensors, {"rnn/mine": "lstm"})
  assert (cell.kind, cell.units) == ("lstm", 2)
  with pytest.raises(_errors.CheckpointError, match="`scope` must name") as e:
    layouts.convert_layout(tensors, "bake-forget-bias", {})
  assert "--cell lstm" in str(e.value)


def test_shapes_that_do_not_fit_are_no_cell():
  tensors = lstm("rnn/lstm_cell", slots=False)
  tensors["rnn/lstm_cell/bias"] = numbers(9)
  assert layouts_cells.find_cells(tensors) == []
  tensors = lstm("rnn/lstm_cell", slots=False, units=5, depth=1)
  tensors["rnn/lstm_cell/kernel"] = numbers(5, 20)  # no row for the inputs
  assert layouts_cells.find_cells(tensors) == []
  with pytest.raises(_errors.CheckpointError, match="rnn/lstm_cell with"):
    layouts_cells.find_cells(tensors, {"rnn/lstm_cell": "lstm"})


def test_followers_are_of_this_variable_and_no_other():
  keys = ["lstm_cell/kernel", "rnn/lstm_cell/kernel",
          "rnn/lstm_cell/kernel/Adam", "lstm_cell/kernel/Adam",
          "opt/lstm_cell/kernel/Adam", "opt/rnn/lstm_cell/kernel/Adam"]
  assert layouts_cells.followers(keys, "lstm_cell/kernel") == [
      "lstm_cell/kernel/Adam", "opt/lstm_cell/kernel/Adam"]
  assert layouts_cells.followers(keys, "rnn/lstm_cell/kernel") == [
      "opt/rnn/lstm_cell/kernel/Adam", "rnn/lstm_cell/kernel/Adam"]


# Gates.

def test_reorder_moves_blocks():
  bias = np.arange(8)
  assert layouts_gates.reorder(bias, "ijfo", "ifjo").tolist() == [
      0, 1, 4, 5, 2, 3, 6, 7]
  assert layouts_gates.reorder(bias, "ijfo", "oijf").tolist() == [
      6, 7, 0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("said, order", [
    ("pytorch", "ifjo"), ("keras", "ifjo"), ("TensorFlow", "ijfo"),
    ("onnx", "iofj"), ("caffe2", "ifoj"), ("fzio", "fjio"), ("OIFC", "oifj")])
def test_gate_orders_by_name_and_by_letters(said, order):
  assert layouts_gates.lstm_order(said) == order


@pytest.mark.parametrize("said", ["ijf", "ijff", "ijfg", "torch", ""])
def test_what_is_no_gate_order(said):
  with pytest.raises(_errors.CheckpointError, match="order"):
    layouts_gates.lstm_order(said)


def test_gate_order_of_a_cell_its_slots_and_back():
  tensors = {**lstm("rnn/lstm_cell", peepholes=True), "w": numbers(3)}
  there, actions = convert(tensors, "gate-order", want="pytorch")
  bias = tensors["rnn/lstm_cell/bias"]
  assert there["rnn/lstm_cell/bias"].tolist() == bias[
      [0, 1, 4, 5, 2, 3, 6, 7]].tolist()
  assert there["training/rnn/lstm_cell/bias/Adam_1"].tolist() == (
      5 * bias)[[0, 1, 4, 5, 2, 3, 6, 7]].tolist()
  assert {new for new, _, _ in actions} == {
      key for key in tensors if "kernel" in key or "bias" in key}
  back, _ = convert(there, "gate-order", have="pytorch", want="tensorflow")
  assert_identical(back, tensors)


# The forget bias.

def test_forget_bias_is_added_to_f_and_to_averages_but_not_to_slots():
  tensors = lstm("rnn/lstm_cell")
  there, actions = convert(tensors, "bake-forget-bias")
  key = "rnn/lstm_cell/bias"
  one = np.array([0, 0, 0, 0, 1, 1, 0, 0], np.float32)
  assert there[key].tolist() == (tensors[key] + one).tolist()
  average = f"{key}/ExponentialMovingAverage"
  assert there[average].tolist() == (tensors[average] + one).tolist()
  assert there[f"{key}/Adam"].tolist() == tensors[f"{key}/Adam"].tolist()
  assert there["rnn/lstm_cell/kernel"] is not None
  said, = [what for new, _, what in actions if new == key]
  assert "+1 to the forget gate, rounded by at most" in said
  there, _ = convert(tensors, "bake-forget-bias", order="keras",
                     forget_bias="0.5")
  assert there[key].tolist() == (tensors[key] + np.float32(
      0.5) * np.array([0, 0, 1, 1, 0, 0, 0, 0], np.float32)).tolist()


def test_what_the_rounding_of_the_forget_bias_is():
  bias = np.zeros(4, np.float32)
  bias[2] = 2 ** -25  # 1 + 2**-25 is 1 in float32: all of it is lost
  there, error = layouts_gates.add_forget_bias(bias, 1.0)
  assert there.tolist() == [0, 0, 1, 0]
  assert error == 2 ** -25
  bias[2] = 0.5
  assert layouts_gates.add_forget_bias(bias, 1.0)[1] == 0


@pytest.mark.parametrize("dtype, ulp", [
    ("float16", 2 ** -11), ("float32", 2 ** -24), ("float64", 2 ** -53)])
def test_forget_bias_comes_back_within_its_rounding(dtype, ulp):
  bias = np.random.RandomState(3).uniform(-0.3, 0.3, 4000).astype(dtype)
  tensors = {"rnn/lstm_cell/kernel": np.zeros((1001, 4000), dtype),
             "rnn/lstm_cell/bias": bias}
  there, _ = convert(tensors, "bake-forget-bias")
  back, _ = convert(there, "unbake-forget-bias")
  gap = np.abs(back["rnn/lstm_cell/bias"].astype(float) - bias.astype(float))
  assert gap[:2000].max() == gap[3000:].max() == 0
  # sums are below 2: half of their last place
  assert 0 < gap.max() <= ulp
  assert back["rnn/lstm_cell/bias"].dtype == dtype


# Block cells.

@pytest.mark.parametrize("slots", [False, True])
def test_fused_to_plain_and_back(slots):
  tensors = lstm("enc/lstm_fused_cell", peepholes=True, slots=slots)
  there, actions = convert(tensors, "block-to-plain")
  assert_identical(there, {
      key.replace("lstm_fused_cell", "lstm_cell"): value
      for key, value in tensors.items()})
  assert all("are the same" in what or "belongs to" in what
             for _, _, what in actions)
  assert len(actions) == len(tensors)
  back, _ = convert(there, "plain-to-block")
  assert_identical(back, tensors)


def test_fused_to_plain_under_the_loops_scope():
  """The fused cell is no loop: `dynamic_rnn` puts `rnn/` before the cell."""
  tensors = lstm("lstm_fused_cell", slots=False)
  there, _ = convert(tensors, "block-to-plain", target="rnn/lstm_cell")
  assert sorted(there) == ["rnn/lstm_cell/bias", "rnn/lstm_cell/kernel"]
  back, _ = convert(there, "plain-to-block", target="lstm_fused_cell")
  assert_identical(back, tensors)


def test_gru_block_to_plain_and_back():
  tensors = {f"rnn/gru_cell/{name}": value for name, value in zip(
      ("w_ru", "b_ru", "w_c", "b_c"),
      (numbers(5, 4), numbers(4), numbers(5, 2), numbers(2)))}
  there, _ = convert(tensors, "block-to-plain")
  assert {key: value.shape for key, value in there.items()} == {
      "rnn/gru_cell/gates/kernel": (5, 4), "rnn/gru_cell/gates/bias": (4,),
      "rnn/gru_cell/candidate/kernel": (5, 2),
      "rnn/gru_cell/candidate/bias": (2,)}
  back, _ = convert(there, "plain-to-block", cells="gru")
  assert_identical(back, tensors)


def test_the_number_behind_a_cells_name_stays():
  there, _ = convert(lstm("rnn/lstm_fused_cell_1", slots=False),
                     "block-to-plain", name="basic_lstm_cell")
  assert sorted(there) == ["rnn/basic_lstm_cell_1/bias",
                           "rnn/basic_lstm_cell_1/kernel"]


def test_a_block_cell_has_no_projection():
  with pytest.raises(_errors.RefusedError, match="projection"):
    convert(lstm("rnn/lstm_cell", projected=1), "plain-to-block")


def test_nothing_to_convert_is_said():
  with pytest.raises(_errors.CheckpointError, match="there is nothing to do"):
    convert(lstm("rnn/lstm_cell"), "block-to-plain")


def test_a_key_that_is_there_with_other_numbers_is_not_overwritten():
  tensors = {**lstm("rnn/lstm_fused_cell", slots=False),
             **lstm("rnn/lstm_cell", slots=False, seed=1)}
  with pytest.raises(_errors.CheckpointError, match="no other rnn/lstm_cell"):
    convert(tensors, "block-to-plain")


# cuDNN.

def test_the_buffer_of_one_layer_by_hand():
  """Two inputs, one unit: i f c o on x, on h, then eight biases."""
  buffer = np.array([1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14,
                     20, 21, 22, 23, 30, 31, 32, 33], np.float32)
  there, actions = convert(
      {"cudnn_lstm/opaque_kernel": buffer, "w": numbers(1)},
      "opaque-to-compatible", num_units=1)
  scope = "cudnn_lstm/rnn/multi_rnn_cell/cell_0/cudnn_compatible_lstm_cell"
  assert sorted(there) == [f"{scope}/bias", f"{scope}/kernel", "w"]
  # columns i, c, f, o
  assert there[f"{scope}/kernel"].tolist() == [
      [1, 5, 3, 7], [2, 6, 4, 8], [11, 13, 12, 14]]
  assert there[f"{scope}/bias"].tolist() == [50, 54, 52, 56]
  assert [key for key, _, _ in actions] == [f"{scope}/kernel",
                                            f"{scope}/bias"]
  assert actions[0][1] == ("cudnn_lstm/opaque_kernel",)


def test_the_buffer_of_a_gru_by_hand():
  """One input, one unit: r u h on x, r u h on h, six biases."""
  buffer = np.array([1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60], np.float32)
  there, _ = convert({"opaque_kernel": buffer}, "opaque-to-compatible",
                     num_units=1, mode="gru", target="")
  scope = "rnn/multi_rnn_cell/cell_0/cudnn_compatible_gru_cell"
  assert {key[len(scope) + 1:]: value.tolist()
          for key, value in there.items()} == {
              "gates/kernel": [[1, 2], [4, 5]], "gates/bias": [50, 70],
              "candidate/input_projection/kernel": [[3]],
              "candidate/input_projection/bias": [30],
              "candidate/hidden_projection/kernel": [[6]],
              "candidate/hidden_projection/bias": [60]}


SHAPES = [layouts_cudnn.Shape(mode, layers, 4, 3, direction)
          for mode in layouts_cudnn.GATES for layers in (1, 3)
          for direction in layouts_cudnn.DIRECTIONS]


def buffer_of(shape):
  return numbers(shape.size(), seed=7)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_buffer_to_canonical_and_back_to_the_last_bit(shape):
  tensors = {f"a/cudnn_{shape.mode}/opaque_kernel": buffer_of(shape)}
  sizes = dict(num_units=4, num_layers=shape.layers,
               direction=shape.direction)
  there, _ = convert(tensors, "opaque-to-canonical", **sizes)
  gates = len(layouts_cudnn.GATES[shape.mode])
  assert len(there) == 4 * gates * shape.layers * shape.ways
  first = f"a/cudnn_{shape.mode}/canonical/layer_0/fw/matrix_0"
  assert there[first].shape == (4, 3)
  back, _ = convert(there, "canonical-to-opaque")
  assert_identical(back, tensors)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_compatible_cells_to_buffer_and_back_to_the_last_bit(shape):
  start = {f"cudnn_{shape.mode}/opaque_kernel": buffer_of(shape)}
  sizes = dict(num_units=4, num_layers=shape.layers,
               direction=shape.direction)
  cells, _ = convert(start, "opaque-to-compatible", **sizes)
  buffer, _ = convert(cells, "compatible-to-opaque")
  assert list(buffer) == list(start)
  assert buffer[list(start)[0]].shape == start[list(start)[0]].shape
  again, _ = convert(buffer, "opaque-to-compatible", **sizes)
  assert_identical(again, cells)
  canonical, _ = convert(cells, "compatible-to-canonical")
  once_more, _ = convert(canonical, "canonical-to-compatible")
  if shape.mode == "rnn_relu":  # two matrices and two biases are of either
    assert len(once_more) == len(cells)
  assert_identical(once_more, cells)


def test_matrices_come_back_unchanged_and_biases_as_halves_of_their_sum():
  shape = layouts_cudnn.Shape("lstm", 2, 4, 3, "bidirectional")
  matrices, biases = layouts_cudnn.split_opaque(buffer_of(shape), shape)
  cells = layouts_cudnn.stack_canonical(matrices, biases, shape)
  matrices_2, biases_2 = layouts_cudnn.unstack_canonical(cells, shape)
  for one, two in zip(matrices, matrices_2):
    assert one.tobytes() == two.tobytes()
  assert (biases_2[0] == (biases[0] + biases[4]) / 2).all()
  assert (biases_2[4] == biases_2[0]).all()
  assert cells[2]["kernel"].shape == (2 * 4 + 4, 16)


def test_a_buffer_of_another_size_is_refused():
  tensors = {"cudnn_lstm/opaque_kernel": numbers(101)}
  with pytest.raises(_errors.CheckpointError, match="num_units.*be given"):
    convert(tensors, "opaque-to-compatible")
  with pytest.raises(_errors.CheckpointError, match="101 numbers"):
    convert(tensors, "opaque-to-compatible", num_units=4)
  with pytest.raises(_errors.CheckpointError, match="hold 144 numbers"):
    convert(tensors, "opaque-to-compatible", num_units=4, input_size=3)


def test_averages_of_a_buffer_go_with_it_and_slots_are_left_out():
  shape = SHAPES[0]
  key = "cudnn_lstm/opaque_kernel"
  tensors = {key: buffer_of(shape), f"{key}/Adam": buffer_of(shape),
             f"{key}/ExponentialMovingAverage": 2 * buffer_of(shape)}
  there, actions = convert(tensors, "opaque-to-compatible", num_units=4)
  scope = "cudnn_lstm/rnn/multi_rnn_cell/cell_0/cudnn_compatible_lstm_cell"
  assert (there[f"{scope}/kernel/ExponentialMovingAverage"]
          == 2 * there[f"{scope}/kernel"]).all()
  assert not [name for name in there if "Adam" in name]
  dropped, = [action for action in actions if action[0] is None]
  assert dropped[1] == (f"{key}/Adam",) and "left out" in dropped[2]


def test_what_1_15_saves_of_a_cudnn_layer_holds_both_and_they_agree():
  """`Saver` writes the buffer and the canonical variables side by side."""
  shape = SHAPES[0]
  key = "cudnn_lstm/opaque_kernel"
  cells, _ = convert({key: buffer_of(shape)}, "opaque-to-compatible",
                     num_units=4)
  both = {key: buffer_of(shape), **cells}
  there, _ = convert(both, "opaque-to-compatible", num_units=4)
  assert_identical(there, cells)
  both[list(cells)[0]] = cells[list(cells)[0]] + 1
  with pytest.raises(_errors.CheckpointError, match="different numbers"):
    convert(both, "opaque-to-compatible", num_units=4)


def test_cudnn_lstm_to_plain_takes_the_forget_bias_out():
  tensors = lstm("rnn/cudnn_compatible_lstm_cell", slots=False)
  tensors["rnn/cudnn_compatible_lstm_cell/bias"] = np.array(
      [1, 2, 3, 4, 5, 6, 7, 8], np.float32)
  there, _ = convert(tensors, "cudnn-to-plain")
  assert there["rnn/lstm_cell/bias"].tolist() == [1, 2, 3, 4, 4, 5, 7, 8]
  assert (there["rnn/lstm_cell/kernel"]
          == tensors["rnn/cudnn_compatible_lstm_cell/kernel"]).all()
  back, _ = convert(there, "plain-to-cudnn")
  assert_identical(back, tensors)


def test_cudnn_gru_is_no_plain_gru():
  with pytest.raises(_errors.RefusedError, match=r"\(r \* h\) R"):
    convert(cudnn_gru("rnn/cudnn_compatible_gru_cell"), "cudnn-to-plain")


@pytest.mark.parametrize("what", [dict(peepholes=True), dict(projected=1)])
def test_cudnn_has_no_peepholes_and_no_projection(what):
  with pytest.raises(_errors.RefusedError, match="w_i_diag|projection"):
    convert(lstm("rnn/lstm_cell", **what), "plain-to-cudnn")


def test_layers_of_another_width_make_no_buffer():
  scope = "rnn/multi_rnn_cell/cell_{}/cudnn_compatible_lstm_cell"
  tensors = {**lstm(scope.format(0), slots=False),
             **lstm(scope.format(1), depth=2, units=3, slots=False)}
  with pytest.raises(_errors.CheckpointError, match="one kind and width"):
    convert(tensors, "compatible-to-opaque")
  tensors = lstm(scope.format(1), slots=False)
  with pytest.raises(_errors.CheckpointError, match="every layer"):
    convert(tensors, "compatible-to-opaque")


# The table.

def test_every_conversion_has_its_inverse():
  for name, conversion in layouts.CONVERSIONS.items():
    assert name == conversion.name
    inverse = layouts.CONVERSIONS[conversion.inverse]
    assert inverse.inverse == name
    assert conversion.help


def test_options_as_text_and_as_values():
  tensors = lstm("rnn/lstm_cell", slots=False)
  one, _ = layouts.convert_layout(
      tensors, "bake-forget-bias", ["forget_bias=2", "scope=rnn"])
  two, _ = layouts.CONVERSIONS["bake-forget-bias"].convert(
      tensors, {"forget_bias": 2.0})
  assert_identical(one, two)


@pytest.mark.parametrize("name, options, said", [
    ("bake", [], "`layout` must be one of block-to-plain"),
    ("bake-forget-bias", ["forget_bias"], "NAME=VALUE"),
    ("bake-forget-bias", ["bias=2"], "there are scope:"),
    ("bake-forget-bias", ["forget_bias=two"], "at run time"),
    ("bake-forget-bias", ["order=abcd"], "`order` must"),
    ("bake-forget-bias", ["scope=other"], r"there are rnn/lstm_cell \(lstm"),
    ("bake-forget-bias", ["cell=lstm"], "be used with the scope of the cell"),
    ("opaque-to-canonical", [], "this checkpoint has no such variable"),
    ("canonical-to-opaque", [], "opaque-to-canonical"),
    ("compatible-to-opaque", [], "multi_rnn_cell/cell_0"),
])
def test_what_is_asked_wrongly_is_said_clearly(name, options, said):
  with pytest.raises(_errors.CheckpointError, match=said):
    layouts.convert_layout(lstm("rnn/lstm_cell"), name, options)


def test_the_source_is_not_written_to():
  tensors = lstm("rnn/lstm_cell")
  copies = {key: value.copy() for key, value in tensors.items()}
  convert(tensors, "bake-forget-bias")
  convert(tensors, "gate-order", want="keras")
  assert_identical(tensors, copies)


# Any checkpoint, there and back.

def anything(seed):
  """A random checkpoint: cells of all kinds among other keys."""
  random = np.random.RandomState(seed)
  tensors = {"global_step": np.int64(seed), "w": random.rand(3),
             "names": np.array([b"a", b"b"], dtype=object)}
  for place in range(random.randint(1, 4)):
    options = dict(depth=random.randint(1, 5), units=random.randint(1, 5))
    name = ("lstm_cell", "basic_lstm_cell", "gru")[random.randint(3)]
    scope = f"scope_{place}/rnn/multi_rnn_cell/cell_{random.randint(12)}"
    if name == "gru":
      tensors.update(gru(f"{scope}/gru_cell", **options))
    else:
      tensors.update(lstm(f"{scope}/{name}", seed=seed, slots=random.rand()
                          < 0.5, peepholes=random.rand() < 0.5, **options))
  return tensors


@pytest.mark.parametrize("seed", range(12))
def test_any_checkpoint_there_and_back(seed):
  tensors = anything(seed)
  there, _ = convert(tensors, "plain-to-block")
  assert not any("/lstm_cell/" in key or "gates" in key for key in there)
  # one name for all LSTMs comes back, so those of another are left out
  if not any("basic_lstm_cell" in key for key in tensors):
    back, _ = convert(there, "block-to-plain")
    assert_identical(back, tensors)
  if any("lstm" in key for key in tensors):
    there, _ = convert(tensors, "gate-order", want="caffe2")
    back, _ = convert(there, "gate-order", have="caffe2")
    assert_identical(back, tensors)
    # halves and integers are exact: then the forget bias is, too
    exact = {key: np.round(value * 4) / 4 + 0 if "lstm" in key else value
             for key, value in tensors.items()}
    there, _ = convert(exact, "bake-forget-bias", forget_bias=1.5)
    assert any((there[key] != exact[key]).any() for key in exact
               if key.endswith("bias"))
    back, _ = convert(there, "unbake-forget-bias", forget_bias=1.5)
    assert_identical(back, exact)


@pytest.mark.parametrize("seed", range(6))
def test_any_cudnn_compatible_cells_there_and_back(seed):
  random = np.random.RandomState(seed)
  shape = layouts_cudnn.Shape(
      list(layouts_cudnn.GATES)[random.randint(4)], random.randint(1, 4),
      random.randint(1, 6), random.randint(1, 6),
      layouts_cudnn.DIRECTIONS[random.randint(2)])
  buffer = random.uniform(-1, 1, shape.size()).astype("f4")
  assert layouts_cudnn.infer_shape(
      shape.size(), shape.mode, shape.layers, shape.units,
      shape.direction) == shape
  matrices, biases = layouts_cudnn.split_opaque(buffer, shape)
  assert layouts_cudnn.join_opaque(matrices, biases).tobytes() == (
      buffer.tobytes())
  cells = layouts_cudnn.stack_canonical(matrices, biases, shape)
  again = layouts_cudnn.stack_canonical(
      *layouts_cudnn.unstack_canonical(cells, shape), shape)
  for one, two in zip(cells, again):
    assert_identical(one, two)
