"""What a graph takes from a checkpoint, and what it refuses."""

import numpy as np
import pytest

from tfcompat_rnn import _errors
from tfcompat_rnn.checkpoints import converting
from tfcompat_rnn.checkpoints import explain
from tfcompat_rnn.checkpoints import matching
from tfcompat_rnn.checkpoints import naming
from tfcompat_rnn.checkpoints import wanted

F4 = np.dtype("f4")


def held(**shapes):
  """Arrays that are all different, by key (`__` stands for `/`)."""
  return converting.Held({
      key.replace("__", "/"): np.arange(np.prod(shape), dtype="f4").reshape(
          shape) + 100 * place
      for place, (key, shape) in enumerate(shapes.items())})


def match(key, shape, tensors, dtype=F4):
  plan = matching.match_keys([matching.Wanted(key, shape, dtype)], tensors)
  return plan.matches[0], plan


def test_by_name_before_anything_else():
  tensors = held(rnn__lstm_cell__kernel=(2, 2), RNN__LSTMCell__W_0=(2, 2))
  found, plan = match("rnn/lstm_cell/kernel", (2, 2), tensors)
  assert found.by_name and not found.problem
  assert plan.left == ["RNN/LSTMCell/W_0"] and not plan.mapped


def test_pieces_are_joined_in_the_order_of_their_numbers():
  tensors = held(**{f"RNN__LSTMCell__W_{n}": (1, 2)
                    for n in (10, 2, 0, 1, 3, 4, 5, 6, 7, 8, 9)})
  found, plan = match("rnn/lstm_cell/kernel", (11, 2), tensors)
  assert not found.problem
  assert [key.rpartition("_")[2] for key in found.old] == [
      str(n) for n in range(11)]
  np.testing.assert_array_equal(
      found.read(tensors), np.concatenate([
          tensors[f"RNN/LSTMCell/W_{n}"] for n in range(11)]))


def problem(key, shape, tensors, kind, dtype=F4):
  found, plan = match(key, shape, tensors, dtype)
  assert found.kind == kind and found.problem
  assert plan.problems == [found] and not plan.read(tensors)
  return found.problem


def test_a_missing_piece():
  assert "only" in problem("rnn/lstm_cell/kernel", (3, 2), held(
      RNN__LSTMCell__W_0=(1, 2), RNN__LSTMCell__W_2=(1, 2)), "pieces")
  problem("rnn/lstm_cell/kernel", (3, 2), held(
      RNN__LSTMCell__W_0=(1, 2)), "shape")


def test_pieces_that_do_not_fit_together():
  assert "do not fit" in problem("rnn/lstm_cell/kernel", None, held(
      RNN__LSTMCell__W_0=(1, 2), RNN__LSTMCell__W_1=(1, 3)), "shape")


def test_two_old_names_for_one():
  text = problem("rnn/lstm_cell/kernel", (2, 2), held(
      RNN__LSTMCell__W_0=(2, 2), rnn__lstm_cell__weights=(2, 2)),
                 "ambiguous")
  assert "RNN/LSTMCell/W_0" in text and "rnn/lstm_cell/weights" in text


def test_two_variables_for_one_old_name():
  """Two wrapped cells, of which only one can be meant."""
  tensors = held(rnn__gru_cell__gates__weights=(2, 2))
  plan = matching.match_keys([
      matching.Wanted(f"rnn/{wrapper}/gru_cell/gates/kernel", (2, 2), F4)
      for wrapper in ("embedding_wrapper", "input_projection_wrapper")],
                             tensors)
  assert [one.kind for one in plan.problems] == ["ambiguous"] * 2
  assert plan.left == ["rnn/gru_cell/gates/weights"]


@pytest.mark.parametrize("shape", [(2, 3), (3, 2, 1), (6,), ()])
def test_another_shape(shape):
  assert "has shape [3, 2]" in problem(
      "rnn/lstm_cell/kernel", shape, held(RNN__LSTMCell__W_0=(3, 2)),
      "shape")
  problem("w", shape, held(w=(3, 2)), "shape")


@pytest.mark.parametrize("shape", [(3, 2), (None, 2), (None, None), None])
def test_a_shape_that_is_not_known(shape):
  found, _ = match("w", shape, held(w=(3, 2)))
  assert not found.problem


def test_another_dtype():
  assert "float64" in problem("w", (2,), held(w=(2,)), "dtype",
                              np.dtype("f8"))


def test_in_scopes_of_ones_own_kernel_was_weights_or_matrix():
  for old in ("mine__weights", "mine__Linear__Matrix", "mine__Matrix"):
    found, _ = match("mine/kernel", (2, 2), held(**{old: (2, 2)}))
    assert found.old == (old.replace("__", "/"),), old
  # but nobody's weights are taken for another's
  problem("mine/kernel", (2, 2), held(other__weights=(2, 2)), "missing")
  problem("mine/weights", (2, 2), held(mine__kernel=(2, 2)), "missing")


def test_the_slot_of_a_variable_in_a_scope_of_ones_own():
  found, _ = match("mine/kernel/Adam", (2, 2),
                   held(mine__weights__Adam=(2, 2)))
  assert found.old == ("mine/weights/Adam",)


