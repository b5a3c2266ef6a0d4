"""Leaves the exhaustive tests out unless `-m` asks for them.

They repeat what a fast or a slow test does in more variants: another dtype,
more runs, the rest of a product of options. `tox -e exhaustive` runs them.
"""

MARK = "exhaustive"


def pytest_collection_modifyitems(config, items):
  if MARK in config.option.markexpr:
    return
  left_out = [item for item in items if item.get_closest_marker(MARK)]
  if left_out:
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if not item.get_closest_marker(MARK)]
