"""Uses of the public names that mypy checks; nothing here is executed.

`mypy` (see `[mypy]` in setup.cfg) fails if a result has another type than
`assert_type` says, if a correct call is rejected, or if a call marked
`type: ignore` is accepted (`warn_unused_ignores`).
"""

import pathlib
import typing

import numpy as np
from typing_extensions import assert_type

import tfcompat_rnn
import tfcompat_rnn.tf1 as tf
from tfcompat_rnn import _typing as types
from tfcompat_rnn.datasets.continuing import ContinuingBatch
from tfcompat_rnn.devices.placement import PlacementReport
from tfcompat_rnn.devices.placement import Timeline
from tfcompat_rnn.devices.towers import DataParallel
from tfcompat_rnn.devices.towers import Tower
from tfcompat_rnn.export import Exported
from tfcompat_rnn.feedback import FedBack
from tfcompat_rnn.feedback.choice import Choice
from tfcompat_rnn.feedback.choice import PreparedChoice
from tfcompat_rnn.gradients import GradientReport
from tfcompat_rnn.gradients.report import Row
from tfcompat_rnn.growth import GraphGrowth
from tfcompat_rnn.growth import GrownLine
from tfcompat_rnn.state import StatefulRNN
from tfcompat_rnn.testing import GoldenFiles
from tfcompat_rnn.testing import MatchReport
from tfcompat_rnn.testing import Recording
from tfcompat_rnn.testing import assert_matches_recording
from tfcompat_rnn.testing import assert_same_gradients
from tfcompat_rnn.testing import assert_same_outputs
from tfcompat_rnn.testing import fresh_graph


class Counter:
  """A cell of one's own: what the loops need of it, and nothing more."""

  state_size = 1
  output_size = 1

  def __call__(self, x: typing.Any,
               state: typing.Any) -> tuple[typing.Any, typing.Any]:
    return state + 1, state + 1


def cells(x: typing.Any) -> None:
  tfcompat_rnn.dynamic_rnn(Counter(), x, dtype=tf.float32)
  tfcompat_rnn.dynamic_rnn(tf.nn.rnn_cell.LSTMCell(8), x, dtype=tf.float32)
  tfcompat_rnn.dynamic_rnn(
      tfcompat_rnn.cells.LSTMCell(8), x, dtype=tf.float32)
  tfcompat_rnn.dynamic_rnn(8, x)  # type: ignore[arg-type]
  tfcompat_rnn.dynamic_rnn(Counter, x)  # type: ignore[arg-type]
  tfcompat_rnn.dynamic_rnn(
      Counter(), x, swap_memory="no")  # type: ignore[arg-type]
  tfcompat_rnn.dynamic_rnn(Counter())  # type: ignore[call-arg]


def names() -> None:
  assert_type(tfcompat_rnn.__version__, str)
  tfcompat_rnn.dynamic_rn  # type: ignore[attr-defined]


def state(x: typing.Any, session: typing.Any) -> None:
  cell = Counter()
  variables = tfcompat_rnn.StateVariables(cell, 4, saved=False)
  assert_type(variables.variables, list[types.Variable])
  packed = tfcompat_rnn.PackedStateVariables(cell, batch_size=4)
  tfcompat_rnn.StateVariables((cell, cell), 4)
  tfcompat_rnn.StateVariables(cell, "4")  # type: ignore[arg-type]

  rnn = tfcompat_rnn.stateful_rnn(cell, x, batch_size=4)
  assert_type(rnn, StatefulRNN)
  session.run([rnn.outputs, rnn.keep_state_op, rnn.zero_state_op])
  saver = tfcompat_rnn.SequenceStateSaver(cell, x)
  tfcompat_rnn.stateful_rnn(cell, x, state="feed")
  tfcompat_rnn.stateful_rnn(cell, x, state=variables, keep="always")
  tfcompat_rnn.stateful_rnn(cell, x, state=packed)
  tfcompat_rnn.stateful_rnn(cell, x, state=saver)
  tfcompat_rnn.stateful_rnn(cell, x, state=3)  # type: ignore[arg-type]
  tfcompat_rnn.stateful_rnn(cell, x, keep="never")  # type: ignore[arg-type]

  outputs, final = tfcompat_rnn.state_saving_rnn(cell, x, saver)
  assert_type(saver.size(session), int)
  variables.load(session, [np.zeros([4, 1])])
  session.run([outputs, variables.keep(final), packed.zero()])

  initial = tfcompat_rnn.feedable_state(cell, tf.shape(x)[0])
  feeds = tfcompat_rnn.state_feed(initial, np.zeros([4, 1]))
  assert_type(feeds, dict[types.Tensor, typing.Any])
  session.run(final, feed_dict={x: np.ones([4, 1]), **feeds})
  tfcompat_rnn.reset_rows(initial, [True, False])
  tfcompat_rnn.reset_at_step_zero(None, variables)


