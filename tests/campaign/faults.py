"""Faults to plant in the package, each of which the campaign must find."""

import contextlib
import os
import typing
import zipfile
from unittest import mock

import numpy as np

from tfcompat_rnn import _nest
from tfcompat_rnn import _snapshot
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import core
from tfcompat_rnn.checkpoints import reading
from tfcompat_rnn.checkpoints import writing
from tfcompat_rnn.compare import recorder
from tfcompat_rnn.feedback import in_graph
from tfcompat_rnn.loops import dynamic
from tfcompat_rnn.loops import model as model_loops
from tfcompat_rnn.state import reset
from tfcompat_rnn.state import saver
from tfcompat_rnn.state import stateful
from tfcompat_rnn.state import variables
from tfcompat_rnn.streaming import _files
from tfcompat_rnn.streaming import _graph
from tfcompat_rnn.streaming import _table


class Fault(typing.NamedTuple):
  """`planted` is a context in which the package has the fault."""
  what: str
  planted: typing.Callable


FAULTS = {}


def _fault(what):
  def decorate(function):
    FAULTS[function.__name__.strip("_").replace("_", "-")] = Fault(
        what, contextlib.contextmanager(function))
    return function
  return decorate


def _changed(module, name, change):
  """Replaces `module.name` by `change(its value)` for a context."""
  return mock.patch.object(module, name, change(getattr(module, name)))


@_fault("`reset_mask` of `stateful_rnn` is read one step too early")
def _mask_off_by_one():
  def change(old):
    def fitting(mask, inputs, time_major, static):
      mask = old(mask, inputs, time_major, static)
      return tf.roll(mask, -1, 0 if time_major else 1)
    return fitting
  with _changed(stateful, "_fitting", change):
    yield


@_fault("where rows are reset, the last leaf of the state is not")
def _leaf_not_reset():
  def change(old):
    def reset_rows(state, mask, value=None):
      new = _nest.flatten_state(old(state, mask, value))
      if len(new) > 1:
        new[-1] = tf.convert_to_tensor(_nest.flatten_state(state)[-1])
      return _nest.pack_state(state, new)
    return reset_rows
  with _changed(reset, "reset_rows", change):
    yield


@_fault("`self_feeding_rnn` reshapes [time, batch] to [batch, time]")
def _transposed_batch():
  def change(old):
    def batch_major(result):
      right = old(result)
      def reshaped(leaf, wanted):
        return tf.reshape(leaf, tf.shape(wanted))
      return type(right)(
          _nest.map_state(reshaped, result.outputs, right.outputs),
          right.final_state).with_more(**{
              name: getattr(right, name) for name in (
                  "lengths", "steps", "finished", "next_input", "next_step",
                  "choices", "sampled")})
    return batch_major
  with _changed(in_graph, "batch_major", change):
    yield


@_fault("`sequence_length` is read as one more where the loop is dynamic")
def _length_too_late():
  def change(old):
    def dynamic_rnn(cell, inputs, sequence_length=None, *rest, **more):
      if sequence_length is not None:
        sequence_length = sequence_length + 1
      return old(cell, inputs, sequence_length, *rest, **more)
    return dynamic_rnn
  with _changed(dynamic, "dynamic_rnn", change):
    yield


@_fault("`LSTMCell` ignores its forget bias")
def _wrong_forget_bias():
  def change(old):
    def init(self, *arguments, **more):
      old(self, *arguments, **{**more, "forget_bias": 0.})
    return init
  with _changed(core.LSTMCell, "__init__", change):
    yield


@_fault("`dynamic_rnn` passes no gradient to the initial state")
def _gradient_dropped():
  def change(old):
    def dynamic_rnn(cell, inputs, sequence_length=None, initial_state=None,
                    *rest, **more):
      if initial_state is not None:
        initial_state = _nest.map_state(tf.stop_gradient, initial_state)
      return old(cell, inputs, sequence_length, initial_state, *rest, **more)
    return dynamic_rnn
  with _changed(dynamic, "dynamic_rnn", change):
    yield


