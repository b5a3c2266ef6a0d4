"""`tfcompat-rnn checkpoint`: lists, explains, converts, exports checkpoints."""

import argparse
import json
import os
import shlex

from tfcompat_rnn import _errors
from tfcompat_rnn import _terminal

HELP = "list, explain, convert or export a TensorFlow 1.x checkpoint"

_USAGE = """%(prog)s list CKPT
       %(prog)s explain [options] CKPT SCRIPT [ARGS...]
       %(prog)s explain [options] CKPT GRAPH.meta | GRAPH.pb | GRAPH.pbtxt
       %(prog)s convert [options] CKPT OUT
       %(prog)s export [options] CKPT"""

_EPILOG = """\
CKPT is a prefix (model.ckpt-100), one of its files, or a folder with a file
`checkpoint`. `%(prog)s ACTION --help` lists the options of an action.

explain runs SCRIPT up to its first Session.run or Saver.restore and no
further; whatever it does before that really happens.

exit codes: 0 success; 1 explain found that the checkpoint does not load; 2
wrong usage, or something cannot be read, converted or written.
"""

_VALUE_OPTIONS = ("--timeout", "--limit")


def add_arguments(parser):
  """Adds the actions, each with its options."""
  parser.usage = _USAGE
  parser.epilog = _EPILOG % {"prog": parser.prog}
  actions = parser.add_subparsers(dest="action", metavar="ACTION",
                                  required=True, prog=parser.prog)
  _add_list(_action(actions, "list", "list its keys, shapes and dtypes"))
  _add_explain(_action(actions, "explain", "show which key each variable of "
                       "a graph would take, and which keys are missing"))
  _add_convert(_action(actions, "convert", "write it with other names or in "
                       "another layout"))
  # its arguments need NumPy and TensorFlow, so they are added only if needed
  parser.export_parser = _action(
      actions, "export", "convert it to Keras 3 or PyTorch weights, and back")


def _action(actions, name, text):
  return actions.add_parser(name, help=text, description=text,
                            allow_abbrev=False)


def _add_list(parser):
  parser.add_argument("checkpoint", metavar="CKPT")
  parser.add_argument("--json", action="store_true", help="print JSON")
  parser.add_argument("--check", action="store_true",
                      help="also read every tensor, which verifies the data")


def _add_explain(parser):
  parser.usage = (f"{parser.prog} [options] CKPT SCRIPT [ARGS...]\n       "
                  f"{parser.prog} [options] CKPT GRAPH.meta")
  parser.add_argument("checkpoint", metavar="CKPT")
  parser.add_argument("--json", action="store_true", help="print JSON")
  parser.add_argument("--limit", type=int, metavar="N",
                      help="list at most N variables of each kind")
  parser.add_argument("--timeout", type=float, metavar="SECONDS",
                      default=600.0, help="how long SCRIPT may take to reach "
                      "its first Session.run (default %(default)g)")


def _add_convert(parser):
  parser.add_argument("checkpoint", metavar="CKPT")
  parser.add_argument("output", metavar="OUT",
                      help="prefix of the new checkpoint")
  parser.add_argument(
      "--names", choices=("rows", "none"), default="rows",
      help="`rows` (default): replace names from older releases by 1.15's; "
      "`none`: keep them")
  parser.add_argument(
      "--rename", metavar="PATTERN=NEW", action="append", default=[],
      help="replace a regular expression in each key, before any other "
      "renaming; may be repeated")
  parser.add_argument(
      "--drop", metavar="PATTERN", action="append", default=[],
      help="first, leave out the keys that a regular expression matches as "
      "a whole, such as '.*/Adam(_1)?'; may be repeated")
  parser.add_argument(
      "--layout", metavar="NAME", action="append", default=[],
      help="apply a layout conversion; may be repeated; --list-layouts lists "
      "the conversions")
  parser.add_argument(
      "--option", metavar="NAME=VALUE", action="append", default=[],
      help="an option of the layout conversion; may be repeated")
  parser.add_argument(
      "--list-layouts", action=_ListLayouts, nargs=0,
      help="list the layout conversions, and exit")
  parser.add_argument(
      "--to-graph", metavar="GRAPH", help="write what this graph restores, "
      "under its names: a .meta, .pb or .pbtxt file, or a program")
  parser.add_argument("--only-graph", action="store_true",
                      help="leave out what the graph does not take")
  parser.add_argument("--allow-missing", action="store_true",
                      help="continue if keys of the graph are missing")
  parser.add_argument("--overwrite", action="store_true",
                      help="replace the checkpoint OUT")
  parser.add_argument("--dry-run", action="store_true",
                      help="show what would be written, and write nothing")
  parser.add_argument("--json", action="store_true", help="print JSON")


class _ListLayouts(argparse.Action):

  def __call__(self, parser, namespace, values, option_string=None):
    from tfcompat_rnn.checkpoints import layouts
    print("\n".join(layouts.describe()))
    parser.exit()


