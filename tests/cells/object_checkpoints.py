"""Checkpoints of objects, `tf.train.Checkpoint`. Python 3.7 syntax.

The same model is written by TensorFlow 1.15 (`generate.py`, into
`data/object_checkpoint/`) and by this package.
"""

import os

import numpy as np

NAME = "model-1"


def model(tf):
  """(objects to save, output, training op)."""
  rnn = tf.nn.rnn_cell
  cell = rnn.MultiRNNCell([
      rnn.DropoutWrapper(rnn.LSTMCell(3, use_peepholes=True), 1.0),
      rnn.ResidualWrapper(rnn.GRUCell(3)),
      tf.contrib.rnn.NASCell(3, num_proj=2)])
  dense = tf.layers.Dense(2)
  optimizer = tf.train.AdamOptimizer(0.1)
  hidden, _ = tf.nn.dynamic_rnn(
      cell, tf.ones([2, 4, 3]), dtype=tf.float32)
  output = dense(hidden)
  train = optimizer.minimize(tf.reduce_sum(output))
  return dict(cell=cell, dense=dense, optimizer=optimizer), output, train


def load_numbers(tf, session):
  """Gives every variable a value that depends only on name and shape."""
  session.run(tf.global_variables_initializer())
  for variable in tf.global_variables():
    shape = variable.shape.as_list()
    start = (len(variable.op.name) % 7 - 3) / 10.0
    if "Adam" in variable.op.name or "power" in variable.op.name:
      start = 0.1
    variable.load(np.linspace(start, start + 0.4, int(np.prod(shape)))
                  .reshape(shape).astype("float32"), session)


def output_after_a_step(session, output, train):
  session.run(train)
  return session.run(output).tolist()


def children(tf, path):
  """[[path of names in the object graph, [keys of its values]]]."""
  from tensorflow.core.protobuf import trackable_object_graph_pb2

  graph = trackable_object_graph_pb2.TrackableObjectGraph()
  graph.ParseFromString(tf.train.load_checkpoint(path).get_tensor(
      "_CHECKPOINTABLE_OBJECT_GRAPH"))
  seen, pending = {}, [("", 0)]
  while pending:
    name, number = pending.pop(0)
    if number not in seen:
      node = graph.nodes[number]
      seen[number] = [name, sorted(
          value.checkpoint_key for value in node.attributes), sorted(
              [slot.slot_name, slot.original_variable_node_id >= 0]
              for slot in node.slot_variables)]
      pending += sorted((name + "/" + child.local_name, child.node_id)
                        for child in node.children)
  return sorted(seen.values())


def facts(tf, folder):
  """Writes the checkpoint to `folder`; what the model computes with it."""
  with tf.Graph().as_default(), tf.Session() as session:
    objects, output, train = model(tf)
    load_numbers(tf, session)
    before = session.run(output).tolist()
    saver = tf.train.Checkpoint(**objects)
    path = saver.save(os.path.join(folder, "model"), session=session)
    os.remove(os.path.join(folder, "checkpoint"))
    return {"keys": [name for name, _ in tf.train.list_variables(path)],
            "graph": children(tf, path), "before": before,
            "after": output_after_a_step(session, output, train)}
