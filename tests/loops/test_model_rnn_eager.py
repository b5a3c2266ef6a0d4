"""`model_rnn` eagerly, in tf.function and with Keras, each in a process."""

import importlib.util
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[2]
OURS = ["eagerly_in_a_function_and_by_hand", "a_cell_of_ours",
        "autograph_rewrites_the_step_and_nothing_else",
        "variables_are_made_in_the_first_step_alone", "outputs_that_change"]
KERAS = ["a_keras_model_of_one_step",
         "keras_states_have_the_dtypes_and_shapes_of_their_inputs",
         "training_is_true_unless_told", "a_layer_with_its_own_loop",
         "a_keras_cell"]
_said = {}


def said(keras):
  """What the program printed: it runs once for each of the two."""
  if keras not in _said:
    if importlib.util.find_spec(keras) is None:
      pytest.skip(f"{keras} is not installed")
    _said[keras] = subprocess.run(
        [sys.executable, "-m", "tests.loops.model_rnn_eager", keras],
        cwd=ROOT, capture_output=True, text=True, check=False)
  return _said[keras]


@pytest.mark.spread(slow=2)
@pytest.mark.slow
@pytest.mark.parametrize("keras, name", [
    *(("keras", name) for name in OURS + KERAS),
    *(("tf_keras", name) for name in KERAS + ["tf_keras_in_a_session"])])
def test_in_a_process_of_its_own(keras, name):
  done = said(keras)
  assert f"ok {name}\n" in done.stdout, done.stderr[-3000:]
