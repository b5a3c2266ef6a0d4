"""Every row of every table resolves; every gap says what to do."""

import importlib
import re

import make_names_page
import pytest
import real_names

import tfcompat_rnn.tf1 as tf1
from tfcompat_rnn import _errors
from tfcompat_rnn.namespace import names
from tfcompat_rnn.namespace import namespace
from tfcompat_rnn.namespace import tables
from tfcompat_rnn.namespace.releases import notice

# Slow tests try these: they load another package.
LOADED_ELSEWHERE = (
    "tf_keras.", "tfcompat_rnn.namespace.keras.",
    "tfcompat_rnn.namespace.estimator.",
    "tfcompat_rnn.namespace.contrib.distributions.probability:",
    "tfcompat_rnn.namespace.contrib.learn.",
)
FAMILIES = ("core", "python", "contrib")


@pytest.fixture(autouse=True)
def tables_are_tried():
  """A `try` in these tests is no program that chooses between releases."""
  with notice.Silence():
    yield


def entries(kind):
  return [row for family in FAMILIES
          for row in getattr(tables.family(family), kind).values()
          if row is not None]


def find(old):
  """What `tensorflow.<old>` is here: attribute by attribute, then import."""
  value, path = tf1, "tfcompat_rnn.tf1"
  for part in old.split("."):
    path += "." + part
    try:
      value = getattr(value, part)
    except AttributeError:
      value = importlib.import_module(path)
  return value


@pytest.fixture(scope="module", autouse=True)
def graph_mode():
  tf1.disable_v2_behavior()


@pytest.mark.parametrize("family", FAMILIES)
def test_every_row_resolves(family):
  broken = []
  for row in tables.family(family).rows.values():
    if row.new.startswith(LOADED_ELSEWHERE):
      continue
    try:
      wanted = namespace.target(row.new)
      found = find(row.old)
    except Exception as error:
      broken.append(f"{row.old} -> {row.new}: {error!r}")
      continue
    if not (found is wanted or found == wanted):
      broken.append(f"{row.old} is {found!r}, not {wanted!r}")
  assert not broken, "\n".join(broken)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_module_and_alias_can_be_imported(family):
  broken = []
  index = tables.family(family)
  for old in [*index.modules, *index.aliases]:
    if old.startswith(("keras", "python.keras", "contrib.keras")):
      continue  # tests/namespace_keras imports these
    try:
      importlib.import_module("tfcompat_rnn.tf1." + old)
    except Exception as error:
      broken.append(f"{old}: {error!r}")
  assert not broken, "\n".join(broken)


def test_no_old_name_is_in_two_tables():
  for family in FAMILIES:
    seen = {}
    for table in tables.table_modules(family):
      module = importlib.import_module(f"{tables.__name__}.{table}")
      for row in getattr(module, "ROWS", ()):
        assert seen.setdefault(row.old, row.new) == row.new, row.old


@pytest.mark.parametrize("family", FAMILIES)
def test_every_gap_raises_with_its_next_step(family):
  for gap in tables.family(family).gaps.values():
    old = gap.old[:-2] if gap.old.endswith(".*") else gap.old
    if (tables.row(old) or tables.module(old)[0]
        or tables.canonical(old) != old):
      continue  # a part of it is supported
    try:
      raise AssertionError(f"{old} is there: {find_attribute(old)}")
    except _errors.MissingSymbolError as error:
      assert tables.gap(old).next_step in str(error), old
    with pytest.raises(ImportError) as caught:
      importlib.import_module("tfcompat_rnn.tf1." + old)
    assert isinstance(caught.value, _errors.MissingModuleError), old


def find_attribute(old):
  """The attribute `old` of its module, or of the nearest one above it."""
  parent, _, name = old.rpartition(".")
  try:
    module = namespace.import_old(parent)
  except ImportError:
    return find_attribute(parent)
  return getattr(module, name)


def test_gaps_name_only_what_exists():
  """A next step that itself fails would be worse than none."""
  wrong = []
  for gap in entries("gaps"):
    for name in re.findall(r"\btf\.([a-zA-Z_0-9.]*[a-zA-Z_0-9])",
                           gap.next_step):
      if name.startswith("keras."):
        continue  # tests/namespace_keras looks these up
      try:
        find(name)
      except (AttributeError, ImportError):
        wrong.append(f"{gap.old}: tf.{name}")
  assert not wrong, "\n".join(wrong)


def test_gaps_were_in_1_15_or_say_that_they_are_older():
  wrong = []
  for gap in entries("gaps"):
    old = gap.old[:-2] if gap.old.endswith(".*") else gap.old
    was = any(names.home(name) is not None
              for name in [old, *tables.synonyms(old)])
    if "already gone in TensorFlow 1.15" in gap.reason:
      if was:
        wrong.append(f"{gap.old} was in 1.15")
    elif not (was or old in real_names.OLDER
              or old.rpartition(".")[2].startswith("_")):
      wrong.append(f"{gap.old} was not in 1.15")
  assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("section", sorted(real_names.USED))
def test_names_that_real_programs_use(section):
  missing = []
  for old in real_names.USED[section].split():
    if old in real_names.REFUSED:
      continue
    try:
      find(old)
    except (AttributeError, ImportError) as error:
      missing.append(str(error))
  assert not missing, "\n".join(missing)


@pytest.mark.parametrize("old,reason", sorted(real_names.REFUSED.items()))
def test_names_that_are_refused_say_why(old, reason):
  with pytest.raises(ImportError, match=reason):
    namespace.import_old(old)


def test_the_page_of_names_is_fresh():
  with open(make_names_page.PAGE, encoding="utf-8") as stream:
    written = stream.read()
  assert written == make_names_page.page(), (
      "run: python tests/namespace/make_names_page.py")