def test_renaming_without_a_graph():
  tensors, changes = matching.rename_keys(held(
      RNN__LSTMCell__W_0=(1, 2), RNN__LSTMCell__W_1=(2, 2), other=(3,)))
  assert {key: value.shape for key, value in tensors.items()} == {
      "rnn/lstm_cell/kernel": (3, 2), "other": (3,)}
  assert changes == [("rnn/lstm_cell/kernel", (
      "RNN/LSTMCell/W_0", "RNN/LSTMCell/W_1"), "joined from 2 pieces")]


@pytest.mark.parametrize("keys", [
    ("RNN/LSTMCell/W_0", "rnn/lstm_cell/weights"),
    ("RNN/LSTMCell/W_0", "rnn/lstm_cell/kernel"),
    ("RNN/LSTMCell/W_0", "RNN/LSTMCell/W_2")])
def test_renaming_refuses_what_is_not_clear(keys):
  with pytest.raises(_errors.CheckpointError, match="--names none"):
    matching.rename_keys(converting.Held({
        key: np.zeros([2, 2]) for key in keys}))


def test_left_over_keys_are_described():
  tensors = held(rnn__gru_cell__gates__kernel__Adam=(2, 2),
                 rnn__gru_cell__gates__kernel=(2, 2), global_step=(),
                 beta1_power=(), RNN__BasicRNNCell__Linear__Bias=(2,),
                 lost=(7, 3), something=(1,), model__model__lost__Momentum=(
                     7, 3), gone__Adam=(2,))
  explanation = explain.explain([
      matching.Wanted("rnn/gru_cell/gates/kernel", (2, 2), F4),
      matching.Wanted("here", (7, 3), F4)], tensors_as_checkpoint(tensors))
  assert explanation.left == {
      "rnn/gru_cell/gates/kernel/Adam":
          "first moment (Adam) of rnn/gru_cell/gates/kernel",
      "global_step": "the global step",
      "beta1_power": "a beta power kept by Adam or AdaMax",
      "RNN/BasicRNNCell/Linear/Bias": "an old name of "
          "rnn/basic_rnn_cell/bias, which is not in the graph",
      "lost": "perhaps here, which is missing and has its shape",
      "something": "a variable that is not in the graph",
      "model/model/lost/Momentum": "momentum (Momentum) of lost",
      "gone/Adam": "first moment (Adam) of gone, which is not in the "
          "checkpoint"}
  assert explanation.hints["here"] == [
      "left over, with the same shape: lost"]
  assert not explanation.complete
  text = "\n".join(explanation.lines())
  assert "1 keys of the graph cannot be restored" in text


def tensors_as_checkpoint(tensors):
  tensors.prefix, tensors.format = "held", "V2"
  return tensors


def build(tf):
  tf.get_variable("w", [2, 3])
  tf.get_variable("parts", [5, 2],
                  partitioner=tf.fixed_size_partitioner(2))
  tf.get_variable("n", [], tf.int64)
  tf.get_variable("free", initializer=tf.zeros([2]), validate_shape=True)


KEYS = {"w": (2, 3), "parts": (5, 2), "n": (), "free": (2,)}


def assert_keys(found, resource=None):
  assert {item.key: item.shape for item in found} == KEYS
  assert {item.key: item.dtype.name for item in found} == {
      "w": "float32", "parts": "float32", "n": "int64", "free": "float32"}
  if resource is not None:
    assert {item.resource for item in found} == {resource}


@pytest.mark.parametrize("sharded", [False, True])
@pytest.mark.parametrize("version", ["V1", "V2"])
def test_the_keys_of_a_saver(either, version, sharded):
  build(either)
  saver = either.train.Saver(
      sharded=sharded, write_version=getattr(either.train.SaverDef, version))
  resource = either.global_variables()[0].op.type == "VarHandleOp"
  assert_keys(wanted.of_saver(saver.saver_def, either.get_default_graph()),
              resource)
  assert_keys(wanted.of_variables(either.global_variables()), resource)


@pytest.mark.parametrize("name, saver, text", [
    ("g.meta", True, False), ("g.meta", False, False), ("g.meta", True, True),
    ("g.pbtxt", False, True)])
def test_the_keys_of_a_file(either, tmp_path, name, saver, text):
  build(either)
  path = str(tmp_path / name)
  if saver:
    either.train.Saver().export_meta_graph(path, as_text=text)
  else:
    either.train.export_meta_graph(path, as_text=text)
  assert_keys(wanted.of_file(path))


def test_the_keys_of_a_bare_graph(either, tmp_path):
  either.get_variable("w", [2, 3])
  for name, text in (("g.pb", False), ("g.pbtxt", True)):
    either.train.write_graph(either.get_default_graph(), str(tmp_path), name,
                             as_text=text)
    found, = wanted.of_file(str(tmp_path / name))
    assert (found.key, found.shape, found.dtype) == ("w", (2, 3), F4)


