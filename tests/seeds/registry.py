"""What a snippet is, and the table of all of them. Python 3.7 syntax.

A snippet is a function `def name(tf)` of TensorFlow 1.15 code that builds
into the default graph; what it returns does not matter. `measure` counts and
runs what was built. The snippets stand in `snippets_*.py`.
"""

import collections

Snippet = collections.namedtuple("Snippet", "name function family build exact")
SNIPPETS = collections.OrderedDict()


def snippet(function, exact=True):
  """Registers the function below it as the snippet about `function`.

  With `exact=False` the last bits of its initial values depend on the
  machine's vector instructions (QR decompositions): all its numbers are
  written down, and compared with a tolerance.
  """
  def decorate(build):
    name = build.__name__
    if name in SNIPPETS:
      raise ValueError("two snippets are called " + name)
    family = build.__module__.split(".")[-1].replace("snippets_", "")
    SNIPPETS[name] = Snippet(
        name, function, family, build, exact)
    return build
  return decorate
