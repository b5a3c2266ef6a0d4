"""`export_model`: what is written, and what is refused."""


import numpy as np
import pytest
from exported_models import forked_worker  # noqa: F401 (a fixture)
from exported_models import leftovers

import tfcompat_rnn
from tfcompat_rnn import _errors
from tfcompat_rnn import cells
from tfcompat_rnn import loops
from tfcompat_rnn.checkpoints import reading

Signature = tfcompat_rnn.Signature


def started(tf):
  session = tf.Session()
  session.run(tf.global_variables_initializer())
  return session


def test_a_sequence_and_a_step(either, tmp_path, forked_worker):  # noqa: F811
  tf = either
  x = tf.placeholder(tf.float32, [None, None, 3], "x")
  cell = cells.MultiRNNCell([cells.LSTMCell(4), cells.GRUCell(2)])
  initial = cell.zero_state(tf.shape(x)[0], tf.float32)
  outputs, final = loops.dynamic_rnn(cell, x, initial_state=initial)
  mean = tf.reduce_mean(outputs, [1, 2])
  tensors = {"x": x}, {"out": outputs, "mean": mean}, initial, final
  with started(tf) as session:
    before = len(session.graph.get_operations())
    made = tfcompat_rnn.export_model(tmp_path / "1", session, {
        "serving_default": Signature(*tensors),
        "step": Signature(*tensors, one_step="x")})
    assert len(session.graph.get_operations()) == before
  assert made.difference < 1e-6 and made.random == []
  assert leftovers(tmp_path) == ["1"]
  state = ["state_0_c", "state_0_h", "state_1"]
  assert made.signatures == [
      "signature serving_default", "  input  x: float32 [?, ?, 3]",
      *[f"  input  {name}: float32 [?, {size}], state"
        for name, size in zip(state, (4, 4, 2))],
      "  output out: float32 [?, ?, 2]", "  output mean: float32 [?]",
      *[f"  output {name}: float32 [?, {size}], state"
        for name, size in zip(state, (4, 4, 2))],
      "signature step", "  input  x: float32 [?, 3]",
      *[f"  input  {name}: float32 [?, {size}], state"
        for name, size in zip(state, (4, 4, 2))],
      "  output out: float32 [?, 2]", "  output mean: float32 [?]",
      *[f"  output {name}: float32 [?, {size}], state"
        for name, size in zip(state, (4, 4, 2))]]
  # TensorFlow Serving's rules
  meta = tf.saved_model.loader.load(
      tf.Session(graph=tf.Graph()), ["serve"], str(tmp_path / "1"))
  assert sorted(meta.signature_def) == ["serving_default", "step"]
  for signature in meta.signature_def.values():
    assert signature.method_name == "tensorflow/serving/predict"
    assert sorted(signature.inputs) == sorted(["x"] + state)
    assert sorted(signature.outputs) == sorted(["mean", "out"] + state)
  assert not any(node.op.startswith("Ref") or (
      node.device and node.name.startswith(("serving_default/", "step/")))
                 for node in meta.graph_def.node)
  # the weights keep their names
  assert "rnn/multi_rnn_cell/cell_0/lstm_cell/kernel" in (
      reading.open_checkpoint(str(tmp_path / "1/variables/variables")))
  # the printed lines run as they are
  done = forked_worker.run(["-c", "\n".join(made.usage)])
  assert done.returncode == 0, done.stderr
  assert done.stdout.split("\n")[:4] == [
      "out (1, 1, 2)", "mean (1,)", "out (1, 2)", "mean (1,)"]


def test_a_frozen_graph(v1, tmp_path, forked_worker):  # noqa: F811
  x = v1.placeholder(v1.float32, [None, None, 3], "x")
  initial = v1.zeros([v1.shape(x)[0], 4])
  outputs, final = loops.dynamic_rnn(cells.GRUCell(4), x,
                                     initial_state=initial)
  with started(v1) as session:
    made = tfcompat_rnn.export_model(
        tmp_path / "m.pb", session,
        Signature({"x": x}, {"out": outputs}, initial, final), "frozen")
  assert made.difference < 1e-6
  graph_def = v1.GraphDef.FromString((tmp_path / "m.pb").read_bytes())
  assert not any("Variable" in node.op or node.op == "VarHandleOp"
                 for node in graph_def.node)
  done = forked_worker.run(["-c", "\n".join(made.usage)])
  assert done.returncode == 0, done.stderr
  assert done.stdout == "out (1, 1, 4)\n"


