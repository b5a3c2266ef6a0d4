"""Every kind of cell, and attention, exported and run by plain TensorFlow 2.

All are signatures of one model, so that one process loads them at once.
"""

import importlib.util
import pathlib

import numpy as np
import pytest
from exported_models import forked_worker  # noqa: F401 (a fixture)
from exported_models import leftovers

import tfcompat_rnn
from tfcompat_rnn import _errors
from tfcompat_rnn import cells
from tfcompat_rnn import loops
from tfcompat_rnn import tf1
from tfcompat_rnn.export import signatures

_FILE = pathlib.Path(__file__).parents[1] / "state" / "state_cells.py"
_SPEC = importlib.util.spec_from_file_location("state_cells_of_export", _FILE)
state_cells = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(state_cells)


def cell_signature(tf, kind):
  """A sequence of the cell `kind`, with the state as inputs and outputs."""
  described = state_cells.KINDS[kind]
  dtype = tf.int32 if described.ids else tf.float32
  with tf.variable_scope(signatures.identifier(kind)):
    depth = 1 if described.ids else state_cells.DEPTH
    x = tf.placeholder(dtype, [2, None, depth], "x")
    cell = described.make(cells, tf, tf.float32)
    initial = cell.zero_state(2, tf.float32)
    outputs, final = loops.dynamic_rnn(cell, x, initial_state=initial)
  return tfcompat_rnn.Signature({"x": x}, {"out": outputs}, initial, final)


def attention_signatures(tf):
  """An encoder, and a decoder with attention as a whole and by steps."""
  seq2seq = tf1.contrib.seq2seq
  source = tf.placeholder(tf.int32, [2, None], "source")
  target = tf.placeholder(tf.int32, [2, None], "target")
  lengths = tf.placeholder(tf.int32, [2], "lengths")
  embedding = tf.get_variable("embedding", [7, 3])
  memory, state = loops.dynamic_rnn(
      cells.GRUCell(4), tf.nn.embedding_lookup(embedding, source), lengths,
      dtype=tf.float32, scope="encoder")
  mechanism = seq2seq.BahdanauAttention(4, memory, lengths)
  wrapped = seq2seq.AttentionWrapper(cells.GRUCell(4), mechanism, 5)
  first = wrapped.zero_state(2, tf.float32).clone(cell_state=state)
  decoder = seq2seq.BasicDecoder(
      wrapped, seq2seq.TrainingHelper(
          tf.nn.embedding_lookup(embedding, target), lengths), first)
  outputs, _, _ = seq2seq.dynamic_decode(decoder)
  token = tf.placeholder(tf.int32, [2], "token")
  with tf.variable_scope("decoder", reuse=True):
    step, after = wrapped(tf.nn.embedding_lookup(embedding, token), first)
  greedy, _, _ = seq2seq.dynamic_decode(
      seq2seq.BasicDecoder(
          wrapped, seq2seq.GreedyEmbeddingHelper(embedding, [1, 2], 0), first,
          output_layer=tf1.layers.Dense(7, name="projection")),
      maximum_iterations=5, scope="greedy")
  Signature = tfcompat_rnn.Signature
  return {
      "attention": Signature(
          {"source": source, "target": target, "lengths": lengths},
          {"out": outputs.rnn_output}),
      "attention_greedy": Signature(
          {"source": source, "lengths": lengths}, {"ids": greedy.sample_id}),
      "attention_encode": Signature(
          {"source": source, "lengths": lengths},
          {"memory": memory, "state": state}),
      "attention_step": Signature(
          {"token": token, "lengths": lengths, "memory": mechanism.values,
           "keys": mechanism.keys}, {"out": step}, first, after)}


@pytest.mark.slow
def test_every_cell_and_attention(v1, tmp_path, forked_worker):  # noqa: F811
  kinds = [kind for kind, described in state_cells.KINDS.items()
           if not described.costly]
  found = {signatures.identifier(kind): cell_signature(v1, kind)
           for kind in kinds}
  assert len(found) == len(kinds) > 30
  found.update(attention_signatures(v1))
  found["serving_default"] = found.pop("LSTMCell")
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    made = tfcompat_rnn.export_model(tmp_path / "1", session, found)
  assert made.difference < 1e-6
  assert len([line for line in made.signatures
              if line.startswith("signature")]) == len(found)


@pytest.mark.slow
def test_onnx(v1, tmp_path):
  """onnxruntime computes the same, in a process of its own."""
  if not all(map(importlib.util.find_spec, ("tf2onnx", "onnxruntime"))):
    pytest.skip("the extra onnx is not installed")
  x = v1.placeholder(v1.float32, [None, None, 3], "x")
  cell = cells.MultiRNNCell([cells.LSTMCell(4), cells.GRUCell(2)])
  initial = cell.zero_state(v1.shape(x)[0], v1.float32)
  outputs, final = loops.dynamic_rnn(cell, x, initial_state=initial)
  signature = tfcompat_rnn.Signature({"x": x}, {"out": outputs}, initial, final)
  block = cell_signature(v1, "GRUBlockCell")
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    with pytest.raises(_errors.RefusedError, match="no form of GRUBlockCell;"):
      tfcompat_rnn.export_model(tmp_path / "b.onnx", session, block, "onnx")
    assert leftovers(tmp_path) == []
    made = tfcompat_rnn.export_model(tmp_path / "m.onnx", session, signature,
                                     "onnx")
  assert made.difference < 1e-6
  names = {}
  exec("\n".join(made.usage), names)
  assert names["result"]["out"].shape == (1, 1, 2)
  assert sorted(names["state"]) == ["state_0_c", "state_0_h", "state_1"]
  assert all(np.shape(value) == (1, size) for value, size in zip(
      names["state"].values(), (4, 4, 2)))
