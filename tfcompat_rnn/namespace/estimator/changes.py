"""What tensorflow-estimator 2.15 does otherwise than 1.15 did."""

CHANGES = {}


def apply(short, module):
  """Restores 1.15's behaviour in the module `short` of the package."""
  for change in CHANGES.get(short, ()):
    change(module)
