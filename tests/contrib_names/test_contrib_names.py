"""Every name of contrib.seq2seq and its relatives has a working counterpart.

Each has the parameters and the members that it had in TensorFlow 1.15.5. What
the private modules had besides has them too, or is refused by name.
"""

import importlib
import os
import re

import pytest

from contrib_names import description
from contrib_names import generate
from contrib_names import make_page
from oracle import files
from tfcompat_rnn import _errors

NAMES = files.read_json(os.path.join(generate.DATA, generate.FILE))
PUBLIC = [old for old in NAMES if ".python." not in old]
PRIVATE = [old for old in NAMES if ".python." in old]
# Keras layers of TensorFlow 2 and what existed only for them; the base class of
# hyperparameter tuners, which were not part of TensorFlow.
REFUSED = re.compile(
    r"V2$|\.(BaseDecoder|Tuner|sampler\.\w+)$")


@pytest.fixture(scope="module")
def tf():
  from tfcompat_rnn._tf import tf as v1
  v1.disable_v2_behavior()
  from tfcompat_rnn import tf1
  return tf1


def _find(tf, old):
  for part in old.split("."):
    tf = getattr(tf, part)
  return tf


def _check(tf, old):
  expected = NAMES[old]
  got = description.describe(_find(tf, old))
  assert got["kind"] == expected["kind"]
  assert got.get("fields") == expected.get("fields")
  assert got.get("parameters") == expected.get("parameters")
  thing = _find(tf, old)
  assert [member for member in expected.get("members", ())
          if not hasattr(thing, member)] == []


@pytest.mark.parametrize("old", PUBLIC)
def test_public_name_works(tf, old):
  _check(tf, old)


@pytest.mark.parametrize("old", PRIVATE)
def test_private_name_works_or_is_refused(tf, old):
  if not REFUSED.search(old):
    _check(tf, old)
    return
  with pytest.raises((_errors.RefusedError, AttributeError)) as error:
    _find(tf, old)
  module, _, name = old.rpartition(".")
  assert name in str(error.value) or (
      module.endswith(("sampler", "tuner")) and module in str(error.value))
  assert "; " in str(error.value), "no next step"


@pytest.mark.parametrize("old", PUBLIC)
def test_a_test_shows_it(old):
  path, _, name = old.rpartition(".")
  assert make_page.evidence(path, name), f"no test mentions {name}"


def test_the_names_are_those_of_the_oracle():
  assert len(PUBLIC) == 29 + 13 + 11 + 28
  assert set(description.NAMESPACES) == {
      old.rpartition(".")[0] for old in PUBLIC}
  # feeding_queue_runner only passed on a class of another module.
  assert set(description.MODULES) - {
      old.rpartition(".")[0] for old in PRIVATE} == {
          "contrib.training.python.training.feeding_queue_runner"}


def test_a_wrong_signature_would_be_seen():
  def tile_batch(t, multiplier, name="wrong"):
    """Not like the one in 1.15."""
  expected = NAMES["contrib.seq2seq.tile_batch"]
  got = description.describe(tile_batch)
  assert got["parameters"][:2] == expected["parameters"][:2]
  assert got["parameters"] != expected["parameters"]


def test_the_page_is_as_the_tables_are():
  with open(make_page.PAGE) as stream:
    assert stream.read() == make_page.page(NAMES), (
        "run python tests/contrib_names/make_page.py")


@pytest.mark.parametrize("module", [
    module for module in description.MODULES
    if not module.endswith(("sampler", "tuner"))])
def test_private_module_can_be_imported(tf, module):
  found = importlib.import_module("tfcompat_rnn.tf1." + module)
  assert found is _find(tf, module)
