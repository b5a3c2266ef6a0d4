"""1.15's seeds in a process that stays TensorFlow 2's, and in all of one."""

import json
import pathlib

import pytest

from seeds import differences
from seeds import ours

NAMES = ("lstm_cell dropout_keep_prob dense_rank_3 adam_lstm second_lstm "
         "dynamic_rnn_state_variables cond_with_random while_loop_random "
         "embed_sequence dataset_shuffle").split()

_PROGRAM = """
import json, sys
sys.path[:0] = {paths}
from seeds import generate, ours, snippets, verdicts
from tfcompat_rnn import seeds
from tfcompat_rnn import tf1 as tf
from tfcompat_rnn._tf import tf as today
want, ops = generate.read(generate.SNIPPETS), generate.read_ops()
if {everywhere}:
  today.disable_v2_behavior()
  seeds.install()
  held = None
else:
  held = seeds.seeds_of_1_15()
  held.__enter__()
found = {{}}
for name in {names}:
  snippet = snippets.SNIPPETS[name]
  found[name] = verdicts.verdict(want[name], ops[name],
                                 ours.measure(tf, snippet))
if held:
  held.__exit__(None, None, None)
  assert today.compat.v2.executing_eagerly()
print(json.dumps(found))
"""


@pytest.mark.slow
@pytest.mark.parametrize("everywhere", [False, True],
                         ids=["context", "launcher"])
def test_seeds_in_a_process_of_its_own(everywhere, forked):
  tests = pathlib.Path(__file__).parent.parent
  program = _PROGRAM.format(paths=[str(tests), str(tests.parent)],
                            everywhere=everywhere, names=NAMES)
  done = forked.run(["-c", program])
  assert done.returncode == 0, done.stderr[-3000:]
  assert json.loads(done.stdout.strip().split("\n")[-1]) == {
      name: differences.expected(name, ours.version())[0] for name in NAMES}
