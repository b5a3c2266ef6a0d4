"""Runs the files that take longest first.

The workers then finish at about the same time, because only short files are
left at the end. `--dist loadfile` gives each file to one worker, so that what a
file computes for all its tests is computed once.
"""

import functools
import pathlib

TESTS = pathlib.Path(__file__).resolve().parent

# Longest first, by the longer of a file's two tiers. Other files come after.
LONGEST = (
    "state/test_keep_race.py",
    "verify/test_verify_command.py",
    "examples/test_examples.py",
    "migration/test_migration_page.py",
    "state/test_survival.py",
    "loops/test_model_rnn.py",
    "state/test_truncated_bptt.py",
    "feedback/test_training.py",
    "golden/test_golden.py",
    "examples/test_example_docs.py",
    "bench/test_bench_command.py",
    "compare/test_command.py",
    "loops/test_model_rnn_steps.py",
    "cli/test_run.py",
    "fused/test_cudnn_checkpoints.py",
    "verify/test_running.py",
    "checkpoints/test_checkpoint_command.py",
    "devices/test_devices_command.py",
    "plugin/test_plugin_project.py",
    "gradients/test_cells.py",
    "launcher/test_device_options.py",
    "fused/test_cudnn_numbers.py",
    "seeds/test_processes.py",
    "verify/test_page.py",
    "feedback/test_feedback_processes.py",
    "feedback/test_self_feeding.py",
    "loops/test_race.py",
    "compare/test_recorder.py",
    "loops/test_model_rnn_eager.py",
    "examples/test_legacy_examples.py",
    "cells/test_memory.py",
    "state/test_every_builder.py",
    "compare/test_against.py",
    "plugin/test_plugin.py",
    "seeds/test_process_wide.py",
    "cells/test_block.py",
    "state/test_state_page.py",
    "state/test_stateful.py",
    "verify/test_document.py",
    "devices/test_towers.py",
    "namespace/test_process.py",
    "devices/test_placement.py",
    "loops/test_recurrent_as_1_15.py",
    "state/test_finalized.py",
    "feedback/test_generate.py",
    "launcher/test_notebook.py",
    "fused/test_cudnn_choice.py",
    "cells/test_base.py",
    "checkpoints/test_real.py",
    "cells/test_attention.py",
    "namespace/test_contrib_programs.py",
    "gradients/test_comparison.py",
)


@functools.lru_cache(maxsize=None)
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