@_fault("the state read from a reference variable is not copied")
def _state_not_copied():
  with (mock.patch.object(_snapshot, "copy_of", tf.identity),
        mock.patch.object(variables, "_real_copy", tf.identity)):
    yield


@_fault("a packed state is restored with the leaves of a layer swapped")
def _leaves_in_wrong_order():
  def change(old):
    def write(self, leaves):
      return old(self, [leaves[n ^ 1] for n in range(len(leaves))])
    return write
  with _changed(variables.PackedStateVariables, "_write", change):
    yield


@_fault("`SequenceStateSaver` writes the states of a batch in another order")
def _states_of_other_keys():
  def change(old):
    def write(self, keys, value):
      return old(self, tf.reverse(keys, [0]), value)
    return write
  with _changed(saver._Table, "write", change):
    yield


@_fault("`model_rnn` steps rows on after their end")
def _rows_go_on():
  def change(old):
    def build(rewriting, model, inputs, states, lengths, *rest, **more):
      return old(rewriting, model, inputs, states, None, *rest, **more)
    return build
  with _changed(model_loops, "build", change):
    yield


@_fault("`StateVariables` does not write the last leaf of a state")
def _leaf_not_kept():
  def change(old):
    def write(self, leaves):
      pairs = list(old(self, leaves))
      return pairs[:-1] if len(pairs) > 1 else pairs
    return write
  with _changed(variables.StateVariables, "_write", change):
    yield


@_fault("`LSTMCell` does not clip its projection")
def _projection_not_clipped():
  def change(old):
    def init(self, *arguments, **more):
      old(self, *arguments, **{**more, "proj_clip": None})
    return init
  with _changed(core.LSTMCell, "__init__", change):
    yield


@_fault("a step of streams does not write the last row of a larger batch")
def _lost_row():
  def change(old):
    def scatter(variable, rows, values):
      count = tf.maximum(tf.shape(rows)[0] - 1, 1)
      return old(variable, rows[:count], values[:count])
    return scatter
  with _changed(_graph, "_scatter", change):
    yield


@_fault("a second snapshot of as many streams has the states of the first")
def _stale_snapshot():
  last = {}

  def change(old):
    def write(path, snapshot):
      kept = last.setdefault(len(snapshot.streams), snapshot.arrays)
      same = [array.shape for array in kept] == [
          array.shape for array in snapshot.arrays]
      old(path, snapshot._replace(arrays=kept) if same else snapshot)
    return write
  with _changed(_files, "write", change):
    yield


@_fault("in a step of streams, the states of the first two are swapped")
def _swapped_streams():
  def change(old):
    def require(self, streams):
      names, rows = old(self, streams)
      return names, rows[1::-1] + rows[2:]
    return require
  with _changed(_table.Table, "require", change):
    yield


@_fault("a tensor of a checkpoint that cannot be read is zeros")
def _damage_read_as_zeros():
  def change(old):
    def read(self, key):
      try:
        return old(self, key)
      except Exception:
        return np.zeros(self.shapes[key], self.dtypes[key])
    return read
  with _changed(reading.Checkpoint, "_read", change):
    yield


@_fault("npz files are read without their checksums")
def _checksum_ignored():
  with mock.patch.object(zipfile.ZipExtFile, "_update_crc",
                         lambda self, data: None):
    yield


@_fault("`checkpoint convert` replaces one file after the other")
def _files_replaced_in_place():
  def move(scratch, prefix):
    for suffix in (".index", writing._DATA):
      os.replace(scratch + suffix, prefix + suffix)
  with mock.patch.object(writing, "_move", move):
    yield


@_fault("`record` writes to its target from the start")
def _recorded_in_place():
  def change(old):
    def init(self, path, *arguments, **more):
      old(self, path, *arguments, **more)
      os.replace(self.part, path)
      self.part = path
    return init
  with _changed(recorder.Writer, "__init__", change):
    yield


@_fault("each step of streams keeps 20 KB")
def _memory_kept():
  kept = []

  def change(old):
    def used(self, streams):
      old(self, streams)
      kept.append(bytes(20000))
    return used
  with _changed(_table.Table, "used", change):
    yield