def kept_in(store, cell, tf):
  """The outputs of a loop whose state `store` keeps."""
  x = tf.placeholder(tf.float32, [2, None, 3], "x")
  kept = store(cell, 2)
  outputs, final = loops.dynamic_rnn(cell, x, initial_state=kept.initial_state)
  kept.keep(final)
  kept.reset_rows(tf.placeholder(tf.bool, [2], "mask"))
  return outputs


def test_state_in_variables_becomes_inputs_and_outputs(
    either, tmp_path, forked_worker):  # noqa: F811
  tf = either
  outputs = kept_in(tfcompat_rnn.StateVariables, cells.LSTMCell(4), tf)
  with started(tf) as session:
    made = tfcompat_rnn.export_model(
        tmp_path / "1", session, Signature(None, {"out": outputs}))
  assert made.difference < 1e-6
  assert made.signatures[1:] == [
      "  input  x: float32 [2, ?, 3]",
      "  input  state_c: float32 [2, 4], state",
      "  input  state_h: float32 [2, 4], state",
      "  output out: float32 [2, ?, 4]",
      "  output state_c: float32 [2, 4], state",
      "  output state_h: float32 [2, 4], state"]


def test_packed_state_is_one_input(v1, tmp_path):
  cell = cells.MultiRNNCell([cells.LSTMCell(4), cells.LSTMCell(4)])
  outputs = kept_in(tfcompat_rnn.PackedStateVariables, cell, v1)
  with started(v1) as session:
    made = tfcompat_rnn.export_model(
        tmp_path / "1", session, Signature(None, {"out": outputs}),
        check=False)
  assert made.difference is None
  assert made.signatures[2] == "  input  state: float32 [2, 2, 2, 4], state"
  assert made.signatures[4] == "  output state: float32 [2, 2, 2, 4], state"


def counter(tf, x):
  """`(output, assign)` of a total that a reference variable keeps."""
  total = tf.Variable([0., 0.], trainable=False, name="kept/total")
  output = total * 10. + x
  with tf.control_dependencies([output]):
    return output, tf.assign(total, total + x)


def test_a_programs_own_state(either, tmp_path, forked_worker):  # noqa: F811
  """Found because the graph assigns it what depends on the input."""
  tf = either
  x = tf.placeholder(tf.float32, [2], "x")
  output, assign = counter(tf, x)
  scale = tf.Variable(3., name="scale")
  tf.assign(scale, scale - tf.reduce_sum(x))  # trained by hand
  with tf.control_dependencies([assign]):
    output = tf.identity(scale * output)
  with started(tf) as session:
    tfcompat_rnn.export_model(
        tmp_path / "1", session, Signature({"x": x}, {"y": output}))
  done = forked_worker.run(["-c", f"""
import tensorflow as tf
run = tf.saved_model.load({str(tmp_path / "1")!r}).signatures["serving_default"]
got = run(x=tf.constant([1., 2.]), kept_total=tf.constant([5., 6.]))
print({{key: value.numpy().tolist() for key, value in sorted(got.items())}})
"""])
  # 3 * (10 * [5, 6] + [1, 2])
  assert done.stdout == (
      "{'kept_total': [6.0, 8.0], 'y': [153.0, 186.0]}\n"), done.stderr


def test_what_another_run_would_give_is_refused(
    either, tmp_path, forked_worker):  # noqa: F811
  """The output reads the state after it is written."""
  tf = either
  x = tf.placeholder(tf.float32, [2], "x")
  total = tf.Variable([0., 0.], trainable=False, name="total",
                      use_resource=True)
  with tf.control_dependencies([tf.assign(total, total + x)]):
    late = total.read_value() * 2.
  with started(tf) as session:
    with pytest.raises(_errors.ExportError, match="compute what the original "
                       "graph does.* in y of serving_default"):
      tfcompat_rnn.export_model(
          tmp_path / "1", session, Signature({"x": x}, {"y": late}))
  assert leftovers(tmp_path) == []


