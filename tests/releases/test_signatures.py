"""The rows of names of 1.0 to 1.14 take the arguments of their releases.

`signatures.py` writes what those releases say of themselves.
"""

import functools
import typing

import pytest
import signatures

import tfcompat_rnn.tf1 as tf1
from tfcompat_rnn.namespace import namespace
from tfcompat_rnn.namespace import tables
from tfcompat_rnn.namespace.releases import cells
from tfcompat_rnn.namespace.releases import notice
from tfcompat_rnn.namespace.releases import rows
from tfcompat_rnn.namespace.releases import version

KNOWN = signatures.load(signatures.LATER)
ROWS = {row.old: row for family in ("core", "python", "contrib")
        for row in tables.family(family).rows.values()
        if isinstance(row, (rows.Old, rows.Changed))
        and version.parse(row.last) >= (1, 0)}

# Rows that no release in their span has -> why they are there.
_LINEAR = ("imported by programs that were written for 1.2 and after, whose "
           "calls are 1.15's; the old form is accepted as in its other places")
NOT_THERE = {
    "python.ops.rnn_cell_impl._linear": _LINEAR,
    "contrib.rnn.python.ops.core_rnn_cell._linear": _LINEAR,
    "contrib.rnn.core_rnn_cell._linear":
        "a module of 1.0 and 1.1 that exported public names only; accepted "
        "because core_rnn_cell_impl, which it showed, had it",
}
_BY_TYPE = "told apart by the types: test_the_forms_of_saveables"
_REFUSED = ("refused by name: test_the_form_of_1_3_is_refused; it transformed "
            "what it saved")
_INNER = "a method that TensorFlow itself called, in classes of its own"


def _has(name, release):
  return any(release in releases.split()
             for releases in KNOWN["names"].get(name, ()))


# (NAME or NAME:METHOD, release) -> why a call may not fit.
DIFFERENT = {
    **{(name + ".RNNParamsSaveable", release): reason
       for name in ("contrib.cudnn_rnn",
                    "contrib.cudnn_rnn.python.ops.cudnn_rnn_ops")
       for release, reason in (("1.1", _BY_TYPE), ("1.2", _BY_TYPE),
                               ("1.3", _REFUSED))
       if _has(name + ".RNNParamsSaveable", release)},
    **{(f"{module}.{name}", release): reason
       for module in ("contrib.data", "contrib.data.python.ops.dataset_ops")
       for name, releases, reason in (
           ("Dataset", "1.2 1.3", "abstract then: nothing could be made by it"),
           *((f"{kind}:make_dataset_resource", "1.2 1.3 1.4 1.6", _INNER)
             for kind in ("Dataset", "FixedLengthRecordDataset",
                          "TFRecordDataset", "TextLineDataset")),
           ("Iterator:dispose_op", "1.2 1.3",
            "gone in 1.4 already; an iterator goes with its session"))
       for release in releases.split()
       if _has(f"{module}.{name}", release)},
}


def spans(name):
  """[(releases, arguments)] of `name` in the releases of its row."""
  row = ROWS[name.partition(":")[0]]
  first, last = version.parse(row.first), version.parse(row.last)
  found = []
  for releases, text in KNOWN["names"].get(name, {}).items():
    inside = [release for release in releases.split()
              if first <= version.parse(release) <= last]
    if inside:
      found.append((" ".join(inside), text))
  return found


@functools.lru_cache(None)
def ours(old):
  """{"": arguments of a row, method: its arguments}; None: any."""
  row = ROWS[old]
  last = old.rpartition(".")[2]
  if row.arguments is not None:
    return {"": " ".join(name + "=" for name, _ in rows.pairs(row.arguments))}
  value = namespace.target(row.new)
  found = {"": signatures.of(value)}
  if isinstance(value, type):
    found.update(signatures.methods(value))
  if last in cells.FORMS and row.where == "tfcompat_rnn.cells:" + last:
    found["old form"] = " ".join(
        name + "=" for name in cells.FORMS[last].parameters.split())
  return found


def misfit(real, here):
  """Why a call that fits `real` may not fit `here`; None if all do."""
  if here is None:
    return "is not there"
  theirs, mine = _split(real), _split(here)
  for place, word in enumerate(theirs.ordered):
    name = word.rstrip("=")
    if place >= len(mine.ordered):
      return f"takes no {name} in place {place}"
    if mine.ordered[place].rstrip("=") != name:
      return f"has {mine.ordered[place]} where {name} was"
    if word != name and mine.ordered[place] == name:
      return f"needs {name}"
  for word in mine.ordered[len(theirs.ordered):]:
    if not word.endswith("="):
      return f"needs {word}"
  if theirs.rest and not mine.rest:
    return "takes no more by position"
  if theirs.others and not mine.others:
    return "takes no more by name"
  if not mine.others:
    for word in theirs.named - {name + "=" * n for name in mine.names
                                for n in (0, 1)}:
      return f"has no {word}"
  return None


class Arguments(typing.NamedTuple):
  """`ordered`: by position; `rest`: `*args`; `others`: `**kwargs`."""
  ordered: list
  named: set
  rest: bool
  others: bool

  @property
  def names(self):
    return {word.rstrip("=") for word in (*self.ordered, *self.named)}


