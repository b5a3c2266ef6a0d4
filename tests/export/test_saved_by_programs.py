"""What an old program saves by itself, TensorFlow 2 loads without us."""

import pytest

PROGRAM = """
import numpy as np
import tensorflow as tf
x = tf.placeholder(tf.float32, [2, None, 3], name="x")
c = tf.placeholder(tf.float32, [2, 4], name="c")
h = tf.placeholder(tf.float32, [2, 4], name="h")
out, last = tf.nn.dynamic_rnn(
    tf.nn.rnn_cell.LSTMCell(4), x,
    initial_state=tf.nn.rnn_cell.LSTMStateTuple(c, h))
inputs, outputs = {"x": x, "c": c, "h": h}, {"out": out, "c": last.c}
out = tf.identity(out, name="out")
with tf.Session() as session:
  session.run(tf.global_variables_initializer())
  random = np.random.RandomState(0)
  fed = {"x": random.randn(2, 5, 3), "c": random.randn(2, 4),
         "h": random.randn(2, 4)}
  found = session.run(outputs, {inputs[name]: fed[name] for name in fed})
  np.savez("fed.npz", **{name: fed[name].astype("f4") for name in fed})
  np.savez("found.npz", **found)
  tf.saved_model.simple_save(session, "simple", inputs, outputs)
  builder = tf.saved_model.builder.SavedModelBuilder("built")
  builder.add_meta_graph_and_variables(
      session, [tf.saved_model.tag_constants.SERVING],
      {"serving_default":
       tf.saved_model.signature_def_utils.predict_signature_def(
           inputs, outputs)})
  builder.save()
  tf.train.write_graph(
      tf.graph_util.convert_variables_to_constants(
          session, session.graph.as_graph_def(), ["out"]),
      ".", "frozen.pb", as_text=False)
with tf.Session(graph=tf.Graph()) as session:
  meta = tf.saved_model.loader.load(session, ["serve"], "built")
  name = meta.signature_def["serving_default"].outputs["out"].name
  again = session.run(name, {name + ":0": fed[name] for name in fed})
print(np.abs(again - found["out"]).max() < 1e-6)
"""
LOADING = """
import numpy as np
import tensorflow as tf
fed, found = np.load("fed.npz"), np.load("found.npz")
for folder in ("simple", "built"):
  model = tf.saved_model.load(folder)
  got = model.signatures["serving_default"](
      **{name: tf.constant(fed[name]) for name in fed.files})
  for name in ("out", "c"):
    print(np.abs(got[name].numpy() - found[name]).max() < 1e-6)
with open("frozen.pb", "rb") as file:
  graph_def = tf.compat.v1.GraphDef.FromString(file.read())
graph = tf.compat.v1.wrap_function(
    lambda: tf.compat.v1.import_graph_def(graph_def, name=""), [])
tensor = graph.graph.get_tensor_by_name
run = graph.prune([tensor(name + ":0") for name in fed.files], tensor("out:0"))
got = run(*[tf.constant(fed[name]) for name in fed.files])
print(np.abs(got.numpy() - found["out"]).max() < 1e-6)
"""


@pytest.mark.slow
def test_plain_tensorflow_loads_them(forked, tmp_path):
  (tmp_path / "program.py").write_text(PROGRAM)
  done = forked.run(["-m", "tfcompat_rnn", "run", "program.py"], cwd=tmp_path)
  assert (done.returncode, done.stdout) == (0, "True\n"), done.stderr
  done = forked.run(["-c", LOADING], cwd=tmp_path)
  assert (done.returncode, done.stdout) == (0, "True\n" * 5), done.stderr