def split(words, parser):
  """After `explain CKPT`, everything from SCRIPT on is the program's."""
  if words[:1] == ["export"]:
    load_quietly()
    from tfcompat_rnn.checkpoints import export
    export.add_arguments(parser.export_parser)
  if words[:1] != ["explain"]:
    return words, []
  at, seen = 1, 0
  while at < len(words):
    if words[at].startswith("-") and words[at] != "-" and seen == 0:
      at += 2 if words[at] in _VALUE_OPTIONS else 1
      continue
    if seen == 1:
      return words[:at], words[at:]
    at, seen = at + 1, seen + 1
  return words, []


def load_quietly():
  """Imports TensorFlow without its startup messages."""
  from tfcompat_rnn import _patching
  from tfcompat_rnn.launcher import startup_messages
  if startup_messages.LEVEL_VARIABLE in os.environ:
    return  # the user has chosen which messages to see
  patches = _patching.Stack()  # never closed: lasts as long as the process
  startup_messages.silence(patches)
  with startup_messages.quiet_stderr():
    from tfcompat_rnn._tf import tf
  startup_messages.watch_first_session(patches, tf)


def execute(arguments):
  """Performs the action and returns the exit code."""
  load_quietly()
  try:
    return {"list": _list, "explain": _explain, "convert": _convert,
            "export": _export}[arguments.action](arguments)
  except _errors.LauncherError:
    raise
  except _errors.TfcompatError as error:
    _terminal.complain(error)
    return 2


def _list(arguments):
  from tfcompat_rnn.checkpoints import listing
  from tfcompat_rnn.checkpoints import reading
  checkpoint = reading.open_checkpoint(arguments.checkpoint)
  if arguments.check:
    for key in checkpoint:
      checkpoint[key]  # raises if its data are damaged
  if arguments.json:
    print(json.dumps(listing.as_data(checkpoint), indent=1))
  else:
    print("\n".join(listing.lines(checkpoint, arguments.check)))
  return 0


def _explain(arguments):
  from tfcompat_rnn.checkpoints import explain
  from tfcompat_rnn.checkpoints import reading
  if not arguments.rest:
    arguments.parser.error("name the SCRIPT, or the GRAPH.meta, after CKPT")
  checkpoint = reading.open_checkpoint(arguments.checkpoint)
  from tfcompat_rnn.cli import _graphs
  graph, keys = _graphs.find(arguments.rest, arguments.timeout)
  explanation = explain.explain(keys, checkpoint, graph)
  if arguments.json:
    print(json.dumps(explanation.as_data(), indent=1))
  else:
    print("\n".join(explanation.lines(arguments.limit)))
  return 0 if explanation.complete else 1


def _convert(arguments):
  from tfcompat_rnn.checkpoints import converting
  keys = None
  if arguments.to_graph is not None:
    from tfcompat_rnn.cli import _graphs
    _, keys = _graphs.find(_words(arguments.to_graph, arguments.parser))
  elif arguments.only_graph or arguments.allow_missing:
    arguments.parser.error("--only-graph and --allow-missing must be used "
                           "with --to-graph")
  if arguments.option and not arguments.layout:
    arguments.parser.error("--option must be used with --layout")
  converted = converting.convert_checkpoint(
      arguments.checkpoint, arguments.output, arguments.overwrite,
      arguments.dry_run, names=arguments.names == "rows",
      drops=arguments.drop,
      renames=[_pair(text, arguments.parser) for text in arguments.rename],
      layout=[(name, arguments.option) for name in arguments.layout],
      wanted=keys, only_graph=arguments.only_graph,
      allow_missing=arguments.allow_missing)
  if arguments.json:
    print(json.dumps({
        "output": arguments.output, "written": not arguments.dry_run,
        "changes": [change._asdict() for change in converted.changes],
        "kept": converted.kept}, indent=1))
    return 0
  print("\n".join(converted.lines()))
  print(f"{'would write' if arguments.dry_run else 'wrote'} "
        f"{arguments.output} ({len(converted.tensors)} keys)")
  return 0


def _words(text, parser):
  """The words of a command line, as a shell divides them."""
  try:
    words, trouble = shlex.split(text), "no word"
  except ValueError as error:
    words, trouble = [], error
  if not words or not words[0]:
    parser.error(f"--to-graph must be a file, or a program with its "
                 f"arguments, got {text!r} ({trouble})")
  return words


def _pair(text, parser):
  old, mark, new = text.partition("=")
  if not mark or not old:
    parser.error(f"--rename must be PATTERN=NEW, got {text!r}")
  return old, new


def _export(arguments):
  from tfcompat_rnn.checkpoints import export
  from tfcompat_rnn.cli import _check_cells
  return export.execute(arguments, _check_cells.run_cells)
