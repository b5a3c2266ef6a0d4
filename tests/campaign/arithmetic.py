"""What some cells compute in a step, in NumPy: kind -> function.

A function takes the weights by name (without the cell's), x and the leaves of
the state, and returns the output and the leaves of the new state.
"""

import numpy as np


def _sigmoid(x):
  return 1 / (1 + np.exp(-x))


def _named(weights, end):
  found, = (value for name, value in weights.items() if name.endswith(end))
  return found


def _affine(weights, name, *parts):
  return (np.concatenate(parts, 1) @ _named(weights, name + "kernel")
          + _named(weights, name + "bias"))


def _rnn(weights, x, state):
  new = np.tanh(_affine(weights, "", x, state[0]))
  return new, new


def _gru(weights, x, state):
  h, = state
  r, u = np.split(_sigmoid(_affine(weights, "gates/", x, h)), 2, 1)
  c = np.tanh(_affine(weights, "candidate/", x, r * h))
  new = u * h + (1 - u) * c
  return new, new


def _lstm(weights, x, state):
  c, h = state
  i, j, f, o = np.split(_affine(weights, "", x, h), 4, 1)
  c = _sigmoid(f + 1) * c + _sigmoid(i) * np.tanh(j)
  h = _sigmoid(o) * np.tanh(c)
  return h, c, h


def _packed_lstm(weights, x, state):
  h, *state = _lstm(weights, x, np.split(state[0], 2, 1))
  return h, np.concatenate(state, 1)


def _projected_lstm(weights, x, state):
  c, h = state
  kernel = np.concatenate([x, h], 1) @ _named(weights, "lstm_cell/kernel")
  i, j, f, o = np.split(kernel + _named(weights, "lstm_cell/bias"), 4, 1)
  peephole = lambda gate, c: c * _named(weights, f"w_{gate}_diag")
  c = (_sigmoid(f + 1 + peephole("f", c)) * c
       + _sigmoid(i + peephole("i", c)) * np.tanh(j))
  c = np.clip(c, -2, 2)
  h = _sigmoid(o + peephole("o", c)) * np.tanh(c)
  h = np.clip(h @ _named(weights, "projection/kernel"), -.8, .8)
  return h, c, h


STEPS = {
    "BasicRNNCell": _rnn, "GRUCell": _gru, "LSTMCell": _lstm,
    "BasicLSTMCell": _lstm, "BasicLSTMCell packed": _packed_lstm,
    "LSTMCell projected": _projected_lstm,
}
