"""The six numbered cases, compared with what TensorFlow 1.15.5 computed.

`golden/data/document` is for cells of `tf.nn.rnn_cell`, `document_keras` for
Keras layers.
"""

import numpy as np
import pytest

from golden import cases_document
from golden import keras_document
from golden import registry
from oracle import graphs
from oracle import measure
from oracle import store
from tfcompat_rnn import gradients

TOLERANCE = {"float64": 1e-12, "float32": 1e-5}
CELLS = {"basic_rnn": "BasicRNNCell", "gru": "GRUCell", "lstm": "LSTMCell",
         "lstm_peephole": "LSTMCell+peepholes"}
# our way of building -> the number of the golden case
WAYS = {
    "complete_pass": 0, "two_passes": 1, "two_passes_in_a_loop": 2,
    "single_pass": 3, "stacked": 4, "stacked_single_pass": 5,
    "written_out": 0, "static": 0, "time_major": 0, "recomputed": 3,
    "time_major_single_pass": 3, "stacked_written_out": 4,
    "stacked_in_one_pass": 5,
}
PAIRS = [(0, 3, True), (4, 5, True), (1, 2, True), (0, 1, False),
         (0, 2, False)]
DTYPES = ("float64", "float32")


@pytest.fixture(scope="module")
def golden():
  return registry.committed("document")


@pytest.fixture(scope="module")
def keras_golden():
  return registry.committed(keras_document.FAMILY)


def parts(arrays):
  """(values, gradients), by name; without what is kept between the passes."""
  return ({name: value for name, value in arrays.items()
           if not name.startswith("gradient/")},
          {name: value for name, value in arrays.items()
           if name.startswith("gradient/") and "/kept" not in name})


def compared(a, b, dtype):
  return gradients.compare_values(a, b, rtol=TOLERANCE[dtype], atol=0)


