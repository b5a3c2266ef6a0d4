"""What counts as only asking for an old name."""

import textwrap

import pytest

from tfcompat_rnn.namespace.releases import probes
from tfcompat_rnn.namespace.releases import sources
from tfcompat_rnn.namespace.releases import version

IS_PROBE = [
    "try:\n  tf.pack  #\nexcept AttributeError:\n  pass",
    "try: import tf.pack  #\nexcept ImportError: pass",
    "try:\n\n  # old\n  from tf import (  #\n      pack)\nexcept:\n  pass",
    "if a:\n  try:\n    if b:\n      tf.pack  #\n"
    "  except (ValueError, AttributeError) as e:\n    pass",
    "try:\n\tfrom tf import pack  #\nexcept ImportError, e:\n\tprint e",
    "x = tf.pack if hasattr(tf, 'pack') else tf.stack  #",
    "x = getattr(tf, \"pack\", None)  #",
    "x = [n for n in names if hasattr(tf.nn, n)]  #",
]
IS_USE = [
    "tf.pack  #",
    "try:\n  a = tf.pack(x)  #\nexcept Exception:\n  a = tf.pack(y)",
    "try:\n  a = tf.pack(x)  #\nexcept:\n  a = tf.pack(y)",
    "try:\n  a = 1\nexcept AttributeError:\n  tf.pack  #",
    "try:\n  a = 1\nexcept ImportError:\n  pass\nelse:\n  tf.pack  #",
    "try:\n  def f():\n    return tf.pack  #\nexcept ImportError:\n  pass",
    "try:\n  tf.pack  #\nfinally:\n  pass",
    "try:\n  tf.pack  #\nexcept tf.errors.OutOfRangeError:\n  pass",
    "tf.pack if hasattr(tf, 'unpack') else 1  #",
]


def ask(text):
  lines = text.splitlines(True)
  number = next(n for n, line in enumerate(lines, 1) if "  #\n" in line + "\n")
  return probes.is_probe(lines, number, "pack")


@pytest.mark.parametrize("text", IS_PROBE)
def test_is_only_asked_for(text):
  assert ask(text)


@pytest.mark.parametrize("text", IS_USE)
def test_is_used(text):
  assert not ask(text)


def test_a_set_release_has_its_names():
  source = textwrap.dedent("""
      import tfcompat_rnn.tf1 as tf
      found = hasattr(tf, "pack")
  """)
  assert not run(source)["found"]
  before = version.set_api("0.8")
  try:
    assert run(source)["found"]
  finally:
    version.set_api(before)


def run(source):
  import linecache
  linecache.cache["<probe>"] = (
      len(source), None, source.splitlines(True), "<probe>")
  scope = {"__name__": "program"}
  exec(compile(source, "<probe>", "exec"), scope)
  return scope


def test_a_try_is_no_evidence_of_the_release():
  sources.forget()
  sources.add_text("program.py", textwrap.dedent("""
      import tensorflow as tf
      try:
        pack = tf.pack
      except AttributeError:
        pack = tf.stack
  """))
  assert sources.old_names() == {}
  sources.add_text("other.py", "x = tf.pack([1])\n")
  assert sources.old_names() == {"tf.pack": "0.12"}
  sources.forget()
