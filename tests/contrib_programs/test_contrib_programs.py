"""Parts of tf.contrib against what TensorFlow 1.15.5 computed."""

import os
import re
import sys

import pytest

from contrib_programs import cases_opt
from contrib_programs import generate
from contrib_programs import measure
from oracle import files
from seeds import ours
from tfcompat_rnn.namespace import namespace
from tfcompat_rnn.namespace import tables
from tfcompat_rnn.namespace.contrib.distributions import probability


@pytest.fixture(scope="module")
def tf():
  with ours.seeded() as namespace:
    yield namespace


def _cases():
  for module in generate.MODULES:
    for name in generate.cases(module):
      yield pytest.param(module, name, id=f"{module}-{name}",
                         marks=pytest.mark.slow)


@pytest.mark.parametrize("module,name", list(_cases()))
def test_case_equals_1_15(tf, module, name):
  texts, arrays = measure.run(tf, generate.cases(module)[name])
  measure.check(name, texts, arrays, *generate.read(module)[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(generate.programs()))
def test_program_prints_what_it_printed(name):
  lines = generate.printed(
      sys.executable, "-m", "tfcompat_rnn", "run", generate.programs()[name])
  wanted = files.read_json(
      os.path.join(generate.DATA, "programs.json.gz"))[name]
  number = re.compile(r"-?\d+(?:\.\d+)?")
  assert [number.sub("#", line) for line in lines] == [
      number.sub("#", line) for line in wanted]
  for line, old in zip(lines, wanted):
    # The last digit that is printed may be rounded the other way.
    for one, two in zip(number.findall(line), number.findall(old)):
      digits = len(two.partition(".")[2])
      assert abs(float(one) - float(two)) <= (
          1.01 * 10 ** -digits if digits else 0), line


PROBABILITY = "tfcompat_rnn.namespace.contrib.distributions.probability:"


@pytest.mark.slow
def test_names_from_tensorflow_probability(tf):
  rows = [row for row in tables.family("contrib").rows.values()
          if row.new.startswith(PROBABILITY)]
  assert len(rows) > 10
  for row in rows:
    found = tf
    for part in row.old.split("."):
      found = getattr(found, part)
    assert found.__module__.startswith("tensorflow_probability"), row.old
  with tf.Graph().as_default(), tf.Session() as session:
    square = tf.contrib.distributions.bijectors.Square()
    assert session.run(square.forward(3.)) == 9.
  probability.warn_once.cache_clear()
  with pytest.warns(UserWarning, match="draws of TensorFlow Probability"):
    namespace.target(PROBABILITY + "Kumaraswamy")


def test_without_tensorflow_probability(monkeypatch):
  monkeypatch.setitem(sys.modules, "tensorflow_probability", None)
  with pytest.raises(AttributeError, match="pip install 'tfcompat_rnn.prob"):
    namespace.target(PROBABILITY + "SinhArcsinh")


@pytest.mark.slow
def test_weights_decay_after_all_gradients(tf):
  found = set()
  for _ in range(8):
    with tf.Graph().as_default():
      tf.set_random_seed(1)
      values = cases_opt.trained(tf, cases_opt.SIMPLE["momentum_w"])
      found.add(tuple(values["kernel"].ravel()))
  assert len(found) == 1


@pytest.mark.slow
def test_rows_of_learn_resolve():
  rows = [row for row in tables.family("contrib").rows.values()
          if row.new.startswith("tfcompat_rnn.namespace.contrib.learn.")]
  assert len(rows) > 100
  for row in rows:
    assert namespace.import_old(row.old.rpartition(".")[0])
    assert namespace.target(row.new) is not None, row.old