@pytest.fixture
def model(v1):
  """A session with tensors to choose from, by name."""
  tf = v1
  x = tf.placeholder(tf.float32, [2, 3], "x")
  keep = tf.placeholder(tf.float32, [], "keep")
  w = tf.Variable(tf.ones([3, 3]), name="w")
  hidden = tf.matmul(x, w, name="hidden")
  tf.divide(hidden, keep, name="out")
  tf.no_op(name="idle")
  tf.add(hidden, tf.raw_ops.RandomUniform(shape=[2, 3], dtype=tf.float32),
         name="noisy")
  tf.py_func(lambda a: a, [x], tf.float32, name="python")
  dataset = tf.data.make_one_shot_iterator(
      tf.data.Dataset.from_tensors(np.zeros([2, 3], "f4"))).get_next()
  tf.matmul(dataset, w, name="from_data")
  table = tf.lookup.StaticHashTable(
      tf.lookup.KeyValueTensorInitializer(["a"], [1]), 0)
  tf.identity(table.lookup(tf.placeholder(tf.string, [2], "words")),
              name="looked_up")
  tf.identity(tf.assign_add(tf.Variable(0., name="count"), 1.), name="counted")
  array = tf.TensorArray(tf.float32, 1, name="array").write(0, x)
  tf.identity(array.handle, name="handle")
  unset = tf.Variable(tf.zeros([3]), name="unset")
  tf.add(hidden, unset, name="with_unset")
  state = tf.Variable(tf.zeros([2, 3]), trainable=False, name="state")
  tf.assign(state, state + x, name="first")
  tf.assign(state, state - x, name="second")
  tf.add(state, x, name="two_updates")
  tf.reshape(hidden, [3, 2], name="other_shape")
  with tf.Session() as session:
    session.run(tf.variables_initializer(
        [one for one in tf.global_variables() if one is not unset]))
    yield session


def bad(message, kind=_errors.ArgumentError, path="1", format="saved_model",
        signatures=None, **arguments):
  return message, kind, path, format, signatures, arguments


BAD = {
    "no such output": bad(
        "`outputs` must name a tensor of the graph, got 'hiden'; the nearest "
        "names are hidden", outputs={"y": "hiden"}),
    "no such number": bad(
        "`outputs` must name a tensor .* got 'hidden:3', and hidden .MatMul. "
        "has 1; use hidden:0", outputs={"y": "hidden:3"}),
    "an operation without a tensor": bad(
        "`outputs` must name a tensor .* and idle .NoOp. has 0; name what it",
        outputs={"y": "idle"}),
    "no such input": bad(
        "`inputs` must name a tensor", inputs={"x": "nowhere"},
        outputs={"y": "hidden"}),
    "a placeholder without a value": bad(
        "`inputs` must contain every placeholder that the outputs need, got "
        "none for keep", inputs={"x": "x"}, outputs={"y": "out"}),
    "an input that changes nothing": bad(
        r"`inputs` must change an output, got keep \(keep:0\)",
        inputs={"x": "x", "keep": "keep"}, outputs={"y": "hidden"}),
    "a constant that changes nothing": bad(
        "`constants` must change an output", outputs={"y": "hidden"},
        constants={"keep": 1.}),
    "a constant of another dtype": bad(
        "`constants` must fit keep:0, float32, got 'one'",
        outputs={"y": "out"}, constants={"keep": "one"}),
    "one tensor twice": bad(
        "`inputs` must be different tensors, got x:0 for a and b",
        inputs={"a": "x", "b": "x"}, outputs={"y": "hidden"}),
    "a name that is no identifier": bad(
        "`outputs` must have names of letters, .* got 'a/b'; use 'a_b'",
        outputs={"a/b": "hidden"}),
    "no outputs": bad("`outputs` must name at least one", outputs={}),
    "half a state": bad(
        "`final_state` must be given together", outputs={"y": "hidden"},
        initial_state="x"),
    "a state of another shape": bad(
        "`final_state` must have the shapes and dtypes of the initial state",
        outputs={"y": "hidden"}, initial_state="x",
        final_state="other_shape", inputs={}),
    "two updates": bad(
        "`updates` must name the operation that keeps the state state, got "
        "none, and the graph has first, second", outputs={"y": "two_updates"}),
    "an update that writes nothing": bad(
        "`updates` must name operations that assign a variable, got hidden, a "
        "MatMul", outputs={"y": "two_updates"}, updates=["hidden"]),
    "an uninitialized variable": bad(
        "`session` must have initialized variables, got .*unset",
        outputs={"y": "with_unset"}),
    "one step of what has no axis for it": bad(
        "`one_step` must consist of inputs with an unknown number of steps, "
        "got x, which always has 3", inputs={"x": "x"},
        outputs={"y": "hidden"}, one_step="x"),
    "no signature that servers call": bad(
        "`signatures` must have one called serving_default", signatures="step",
        outputs={"y": "hidden"}),
    "no such format": bad("`format` must be one of", format="h5",
                          outputs={"y": "hidden"}),
    "a wrong ending": bad("`path` must end in .pb", format="frozen",
                          outputs={"y": "hidden"}),
    "no such folder": bad(
        "`path` must be in a folder that exists", _errors.ExportWriteError,
        "gone/1", outputs={"y": "hidden"}),
    "Python code": bad("python .*Python code of this process",
                       _errors.RefusedError, outputs={"y": "python"}),
    "a pipeline": bad("a tf.data pipeline; name the tensors that it yields as",
                      _errors.RefusedError, outputs={"y": "from_data"}),
    "a table": bad("a lookup table; name the ids", _errors.RefusedError,
                   outputs={"y": "looked_up"}),
    "a variable that is written": bad(
        "a variable written while the model runs", _errors.RefusedError,
        outputs={"y": "counted"}),
    "a TensorArray": bad("`outputs` must be tensors of numbers.*TensorArray",
                         _errors.RefusedError, outputs={"y": "handle"}),
    "random numbers": bad(
        "compute what the original graph does.* random operations draw other",
        _errors.ExportError, outputs={"y": "noisy"}),
    "an example of another shape": bad(
        r"`example` must fit x, float32 \(2, 3\), got",
        outputs={"y": "hidden"}, example={"x": np.zeros([3, 2])}),
    "an example with an unknown name": bad(
        "`example` must have names of inputs, got z; the inputs are x",
        outputs={"y": "hidden"}, example={"z": 1}),
    "an example without an input": bad(
        "`example` must have an array for each input, got none for x",
        outputs={"y": "hidden"}, example={}),
}


