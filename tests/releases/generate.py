"""Writes what TensorFlow 0.12.1 printed for the programs of this folder.

  python tests/releases/generate.py PYTHON [PROGRAM...]

PYTHON is an interpreter with TensorFlow 0.12.1 (Python 2.7, 3.5 or 3.6; pip
install tensorflow==0.12.1 'protobuf<3.18' 'numpy<1.17'). Programs of 0.10 and
before run with what had changed by then put back: the state of an LSTM is one
tensor unless `state_is_tuple` is given, `tensorflow.models.rnn` leads to the
modules that it had become, and `ptb.reader` has an iterator. For 0.6, what its
functions returned and accepted is put back too.
"""

import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = os.path.join(HERE, "programs")
EXPECTED = os.path.join(HERE, "expected")

# Runs argv[1] in 0.12.1; argv[2] is its release.
RUN = '''
import runpy, sys, types
import tensorflow as tf
from tensorflow.python.ops import rnn, rnn_cell, seq2seq
assert tf.__version__ == "0.12.1", tf.__version__
path, release = sys.argv[1:]
if release in ("0.6", "0.7", "0.8", "0.9", "0.10"):
  for kind in (rnn_cell.BasicLSTMCell, rnn_cell.LSTMCell,
               rnn_cell.MultiRNNCell):
    init = kind.__init__
    code = init.__code__
    names = code.co_varnames[:code.co_argcount]
    values = list(init.__defaults__)
    values[names.index("state_is_tuple") - len(names)] = False
    init.__defaults__ = tuple(values)
linear = types.ModuleType("linear")
linear.linear = rnn_cell._linear
for module in (rnn, rnn_cell, seq2seq, linear):
  name = module.__name__.rpartition(".")[2]
  sys.modules["tensorflow.models.rnn." + name] = module
  import tensorflow.models.rnn as package
  setattr(package, name, module)

if release == "0.6":
  def listed(function):
    def call(*args, **kwargs):
      outputs, state = function(*args, **kwargs)
      return outputs, [None] * (len(outputs) - 1) + [state]
    return call

  def with_size(function):
    def call(encoder, decoder, cell, one, two, **kwargs):
      return function(encoder, decoder, cell, one, two,
                      embedding_size=cell.output_size, **kwargs)
    return call

  def bucketed(function):
    return lambda a, b, c, d, e, symbols, f: function(a, b, c, d, e, f)

  both = rnn.bidirectional_rnn
  rnn.bidirectional_rnn = lambda *args, **kwargs: both(*args, **kwargs)[0]
  seq2seq.model_with_buckets = bucketed(seq2seq.model_with_buckets)
  seq2seq.embedding_rnn_seq2seq = with_size(seq2seq.embedding_rnn_seq2seq)
  if "states" in path:
    rnn.rnn = listed(rnn.rnn)
    seq2seq.rnn_decoder = listed(seq2seq.rnn_decoder)


def ptb_iterator(data, batch_size, num_steps):
  import numpy as np
  length = len(data) // batch_size
  rows = np.array(data[:batch_size * length]).reshape([batch_size, length])
  for start in range(0, (length - 1) // num_steps * num_steps, num_steps):
    yield (rows[:, start:start + num_steps],
           rows[:, start + 1:start + num_steps + 1])


from tensorflow.models.rnn.ptb import reader
reader.ptb_iterator = ptb_iterator
sys.argv = [path]
runpy.run_path(path, run_name="__main__")
'''


def programs():
  return sorted(name[:-3] for name in os.listdir(PROGRAMS)
                if name.endswith(".py"))


def release_of(name):
  """`"char_rnn_0_8"` -> `"0.8"`."""
  return ".".join(name.rsplit("_", 2)[1:])


def main(python, *only):
  if not os.path.isdir(EXPECTED):
    os.makedirs(EXPECTED)
  for name in only or programs():
    done = subprocess.run(
        [python, "-c", RUN, os.path.join(PROGRAMS, name + ".py"),
         release_of(name)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3"))
    if done.returncode:
      sys.stderr.write(name + ": " + done.stderr.decode()[-3000:])
      continue
    with open(os.path.join(EXPECTED, name + ".txt"), "wb") as stream:
      stream.write(done.stdout)


if __name__ == "__main__":
  main(*sys.argv[1:])