def streaming(x: typing.Any, session: typing.Any) -> None:
  streams = tfcompat_rnn.StreamingSession(
      Counter(), x, 100, session=session, full="refuse", batch_sizes=[1, 8])
  assert_type(streams.open("ann"), str | int | None)
  assert_type(streams.streams, list[str | int])
  outputs = streams.step([("ann", [0.0]), (7, np.zeros([1]))])
  assert_type(outputs, list[typing.Any])
  streams.step_rows(["ann", 7], np.zeros([2, 1]))
  streams.open("bob", state=streams.state("ann"))
  streams.snapshot(pathlib.Path("streams"))
  streams.restore("streams")
  assert_type(len(streams), int)
  with tfcompat_rnn.StreamingSession(lambda x, s: (x, s), x, 3) as own:
    assert_type(own, tfcompat_rnn.StreamingSession)
    own.close("ann")
  streams.open(1.5)  # type: ignore[arg-type]
  streams.step(["ann"])  # type: ignore[list-item]
  tfcompat_rnn.StreamingSession(Counter(), x, 9, full="no")  # type: ignore[arg-type]
  tfcompat_rnn.StreamingSession(8, x, 9)  # type: ignore[arg-type]


def export(x: typing.Any, session: typing.Any) -> None:
  signature = tfcompat_rnn.Signature(
      {"x": x}, {"y": x}, (x, x), (x, x), constants={"keep:0": 1.0})
  made = tfcompat_rnn.export_model(
      pathlib.Path("models/1"), session, signature, tolerance=1e-5)
  assert_type(made, Exported)
  assert_type(made.difference, float | None)
  assert_type(made.usage, list[str])
  tfcompat_rnn.export_model("m.pb", session, {"step": signature}, "frozen",
                            example={"x": np.zeros([1])}, check=False)
  tfcompat_rnn.export_model("m.pb", session, {"x": x, "y": 1})  # type: ignore[dict-item]
  tfcompat_rnn.Signature([x], {"y": x})  # type: ignore[arg-type]


def feedback(x: typing.Any, session: typing.Any) -> None:
  cell = Counter()
  top = tfcompat_rnn.feedback.top_k(5, temperature=0.8, seed=7)
  assert_type(top, Choice)
  prepared = top.prepare(x)
  assert_type(prepared, PreparedChoice)
  fed = tfcompat_rnn.self_feeding_rnn(
      cell, x, steps=3, choice=top, processing=tf.layers.Dense(1),
      next_input=lambda ids: tf.one_hot(ids, 5), stop=0)
  assert_type(fed, FedBack)
  outputs, final = fed
  session.run([outputs, final, fed.choices, fed.lengths])
  assert_type(
      tfcompat_rnn.generate(session, x, outputs, [[[0.0]]], 10,
                            choice=prepared, progress=False), FedBack)
  tfcompat_rnn.teacher_forcing_rnn(cell, x, reuse=tf.AUTO_REUSE)
  tfcompat_rnn.scheduled_sampling_rnn(cell, x, 0.5, choice="greedy")
  tfcompat_rnn.free_running_rnn(cell, x, seed=3)
  tfcompat_rnn.self_feeding_rnn(
      cell, x, choice="best")  # type: ignore[arg-type]


