"""Every snippet against 1.15.5: op count, op seeds, initial values."""

import collections

import pytest

from oracle import graphs
from seeds import differences
from seeds import generate
from seeds import ours
from seeds import snippets
from seeds import verdicts

WANT = generate.read(generate.SNIPPETS)
WANT_OPS = generate.read_ops()

# They take longest; a shorter one about each of their parts always runs.
SLOW_FAMILIES = ("attention", "contrib_cells", "decoding", "gradients", "grids",
                 "idioms", "legacy_seq2seq", "rare", "sessions")
SLOW = frozenset("""
    adam_bidirectional adam_multi_dropout adam_peepholes character_model
    clipped_training dataset_rejection deep_dropout device_wrapper
    encoder_decoder forecaster gradients_of_scan layers_from_zero_state
    mnist_deep_lstm mnist_dictionaries queue_input second_lstm
    second_word_model sine_double stack_bidirectional_dynamic_rnn
    state_variables_of_zero_state tagger text_attention
    time_series_projection two_optimizers word_model
""".split())


# Of the fast tests, TensorFlow may rewrite the graphs of these, with all
# initializers, as it does by default; to rewrite all would take a quarter of
# the time.
REWRITTEN = ("variables",)


@pytest.fixture(scope="module")
def tf():
  with ours.seeded() as namespace:
    yield namespace


def is_slow(snippet):
  return snippet.name in SLOW or snippet.family in SLOW_FAMILIES


def _parameters():
  for snippet in snippets.SNIPPETS.values():
    marks = [pytest.mark.slow] if is_slow(snippet) else []
    yield pytest.param(snippet, id=snippet.name, marks=marks)


def _explain(want, want_ops, got):
  """What to look at first when the verdict is not the expected one."""
  if "error" in got:
    return got["error"]
  lines = ["1.15 made %d operations, here are %d" % (
      want["count"], got["count"])]
  lines += ["%s: seeds %s, here %s" % (
      name, want["seeds"].get(name), got["seeds"].get(name))
            for name in verdicts.differing_seeds(
                want["seeds"], got["seeds"])[:3]]
  lines += ["%s: %s, here %s" % (
      name, want["values"].get(name), got["values"].get(name))
            for name in verdicts.differing_values(
                want["values"], got["values"])[:3]]
  for place, (one, two) in enumerate(zip(want_ops, got["ops"])):
    if verdicts.modern(one) != verdicts.modern(two):
      lines.append("first difference at operation %d: %s, here %s" % (
          place, one, two))
      break
  return "\n".join(lines)


@pytest.mark.spread(fast=4, slow=2)
@pytest.mark.parametrize("snippet", list(_parameters()))
def test_snippet(tf, snippet):
  want, want_ops = WANT[snippet.name], WANT_OPS[snippet.name]
  got = ours.measure(
      tf, snippet,
      rewritten=is_slow(snippet) or snippet.family in REWRITTEN)
  verdict, reason = differences.expected(snippet.name, ours.version())
  assert verdict == verdicts.verdict(want, want_ops, got, snippet.exact), (
      "expected: %s %s\n%s" % (verdict, reason,
                               _explain(want, want_ops, got)))


def test_golden_data_is_about_these_snippets():
  assert set(WANT) == set(WANT_OPS) == set(snippets.SNIPPETS)
  for name in WANT:
    assert WANT[name]["count"] == len(WANT_OPS[name])
    assert WANT[name]["digest"] == graphs.digest(
        "\n".join(WANT_OPS[name]).encode("utf-8"))


def test_last_variable_is_seeded_by_the_op_count():
  for name, facts in WANT.items():
    place = max(place for place, op in enumerate(WANT_OPS[name])
                if op.endswith(":RandomStandardNormal"))
    drawing = WANT_OPS[name][place].rpartition(":")[0]
    # 1.15 counted the operation that could not be made, too.
    failed = 1 if name == "failed_op" else 0
    assert facts["seeds"][drawing][1] == place + failed, name


@pytest.mark.parametrize("row", differences.ROWS,
                         ids=lambda row: row.reason[:40])
def test_rows_are_about_snippets(row):
  names = row.snippets.split()
  assert names and not set(names) - set(snippets.SNIPPETS)
  assert len(set(names)) == len(names)
  assert row.verdict in verdicts.MEANING and row.verdict != verdicts.OPS
  assert len(row.reason) > 20
  assert set(row.versions) <= {"2.16", "2.17", "2.18", "2.19", "2.20",
                               "2.21"}


def test_one_row_for_a_snippet_and_version():
  counted = collections.Counter(
      (name, version)
      for row in differences.ROWS for name in row.snippets.split()
      for version in row.versions or ("2.16", "2.18", "2.21"))
  assert not [pair for pair in counted if counted[pair] > 1]


def test_nine_of_ten_are_equal_in_seeds_and_values():
  good = [name for name in snippets.SNIPPETS
          if differences.expected(name, ours.version())[0]
          in (verdicts.OPS, verdicts.EQUAL)]
  assert len(good) >= 0.9 * len(snippets.SNIPPETS)


def test_slow_names_exist():
  assert not SLOW - set(snippets.SNIPPETS)
  assert {*SLOW_FAMILIES, *REWRITTEN} <= {
      snippet.family for snippet in snippets.SNIPPETS.values()}