def check_pair(one, other, equal, dtype):
  """Values agree in any case; every gradient does, or the weights' do not."""
  values, slopes = parts(one)
  other_values, other_slopes = parts(other)
  assert values and slopes
  assert compared(values, other_values, dtype).passed
  report = compared(slopes, other_slopes, dtype)
  if equal:
    assert report.passed, report
  else:
    assert all(row.max_rel > .01 for row in report.rows), report


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("one, other, equal", PAIRS)
def test_1_15_finds_what_the_document_says(golden, cell, dtype, one, other,
                                           equal):
  check_pair(*(golden[store.key(cases_document.name_of(number, cell), dtype)]
               [1] for number in (one, other)), equal, dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("one, other, equal", PAIRS)
def test_keras_of_1_15_finds_it_too(keras_golden, dtype, one, other, equal):
  check_pair(*(keras_golden[keras_document.key(number, dtype)][1]
               for number in (one, other)), equal, dtype)


def setting_class():
  """A `Setting` with the numbers of the golden cases."""
  from tfcompat_rnn.verify import setting

  class GoldenSetting(setting.Setting):

    def target_of(self, width):
      return measure.numbers_for("target", [2, 6, *width])

    def name_of(self, variable):
      name = variable.op.name.replace("model/", "", 1) + ":0"
      return name.replace("lower/", "first/").replace("upper/", "second/")

    def initialize(self):
      from tfcompat_rnn._tf import tf
      new = [v for v in tf.global_variables()
             if v.op.name not in self._known]
      self.session.run([v.initializer for v in new], {
          v.initializer.inputs[1]: self.value_of(v)
          for v in new if v in tf.trainable_variables()})
      self._known.update(v.op.name for v in new)

    def value_of(self, variable):
      return measure.numbers_for(
          self.name_of(variable), variable.shape.as_list())

    def feed_golden(self, stacked):
      half = measure.numbers_for("x", [2, 3, 4])
      self.feeds[self.x] = np.concatenate([half, half], axis=1)
      nests = [(self.state, "lower" if stacked else "state")]
      nests += [(self.upper[1], "upper")] if stacked else []
      for nest, name in nests:
        for path, leaf in measure_paths(nest):
          label = "_".join([name] + ([path] if path else []))
          self.feeds[leaf] = measure.numbers_for(label, leaf.shape.as_list())

  return GoldenSetting


def measure_paths(nest):
  found = []
  graphs.map_nest(lambda path, leaf: found.append((path, leaf)), nest)
  return found


def golden_name(name, stacked):
  """The golden name of one of our gradients."""
  if name == "inputs":
    return "gradient/x:0"
  if name.startswith("initial"):
    words = name.split()
    upper = "upper" in words
    layer = ("upper" if upper else "lower") if stacked else "state"
    path = words[-1] if words[-1] != "state" else ""
    return "gradient/" + "_".join([layer] + [path] * bool(path)) + ":0"
  name = name.replace("model/", "", 1)
  return ("gradient/" + name.replace("lower/", "first/").replace(
      "upper/", "second/") + ":0")


def ways_parameters():
  for cell in CELLS:
    for dtype in DTYPES:
      fast = (cell, dtype) == ("lstm_peephole", "float64")
      for name, ways in (("document", list(WAYS)[:6]),
                         ("others", list(WAYS)[6:])):
        yield pytest.param(
            cell, dtype, ways, id=f"{cell}-{dtype}-{name}",
            marks=() if fast and name == "document" else pytest.mark.slow)


@pytest.mark.parametrize("cell, dtype, tried", list(ways_parameters()))
def test_ours_are_1_15s(v1, golden, cell, dtype, tried):
  from tfcompat_rnn.verify import kinds
  from tfcompat_rnn.verify import ways
  (kind,) = kinds.find(CELLS[cell])
  with setting_class()(kind, dtype) as plain, (
      setting_class()(kind, dtype)) as stacked:
    plain.feed_golden(False)
    stacked.feed_golden(True)
    for way in tried:
      number = WAYS[way]
      layers = 2 if number in (4, 5) else 1
      setting = stacked if layers == 2 else plain
      with setting.graph.as_default():
        got = setting.result(getattr(ways, way))
      want = golden[store.key(cases_document.name_of(number, cell), dtype)][1]
      values, slopes = parts(want)
      weight = measure.numbers_for("weight_0", [])
      ours = {"output/0": got.loss["loss"], "output/1":
              got.outputs["outputs"]}
      ours.update({f"state/{place}": leaf
                   for place, leaf in enumerate(got.states.values())})
      report = compared(values, ours, dtype)
      assert report.passed, f"{way}\n{report}"
      ours = {golden_name(name, layers == 2): weight * slope
              for part in (got.variables, got.inputs, got.initial)
              for name, slope in part.items() if "kept" not in name}
      report = compared(slopes, ours, dtype)
      assert report.passed, f"{way}\n{report}"


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_ours_are_those_of_keras(v1, keras_golden, dtype):
  """BasicRNNCell with SimpleRNN's weights, one above the other."""
  from tfcompat_rnn.verify import kinds
  from tfcompat_rnn.verify import ways
  kind = kinds.KINDS["BasicRNNCell"]._replace(
      make=lambda cells, depth, units: cells.BasicRNNCell(
          keras_document.UNITS))

  class KerasSetting(setting_class()):

    def target_of(self, width):
      half = keras_document.half("float64")
      return np.concatenate([half, half], axis=1)

    def value_of(self, variable):
      name = self.name_of(variable)
      layer = name.split("/")[0].replace("rnn", "layer")
      kernel, recurrent, bias = keras_document.weights(layer, dtype)
      return (np.concatenate([kernel, recurrent])
              if name.endswith("kernel:0") else bias)

  for way, number in list(WAYS.items())[:6]:
    layers = 2 if number > 3 else 1
    with KerasSetting(kind, dtype) as setting:
      setting.feeds[setting.x] = setting.target_of([4])
      for nest in [setting.state] + ([setting.upper[1]]
                                     if layers == 2 else []):
        setting.feeds[nest] = np.zeros([2, 4])
      got = setting.result(getattr(ways, way))
    want = keras_golden[keras_document.key(number, dtype)][1]
    ours = {"loss": got.loss["loss"], "outputs": got.outputs["outputs"],
            "state": list(got.states.values())[-1],
            "gradient/x": got.inputs["inputs"]}
    for name, slope in got.variables.items():
      if "kept" in name:
        continue
      layer = {"lower": "first/", "upper": "second/", "rnn": ""}[
          name.split("/")[1]]
      if name.endswith("kernel"):
        ours[f"gradient/{layer}kernel"] = slope[:4]
        ours[f"gradient/{layer}recurrent_kernel"] = slope[4:]
      else:
        ours[f"gradient/{layer}bias"] = slope
    report = compared(want, ours, dtype)
    assert report.passed, f"{way}\n{report}"