def model(x: typing.Any) -> None:
  def step(inputs: typing.Any,
           states: typing.Any) -> tuple[typing.Any, typing.Any]:
    return inputs + states, states

  tfcompat_rnn.model_rnn(step, x, tf.zeros([2]), recompute=True)
  tfcompat_rnn.model_rnn(Counter(), x)
  tfcompat_rnn.model_rnn("step", x)  # type: ignore[arg-type]


def gradients(loss: typing.Any, x: typing.Any) -> None:
  report = tfcompat_rnn.compare_gradients(
      loss, loss, feed_dict={x: np.ones([2, 3])}, time_axis=None)
  assert_type(report, GradientReport)
  assert_type(report.passed, bool)
  assert_type(report.failures, list[Row])
  assert_type(report.to_json(pathlib.Path("report.json")), str)
  tfcompat_rnn.check_gradients(loss, dtype="float32").raise_if_different()


def devices(x: typing.Any, loss: typing.Any) -> None:
  config = tfcompat_rnn.session_config(
      memory_growth=True, visible_devices=[0, "gpu:1"])
  with tfcompat_rnn.new_session(config=config, soft_placement=False) as session:
    session.run(loss)
  tfcompat_rnn.session_config(memory_growth="1")  # type: ignore[arg-type]
  parallel = tfcompat_rnn.data_parallel(
      lambda inputs, number: loss, x, ["/gpu:0", "/gpu:1"], variables_on=None)
  assert_type(parallel, DataParallel)
  assert_type(parallel.towers, typing.Sequence[Tower])
  parallel.minimize(tf.train.AdamOptimizer())
  assert_type(tfcompat_rnn.placement_report(), PlacementReport)
  timeline = tfcompat_rnn.device_timeline(tf.RunMetadata())
  assert_type(timeline, Timeline)
  assert_type(timeline.busy("CPU:0"), float)


def growth(graph: typing.Any) -> None:
  with tfcompat_rnn.report_graph_growth(graph, error=True, out=None) as grown:
    assert_type(grown, GraphGrowth)
  assert_type(grown.count, int)
  assert_type(grown.lines, list[GrownLine])


def batches(session: typing.Any) -> None:
  dealt = tfcompat_rnn.ContinuingBatches(
      [np.arange(7), np.arange(5)], batch_size=2, steps=3, layout="rows")
  for batch in dealt:
    assert_type(batch, ContinuingBatch)
  tfcompat_rnn.ContinuingBatches(
      np.arange(7), 2, 3, layout="columns")  # type: ignore[arg-type]
  saved = tfcompat_rnn.SavedPosition(dealt)
  assert_type(saved.recall(session), np.ndarray)
  tfcompat_rnn.continuing_dataset(dealt, start=saved.start).prefetch(2)


def notebook(ipython: typing.Any) -> None:
  tfcompat_rnn.load_ipython_extension(ipython)
  tfcompat_rnn.unload_ipython_extension(ipython)


def namespace() -> None:
  with tf.seeds_of_1_15():
    tf.random_uniform([3])
  with tf.seeds_of_1_15(1):  # type: ignore[call-arg]
    pass


def testing(loss: typing.Any, x: typing.Any) -> None:
  with fresh_graph(seed=None, behavior="2.x"):
    assert_type(assert_same_gradients(loss, loss), GradientReport)
    assert_type(assert_same_outputs(x, [1.0]), GradientReport)
  with fresh_graph(behavior="3.x"):  # type: ignore[arg-type]
    pass
  assert_type(GoldenFiles().check("a.npz", x), GradientReport)
  recording = Recording("old.npz")
  assert_type(assert_matches_recording({"loss:0": x}, recording, call=3),
              MatchReport)
  assert_type(recording.calls[3].raised, str | None)
