"""Prepares the process for an old program, and undoes it again.

  patches = prepare(Options())     # imports, repairs, figures, messages
  patches.close()                  # or restore()
"""

import dataclasses
import os
import sys
import typing

from tfcompat_rnn import _errors
from tfcompat_rnn import _patching
from tfcompat_rnn import _randomness
from tfcompat_rnn import _terminal
from tfcompat_rnn import repairs
from tfcompat_rnn.launcher import child
from tfcompat_rnn.launcher import device_options
from tfcompat_rnn.launcher import figures
from tfcompat_rnn.launcher import hook
from tfcompat_rnn.launcher import protos
from tfcompat_rnn.launcher import startup_messages
from tfcompat_rnn.launcher import watch as watching
from tfcompat_rnn.namespace.estimator import loading as estimators


@dataclasses.dataclass(frozen=True)
class Options:
  """What the command line of `tfcompat-rnn run` can choose."""
  figures: str = None
  snapshot: bool = True
  resource_variables: bool = False
  repeated_cells: str = "share"
  seeds: str = "1.15"
  fast: bool = False
  verbose: bool = False
  no_repair: tuple = ()
  device: str = None
  memory_growth: bool = False
  memory_fraction: float = None
  api: str = None
  python2: bool = None           # None: as the sources show
  show_conversion: bool = False
  ordered_sets: bool = False


def notify(text):
  """Prints one line of ours on standard error."""
  _terminal.complain(text)


# The stack of the last `prepare`, until it is taken back, and who asked for it.
_current = []
_asked = {"by": None}


def prepare(options, figures_to_files=None, quiet=None, by="launcher"):
  """Sets up everything that the program relies on.

  For the launcher and for `%load_ext tfcompat_rnn`. Does not load
  TensorFlow: what concerns it is done when it is imported.
  `figures_to_files=None` means: if there is no display or a folder is named;
  `quiet=None`: unless TensorFlow's own variable or --verbose says otherwise;
  `by` is "launcher" or "extension".

  Returns the `Stack` with all changes, including those that are made later, as
  modules are imported. A second call first undoes the first one.
  """
  restore()
  patches = _patching.Stack()
  _current.append(patches)
  _asked["by"] = by
  try:
    _prepare(patches, options, figures_to_files, quiet)
  except BaseException:
    restore()
    raise
  return patches


# What a program can choose for itself; the rest belongs to a command line.
_CHOICES = {"seeds": ("1.15", "native"), "repeated_cells": ("share", "copy")}
_SETTABLE = ("api", "fast", "figures", "no_repair", "repeated_cells",
             "resource_variables", "seeds", "snapshot", "verbose")


def behave_as_1_15(**options: typing.Any) -> None:
  """Makes the rest of this process behave as under `tfcompat-rnn run`.

    import tfcompat_rnn
    tfcompat_rnn.behave_as_1_15()
    import tfcompat_rnn.tf1 as tf

  For a program that is started with plain `python`: 1.x behavior, the seeds
  of 1.15, repairs, figures, and old imports in the libraries that it uses.
  `tfcompat-rnn upgrade` writes this call. It belongs before the other imports
  of the program; a second call, or one under the launcher, changes nothing.

  Arguments:
    **options: those of `tfcompat-rnn run`, with its defaults: `api`, `fast`,
      `figures`, `no_repair` (names), `repeated_cells`, `resource_variables`,
      `seeds`, `snapshot`, `verbose`.

  Raises:
    ArgumentError: there is no such option, or it has no such value.
    ValueError: there was no release `api`.
  """
  for name, value in options.items():
    _errors.require(
        name in _SETTABLE, "options", f"be among {', '.join(_SETTABLE)}",
        name, "leave it out, or run the program with tfcompat-rnn run")
    choices = _CHOICES.get(name)
    _errors.require(
        choices is None or value in choices, name,
        f"be {' or '.join(map(repr, choices or ()))}", repr(value),
        "see docs/launcher.md")
  if options.get("api") is not None:
    from tfcompat_rnn.namespace.releases import version
    version.parse(options["api"])
  options["no_repair"] = _repairs_of(options.get("no_repair", ()))
  if not _current:
    # A live notebook shows figures itself.
    shell_of = getattr(sys.modules.get("IPython"), "get_ipython", None)
    is_live = shell_of is not None and shell_of() is not None
    prepare(Options(**options), figures_to_files=False if is_live else None)


def _repairs_of(names):
  names = (names,) if isinstance(names, str) else tuple(names)
  unknown = repairs.unknown_names(names)
  _errors.require(not unknown, "no_repair", "name repairs", unknown,
                  "tfcompat-rnn run --list-repairs shows the names")
  return names