def test_bad_input_is_one_error_and_leaves_nothing(
    model, tmp_path, forked_worker):  # noqa: F811
  for case, (message, kind, path, format, name, arguments) in BAD.items():
    example = arguments.pop("example", None)
    with pytest.raises(kind, match=message):
      signature = Signature(arguments.pop("inputs", None), **arguments)
      tfcompat_rnn.export_model(
          tmp_path / path, model, {name: signature} if name else signature,
          format, example)
      pytest.fail(case)
    assert leftovers(tmp_path) == [], case


def test_what_exists_is_never_overwritten(model, tmp_path):
  signature = Signature(None, {"y": "hidden"})
  for name, format in (("1", "saved_model"), ("m.pb", "frozen")):
    target = tmp_path / name
    target.mkdir()
    with pytest.raises(_errors.ArgumentError, match="not exist yet"):
      tfcompat_rnn.export_model(target, model, signature, format)
    assert leftovers(target) == []


def test_onnx_names_the_extra(model, tmp_path, monkeypatch):
  monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
  with pytest.raises(_errors.RefusedError, match="tf2onnx is not installed; "
                     "run pip install 'tfcompat_rnn.onnx.'"):
    tfcompat_rnn.export_model(
        tmp_path / "m.onnx", model, Signature(None, {"y": "hidden"}), "onnx")


def test_any_tensor_can_be_an_input(model, tmp_path, forked_worker):  # noqa: F811
  """What a pipeline yields, for example."""
  made = tfcompat_rnn.export_model(
      tmp_path / "1", model, Signature(
          {"rows": "IteratorGetNext"}, {"y": "from_data"}))
  assert made.difference < 1e-6
  assert made.signatures[1:] == ["  input  rows: float32 [2, 3]",
                                 "  output y: float32 [2, 3]"]


def test_an_update_can_be_chosen(model, tmp_path, forked_worker):  # noqa: F811
  tfcompat_rnn.export_model(
      tmp_path / "1", model, Signature(
          None, {"y": "two_updates"}, updates=["second"]))
  weight = tfcompat_rnn.export_model(
      tmp_path / "2", model, Signature(
          None, {"y": "two_updates"}, weights=["state"]), check=False)
  assert weight.difference is None
  assert weight.signatures[1:] == ["  input  x: float32 [2, 3]",
                                   "  output y: float32 [2, 3]"]


def test_printed_lines_run_where_a_length_must_be_positive(
    v1, tmp_path, forked_worker):  # noqa: F811
  lengths = v1.placeholder(v1.int32, [None], "lengths")
  with v1.control_dependencies([v1.assert_positive(lengths)]):
    mask = v1.sequence_mask(lengths, 3, name="mask")
  with v1.Session() as session:
    made = tfcompat_rnn.export_model(
        tmp_path / "1", session, Signature(None, {"mask": mask}))
  assert "    'lengths': tf.ones([1], 'int32')," in made.usage
  done = forked_worker.run(["-c", "\n".join(made.usage)])
  assert done.stdout == "mask (1, 3)\n", done.stderr
