"""Runs the files that take longest first.

The workers then finish at about the same time, because only short files are
left at the end. `--dist loadfile` gives each file to one worker, so that what a
file computes for all its tests is computed once.
"""

import pathlib

TESTS = pathlib.Path(__file__).resolve().parent

# Longest first. A file that is not here comes afterwards.
LONGEST = (
    "golden/test_golden.py",
    "state/test_truncated_bptt.py",
    "state/test_keep_race.py",
    "state/test_every_builder.py",
    "state/test_survival.py",
    "examples/test_legacy_examples.py",
    "examples/test_example_docs.py",
    "examples/test_examples.py",
    "seeds/test_snippets.py",
    "feedback/test_self_feeding.py",
    "feedback/test_training.py",
    "feedback/test_generate.py",
    "loops/test_model_rnn.py",
    "loops/test_race.py",
    "gradients/test_comparison.py",
    "checkpoints/test_real.py",
    "checkpoints/test_old.py",
    "checkpoints/test_export.py",
    "verify/test_running.py",
    "verify/test_verify_command.py",
    "verify/test_document.py",
    "verify/test_page.py",
    "loops/test_model_rnn_eager.py",
    "plugin/test_plugin_project.py",
    "namespace/test_contrib_golden.py",
    "cells/test_expected.py",
    "devices/test_placement.py",
    "fused/test_cudnn_numbers.py",
    "loops/test_loops_as_1_15.py",
    "loops/test_model_rnn_steps.py",
    "loops/test_recurrent_as_1_15.py",
    "compare/test_against.py",
    "compare/test_command.py",
    "gradients/test_cells.py",
    "seeds/test_gradients.py",
    "seeds/test_process_wide.py",
    "namespace/test_process.py",
    "checkpoints/test_checkpoint_command.py",
    "devices/test_towers.py",
    "cli/test_run.py",
    "repairs/test_repairs.py",
    "plugin/test_plugin.py",
    "launcher/test_notebook.py",
    "launcher/test_device_options.py",
)


def place(path):
  """The place of a file among the longest, or the one after them."""
  try:
    name = path.relative_to(TESTS).as_posix()
  except ValueError:  # of a project that a test made
    return len(LONGEST)
  return LONGEST.index(name) if name in LONGEST else len(LONGEST)


def pytest_configure(config):
  # xdist would sort files by their number of tests.
  if hasattr(config.option, "loadscopereorder"):
    config.option.loadscopereorder = False


def pytest_collection_modifyitems(items):
  items.sort(key=lambda item: place(item.path))