def restore():
  """Undoes what `prepare` did, in reverse order.

  One exception: TensorFlow cannot leave graph mode once the process has a
  default graph; see `behavior.restore_v2_behavior`.
  """
  while _current:
    _current.pop().close()
  _asked["by"] = None


def is_by_launcher():
  """Whether a program runs that `tfcompat-rnn run` has prepared all for."""
  return bool(_current) and _asked["by"] == "launcher"


def _prepare(patches, options, figures_to_files, quiet):
  watch = watching.Watch(patches)
  if quiet is None:
    # If the user has set the variable, the messages it admits are wanted.
    quiet = (not options.verbose
             and startup_messages.LEVEL_VARIABLE not in os.environ)
  if quiet:
    watch.around_import("tensorflow", startup_messages.quiet_stderr)
  if not options.verbose:
    startup_messages.silence(patches)
  for name in ("keras", "tf_keras", "rich"):
    watch.around_import(name, _randomness.kept)
  # The watch needs no finder, which would stay in `sys.meta_path`.
  patches.replace(_randomness, "keep_during", lambda name: None)
  estimators.install(patches)
  device_options.choose_device(patches, options.device)
  watch.when_imported(
      "tfcompat_rnn.namespace.finder", lambda module: watch.prefer(
          hook.ROOT + ".", module.NamespaceFinder()))
  hook.install(patches)
  protos.install(patches)
  repairs.install(patches, watch.when_imported, options.no_repair, notify)
  if figures_to_files is None:
    figures_to_files = options.figures is not None or not figures.has_display()
  if figures_to_files:
    watch.when_imported("matplotlib", lambda module: figures.use(
        patches, module, options.figures or figures.DEFAULT_FOLDER, notify))
  watch.when_imported(
      "multiprocessing.spawn",
      lambda module: child.install(patches, module, options, quiet))
  watch.when_imported(
      "tfcompat_rnn.tf1", lambda _: _configure(patches, options, quiet))
  watch.when_imported(
      "tfcompat_rnn._snapshot",
      lambda module: _configure_snapshot(patches, module, options))
  if options.fast:
    watch.when_imported(
        "tfcompat_rnn.loops", lambda module: _choose_fast(patches, module))
  watch.when_imported(
      "tfcompat_rnn.cells.multi", lambda module: patches.on_close(
          module.set_repeated_cells,
          module.set_repeated_cells(options.repeated_cells)))


def _choose_fast(patches, loops):
  """Makes the program's loops those of `fused`."""
  from tfcompat_rnn import fused
  patches.on_close(fused.set_default_execution,
                   fused.set_default_execution("auto"))
  for name in ("bidirectional_dynamic_rnn", "dynamic_rnn", "model_rnn",
               "stack_bidirectional_dynamic_rnn", "stack_bidirectional_rnn",
               "static_bidirectional_rnn", "static_rnn",
               "static_state_saving_rnn"):
    patches.replace(loops, name, getattr(fused, name))


def _configure(patches, options, quiet):
  """After `import tensorflow`: 1.x behaviour, as the program expects."""
  from tfcompat_rnn._tf import tf
  from tfcompat_rnn.checkpoints import fallback
  from tfcompat_rnn.launcher import run_errors
  from tfcompat_rnn.launcher import unused_results
  from tfcompat_rnn.namespace import behavior
  from tfcompat_rnn.namespace.releases import defaults
  from tfcompat_rnn.namespace.releases import notice
  from tfcompat_rnn.namespace.releases import version
  behavior.disable_v2_behavior(patches)
  patches.on_close(notice.set_output, notice.set_output(notify))
  if options.api is not None:
    patches.on_close(version.set_api, version.set_api(options.api))
  defaults.install(patches)
  if options.resource_variables and not tf.resource_variables_enabled():
    tf.enable_resource_variables()
    patches.on_close(tf.disable_resource_variables)
  if options.seeds == "1.15":
    from tfcompat_rnn import seeds
    seeds.install()
    patches.on_close(seeds.uninstall)
  if options.python2:
    from tfcompat_rnn.launcher.python2 import autograph
    autograph.leave_alone(patches)
  fallback.install(patches)
  unused_results.install(patches)
  run_errors.install(patches)
  device_options.install(patches, tf, options, notify)
  if quiet and os.environ.get(startup_messages.LEVEL_VARIABLE) in ("2", "3"):
    startup_messages.watch_first_session(patches, tf)


def _configure_snapshot(patches, module, options):
  if options.snapshot:
    patches.on_close(module.on_first(lambda: notify(
        "state that is read straight from a reference variable is copied "
        "first, because assigning it in the same run would corrupt the "
        f"gradients ({_errors.option('--no-snapshot', 'snapshot=False')} "
        "turns this off)")))
  else:
    patches.on_close(module.set_enabled, module.set_enabled(False))
