"""What is put in place before an old program starts, and taken back.

  prepare(Options())     # the imports, repairs, figures, quiet
  restore()
"""

import dataclasses
import os
import sys

from tfcompat_rnn import repairs
from tfcompat_rnn.launcher import child
from tfcompat_rnn.launcher import device_options
from tfcompat_rnn.launcher import hook
from tfcompat_rnn.launcher import startup_messages
from tfcompat_rnn.launcher import watch


@dataclasses.dataclass(frozen=True)
class Options:
  """What the command line of `tfcompat-rnn run` can choose."""
  figures: str = None
  snapshot: bool = True
  resource_variables: bool = False
  repeated_cells: str = "share"
  seeds: str = "1.15"
  verbose: bool = False
  no_repair: tuple = ()
  device: str = None
  memory_growth: bool = False
  memory_fraction: float = None


def say(text):
  """One line of ours, on standard error."""
  print(f"tfcompat-rnn: {text}", file=sys.stderr, flush=True)


def prepare(options, figures_to_files=None, quiet=None):
  """Puts everything in place that the program relies on.

  For the launcher and for `%load_ext tfcompat_rnn`. Loads no TensorFlow: what
  concerns it is done when it is imported. `figures_to_files` is None for «if
  there is no display or a folder is named»; `quiet` for «unless TensorFlow's
  own variable or --verbose says otherwise».
  """
  if quiet is None:
    # Who sets the variable before us wants to see what it lets through.
    quiet = (not options.verbose
             and startup_messages.LEVEL_VARIABLE not in os.environ)
  if quiet:
    watch.around_import("tensorflow", startup_messages.quiet_stderr)
  if not options.verbose:
    startup_messages.silence()
  device_options.choose_device(options.device)
  hook.install()
  repairs.install(watch.when_imported, options.no_repair, say)
  _choose_figures(options, figures_to_files)
  watch.when_imported("multiprocessing.spawn",
                      lambda spawn: child.equip(spawn, options, quiet))
  watch.when_imported("tfcompat_rnn.tf1", lambda _: _configure(options, quiet))
  watch.when_imported("tfcompat_rnn._snapshot",
                      lambda module: _configure_snapshot(module, options))
  watch.when_imported(
      "tfcompat_rnn.cells.multi",
      lambda module: module.set_repeated_cells(options.repeated_cells))


def _choose_figures(options, to_files):
  from tfcompat_rnn.launcher import figures
  if to_files is None:
    to_files = options.figures is not None or not figures.has_display()
  if to_files:
    folder = options.figures or figures.DEFAULT_FOLDER
    watch.when_imported("matplotlib", lambda module: figures.use(
        module, folder, say))


def _configure(options, quiet):
  """After `import tensorflow`: 1.x behaviour, as the program expects."""
  from tfcompat_rnn._tf import tf
  from tfcompat_rnn.namespace import behavior
  behavior.disable_v2_behavior()
  if options.resource_variables:
    tf.enable_resource_variables()
  if options.seeds == "1.15":
    from tfcompat_rnn import seeds
    seeds.install()
  from tfcompat_rnn.checkpoints import fallback
  fallback.install()
  device_options.install(tf, options, say)
  if quiet and os.environ.get(startup_messages.LEVEL_VARIABLE) in ("2", "3"):
    startup_messages.watch_first_session(tf)


def _configure_snapshot(module, options):
  if options.snapshot:
    module.on_first(lambda *_: say(
        "state that is read straight from a reference variable is copied "
        "first, because assigning it in the same run would corrupt the "
        "gradients (--no-snapshot turns this off)"))
  else:
    module.set_enabled(False)


def restore():
  """Takes back what `prepare` did to imports and libraries."""
  hook.uninstall()
  watch.forget()
  seeds = sys.modules.get("tfcompat_rnn.seeds")
  if seeds is not None:
    seeds.uninstall()
  fallback = sys.modules.get("tfcompat_rnn.checkpoints.fallback")
  if fallback is not None:
    fallback.uninstall()
  device_options.uninstall()
  repairs.uninstall()