def _split(text):
  words = text.split()
  stars = [place for place, word in enumerate(words) if word.startswith("*")]
  first = stars[0] if stars else len(words)
  return Arguments(
      words[:first], {word for word in words[first:] if "*" not in word},
      any(words[place].strip("*") and not words[place].startswith("**")
          for place in stars),
      any(words[place].startswith("**") for place in stars))


def differences(name):
  """{release: (arguments, why they do not fit)}"""
  old, _, method = name.partition(":")
  here = ours(old)
  forms = [here.get(method)]
  if not method and "old form" in here:
    forms.append(here["old form"])
  found = {}
  for releases, text in spans(name):
    problems = [misfit(text, form) for form in forms]
    if None not in problems:
      found.update(dict.fromkeys(releases.split(), (text, problems[0])))
  return found


@pytest.fixture(autouse=True)
def quiet():
  tf1.disable_v2_behavior()
  before = notice.set_output(lambda text: None)
  yield
  notice.set_output(before)
  notice.forget()


def test_every_row_was_measured():
  assert set(ROWS) == {
      *(name for name in KNOWN["names"] if ":" not in name),
      *KNOWN["missing"]}
  assert {name for name in ROWS if not spans(name)} == set(NOT_THERE)
  assert len(ROWS) > 100


def test_arguments_are_in_the_order_of_their_releases():
  found = {(name, release): problem for name in KNOWN["names"]
           for release, problem in differences(name).items()}
  wrong = {key: found[key] for key in set(found) - set(DIFFERENT)}
  assert not wrong, "\n".join(map(str, sorted(wrong.items())))
  assert set(DIFFERENT) <= set(found), "these fit: take them out of the list"


@pytest.mark.parametrize("real, here, why", [
    ("a b=", "a b=", None), ("a b=", "a b= c= *args d= **others", None),
    ("a b", "b a", "has b where a was"), ("a b=", "a b", "needs b"),
    ("a b", "a", "takes no b in place 1"), ("a", "a b", "needs b"),
    ("a *args", "a b=", "takes no more by position"),
    ("a **others", "a", "takes no more by name"),
    ("a * b=", "a b=", None), ("a * b=", "a", "has no b="),
    ("a", None, "is not there"),
])
def test_what_fits(real, here, why):
  assert misfit(real, here) == why


@pytest.mark.parametrize("release", ["1.0", "1.1", "1.2", "by name"])
def test_the_forms_of_saveables(release):
  """Of RNNParamsSaveable: the variables, and the name behind or before them."""
  with tf1.Graph().as_default():
    vector = tf1.get_variable("v", [4])

    def there(params):
      return [params[:2]], [params[2:]]

    def back(weights, biases):
      return tf1.concat([*weights, *biases], 0)

    kind = tf1.contrib.cudnn_rnn.RNNParamsSaveable
    saveable = {
        "1.0": lambda: kind(there, back, vector),
        "1.1": lambda: kind(there, back, "n", vector),
        "1.2": lambda: kind(there, back, [vector], "n"),
        "by name": lambda: kind(params_to_canonical=there, name="n",
                                canonical_to_params=back,
                                param_variables=[vector]),
    }[release]()
    assert saveable.name == ("params_canonical" if release == "1.0" else "n")
    assert len(saveable.specs) == 2
    for wrong in ({}, {"params_to_canonical": there}, {"other": 1}):
      with pytest.raises(TypeError, match="must get params_to_canonical"):
        kind(**wrong)


def test_the_form_of_1_3_is_refused():
  kind = tf1.contrib.cudnn_rnn.RNNParamsSaveable
  model = tf1.contrib.cudnn_rnn.CudnnLSTM(1, 3, 2)
  for call in (lambda: kind(model, None, None, []),
               lambda: kind(cudnn_rnn=model)):
    with pytest.raises(TypeError, match="use .*CudnnLSTMSaveable"):
      call()


def test_cells_of_1_1_take_reuse_last():
  kinds = tf1.contrib.rnn.core_rnn_cell
  cell = kinds.GRUCell(3, None, tf1.nn.relu, True)
  assert cell._reuse is True
  assert kinds.OutputProjectionWrapper(cell, 2, True)._reuse is True
  cell = kinds.BasicLSTMCell(3, 1.0, None, True, tf1.tanh, True)
  assert cell._reuse is True


def test_maxout_takes_a_name():
  maxout = namespace.target(ROWS["python.layers.maxout.maxout"].new)
  with tf1.Graph().as_default():
    assert maxout(tf1.zeros([2, 6]), 3, -1, name="m").op.name.startswith("m/")


def test_iterators_of_1_4_hold_tensors():
  kind = tf1.contrib.data.Iterator
  with tf1.Graph().as_default():
    made = tf1.data.make_initializable_iterator(
        tf1.data.Dataset.range(3))
    again = kind(made._iterator_resource, made.initializer, tf1.int64, [])
    assert again.get_next().dtype == tf1.int64


def test_batches_of_features_are_a_dataset():
  with tf1.Graph().as_default():
    made = tf1.contrib.data.Dataset.read_batch_features(
        __file__, 2, {"x": tf1.FixedLenFeature([], tf1.int64)},
        tf1.contrib.data.TFRecordDataset, None, False)
    assert isinstance(made, tf1.contrib.data.Dataset)
    assert list(made.output_types) == ["x"]
