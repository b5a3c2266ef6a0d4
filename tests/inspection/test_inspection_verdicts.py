"""Each verdict on a name is what the real namespace does with it."""

import importlib

import pytest

from tfcompat_rnn import _errors
from tfcompat_rnn.inspection import verdicts
from tfcompat_rnn.namespace import names
from tfcompat_rnn.namespace import tables
from tfcompat_rnn.namespace.releases import notice


def all_names(family):
  """1.15's names of one family, the rows, and something in each gap."""
  index = tables.family(family)
  found = {f"{module}.{name}".lstrip(".")
           for module, its_names in names.modules().items()
           if tables.family_of(module) == family for name in its_names}
  found.update(index.rows)
  found.update(old[:-1] + "something" if old.endswith(".*") else old
               for old in index.gaps)
  return sorted(found)


def is_there(old):
  """Whether the namespace gives `tensorflow.<old>` to a program."""
  import tfcompat_rnn.tf1 as value
  path = value.__name__
  for part in old.split("."):
    path += "." + part
    try:
      value = getattr(value, part)
    except AttributeError:
      try:
        value = importlib.import_module(path)
      except (ImportError, AttributeError):
        return False
  return True


# TensorFlow Probability adds it to TensorFlow when it is imported, which an
# earlier test may have done.
_ADDED = {"python.autograph.core.converter.standard_analysis"}


def wrong(found):
  """The names in `found` whose verdict is not what happens."""
  with notice.Silence():
    return [(verdict.symbol, verdict.status, verdict.about)
            for verdict in map(verdicts.judge, found)
            if verdict.status not in (verdicts.UNKNOWN, verdicts.EXTRA)
            and verdict.symbol not in _ADDED
            and (verdict.status == verdicts.REFUSED) == is_there(
                verdict.symbol)]


@pytest.mark.slow
@pytest.mark.parametrize("family, step", [
    ("core", 29), ("contrib", 61), ("python", 101)])
def test_a_name_is_refused_if_and_only_if_the_namespace_refuses_it(
    family, step):
  assert wrong(all_names(family)[::step]) == []


@pytest.mark.slow
@pytest.mark.parametrize("family", ["core", "contrib", "python"])
def test_no_verdict_is_wrong(family):
  assert wrong(all_names(family)) == []


@pytest.mark.slow
@pytest.mark.parametrize("family, most", [
    ("core", .03), ("contrib", .01), ("python", .03)])
def test_hardly_a_name_is_not_known(family, most):
  found = [verdicts.judge(old) for old in all_names(family)[::13]]
  unknown = [verdict.symbol for verdict in found
             if verdict.status == verdicts.UNKNOWN]
  assert len(unknown) <= most * len(found), unknown


@pytest.mark.parametrize("old, symbol, status", [
    ("nn.dynamic_rnn", "nn.dynamic_rnn", verdicts.CARRIED),
    ("contrib.rnn.LSTMCell.zero_state", "contrib.rnn.LSTMCell",
     verdicts.CARRIED),
    ("compat.v1.placeholder", "compat.v1.placeholder", verdicts.CARRIED),
    ("layers.dense", "layers.dense", verdicts.CARRIED),
    ("app.flags.DEFINE_string", "app.flags.DEFINE_string", verdicts.CARRIED),
    ("core.framework.summary_pb2.Summary", "core.framework.summary_pb2.Summary",
     verdicts.CARRIED),
    ("python.ops.rnn.array_ops.concat", "python.ops.rnn.array_ops.concat",
     verdicts.CARRIED),
    ("contrib.distributions.percentile", "contrib.distributions.percentile",
     verdicts.EXTRA),
    ("contrib.timeseries.ARRegressor", "contrib.timeseries", verdicts.REFUSED),
    ("keras.utils.HDF5Matrix", "keras.utils.HDF5Matrix", verdicts.REFUSED),
    ("nn.dynamic_rn", "nn.dynamic_rn", verdicts.REFUSED),
    ("function", "function", verdicts.CARRIED),
    ("contrib.seq2seq.__name__", "contrib.seq2seq.__name__",
     verdicts.CARRIED),
    ("nn.seq2seq.__dict__", "nn.seq2seq.__dict__", verdicts.CARRIED),
    ("io.gfile.GFile", "io.gfile.GFile", verdicts.CARRIED),
])
def test_verdicts(old, symbol, status):
  verdict = verdicts.judge(old)
  assert (verdict.symbol, verdict.status) == (symbol, status), verdict
  assert wrong([old]) == []


def test_a_refusal_says_what_the_error_would():
  import tfcompat_rnn.tf1 as tf1
  # The last one came with TensorFlow 2.
  for old in ("contrib.factorization", "nn.softmaxx", "keras.utils.HDF5Matrix",
              "saved_model.LoadOptions"):
    verdict = verdicts.judge(old)
    if verdict.status != verdicts.REFUSED:
      continue
    value = tf1
    with pytest.raises(_errors.MissingSymbolError) as caught:
      for part in old.split("."):
        value = getattr(value, part)
    assert verdict.about == str(caught.value)


def test_an_older_name_says_which_release_had_it_last():
  assert verdicts.judge("pack").last == "0.12"
  assert verdicts.judge("stack").last == ""


def test_an_extra_names_the_command_and_the_difference():
  verdict = verdicts.judge("contrib.distributions.percentile")
  assert "pip install 'tfcompat_rnn[probability]'" in verdict.about
  assert "draws are not 1.15's" in verdict.about