def test_a_saver_with_keys_of_its_own_and_a_reshape(v1):
  first = v1.get_variable("first", [2, 3])
  saver = v1.train.Saver({"theirs": first}, reshape=True)
  found, = wanted.of_saver(saver.saver_def, v1.get_default_graph())
  assert (found.key, found.variable, found.shape) == ("theirs", "first", None)


@pytest.mark.parametrize("content", [b"", b"\xff\x01", b"no graph"])
def test_no_graph(tmp_path, content):
  (tmp_path / "g.meta").write_bytes(content)
  with pytest.raises(_errors.CheckpointError, match="neither"):
    wanted.of_file(str(tmp_path / "g.meta"))
  with pytest.raises(FileNotFoundError):
    wanted.of_file(str(tmp_path / "none.meta"))


def test_a_graph_without_variables(v1, tmp_path):
  v1.constant(1.0)
  v1.train.write_graph(v1.get_default_graph(), str(tmp_path), "g.pb", False)
  with pytest.raises(_errors.CheckpointError, match="frozen"):
    wanted.of_file(str(tmp_path / "g.pb"))


# A program's own scope may have a name that a row rewrites.
OWN_SCOPES = {
    "RNN/lstm_cell/kernel": "RNN/LSTMCell/W_0",
    "RNN/lstm_cell/kernel/Adam": "RNN/LSTMCell/W_0/Adam",
    "RNN/lstm_cell/w_f_diag": "RNN/LSTMCell/W_F_diag",
    "RNN/rnn/lstm_cell/bias": "RNN/RNN/LSTMCell/B",
    "model/RNN/gru_cell/gates/kernel": "model/RNN/GRUCell/Gates/Linear/Matrix",
    "RNN/mine/kernel": "RNN/mine/weights",
    "RNN/basic_lstm_cell/bias": "RNN/basic_lstm_cell/biases",
    "RNN/output_projection_wrapper/gru_cell/gates/kernel":
        "RNN/gru_cell/gates/weights",
    "BasicLSTMCell/basic_lstm_cell/kernel":
        "BasicLSTMCell/BasicLSTMCell/Linear/Matrix",
    "GRUCell/rnn/gru_cell/candidate/bias":
        "GRUCell/RNN/GRUCell/Candidate/Linear/Bias",
    "LSTMCell/lstm_cell/kernel": "LSTMCell/LSTMCell/W_0",
    "BiRNN/FW/lstm_cell/bias": "BiRNN/FW/LSTMCell/B",
    "MultiRNNCell/Cell0/basic_lstm_cell/kernel":
        "MultiRNNCell/Cell0/BasicLSTMCell/Linear/Matrix",
    "gru_cell/Gates/rnn/basic_rnn_cell/kernel":
        "gru_cell/Gates/RNN/BasicRNNCell/Linear/Matrix",
    "EmbeddingWrapper/rnn/embedding_wrapper/embedding":
        "EmbeddingWrapper/RNN/EmbeddingWrapper/embedding",
    "lstm_block_wrapper/lstm_fused_cell/kernel":
        "lstm_block_wrapper/lstm_block_wrapper/kernel",
}


@pytest.mark.parametrize("key, old", OWN_SCOPES.items())
def test_a_scope_of_ones_own_with_an_old_name(key, old):
  found, plan = match(key, (2, 2), held(**{old: (2, 2)}))
  assert found.old == (old,) and not found.problem and not plan.left


@pytest.mark.parametrize("row", naming.ROWS, ids=lambda row: row.name)
def test_each_row_spares_a_scope_of_ones_own(row):
  """The old name stays in the scope, and is rewritten below it."""
  scope = row.example.rpartition("/")[0]
  found, _ = match(f"{scope}/{row.becomes}", (2, 2),
                   held(**{f"{scope}/{row.example}": (2, 2)}))
  assert found.old == (f"{scope}/{row.example}",) and not found.problem


def test_pieces_in_a_scope_of_ones_own():
  found, _ = match("RNN/lstm_cell/kernel", (3, 2), held(
      RNN__LSTMCell__W_1=(1, 2), RNN__LSTMCell__W_0=(2, 2)))
  assert found.old == ("RNN/LSTMCell/W_0", "RNN/LSTMCell/W_1")


def test_two_scopes_that_differ_in_case_are_two():
  tensors = held(RNN__LSTMCell__W_0=(2, 2), rnn__LSTMCell__W_0=(2, 2))
  plan = matching.match_keys([
      matching.Wanted(f"{scope}/lstm_cell/kernel", (2, 2), F4)
      for scope in ("rnn", "RNN")], tensors)
  assert [one.old for one in plan.matches] == [
      ("rnn/LSTMCell/W_0",), ("RNN/LSTMCell/W_0",)]
  assert not plan.problems


def test_one_old_scope_for_two_is_ambiguous():
  plan = matching.match_keys([
      matching.Wanted(f"{scope}/lstm_cell/kernel", (2, 2), F4)
      for scope in ("rnn", "RNN")], held(RNN__LSTMCell__W_0=(2, 2)))
  assert [one.kind for one in plan.problems] == ["ambiguous"] * 2
