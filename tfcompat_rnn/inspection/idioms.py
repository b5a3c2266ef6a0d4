"""What a program does that deserves a word besides the names it uses.

Each check takes a `Program` and yields `Finding`s. What is only likely says
so in its text.
"""

from __future__ import annotations

import ast
import re
import typing

from tfcompat_rnn import _private

# Kinds of findings, the most blocking first.
COMPILED = "compiled operations"
PYTHON2 = "Python 2"
RACE = "kept state"
REPEATED = "one cell several times"
GROWTH = "operations created in a loop"
DISTRIBUTED = "distribution"
ESTIMATORS = "estimators"
DEVICES = "hard-wired devices"
REMOVED = "removed by other libraries"
KINDS = (COMPILED, PYTHON2, RACE, REPEATED, GROWTH, DISTRIBUTED, ESTIMATORS,
         DEVICES, REMOVED)

_LOOPS = {"dynamic_rnn", "static_rnn", "rnn", "raw_rnn",
          "bidirectional_dynamic_rnn", "static_bidirectional_rnn"}
_VARIABLES = {"Variable", "get_variable", "get_local_variable"}
_ESTIMATORS = re.compile(
    r"(python\.)?estimator\.|contrib\.(estimator|tpu\.TPUEstimator)\b"
    r"|contrib\.learn\.(?!(python\.learn\.)?(datasets|preprocessing)\b)")
_SERVERS = re.compile(
    r"train\.(Server|ClusterSpec|ClusterDef|ServerDef"
    r"|replica_device_setter|SyncReplicasOptimizer)$")
_DISTRIBUTED = re.compile(
    r"(contrib\.)?distribute\.|contrib\.cluster_resolver\."
    r"|contrib\.all_reduce\.")
_DEVICE = re.compile(r"(/job:\w+)|/?(device:)?([cg]pu|tpu|xla_[cg]pu):?\d*",
                     re.IGNORECASE)
# Modules of TensorFlow whose functions create operations.
_OPERATIONS = re.compile(
    re.escape(_private.PRIVATE["python"].module)
    + r"\.ops\.(\w*_ops|nn_impl|variables|nn)\.")
# Functions in these modules that create none.
_NO_OPERATIONS = re.compile(
    r"\.(\w*(collection|scope|initializer|trainable_variables|dtype)\w*"
    r"|(global|local|model|moving_average|all)_variables|[A-Z]\w*"
    r"|NoGradient|no_regularizer)$")
_NEW_GRAPH = {"Graph", "reset_default_graph"}


class Finding(typing.NamedTuple):
  """One finding: its kind, its line (0: none), what it says."""
  kind: str
  line: int
  text: str


class Program(typing.NamedTuple):
  """What the checks look at.

  `nodes`: all nodes of its tree, walked once for all checks. `old`: {node: 1.x
  name without `tensorflow.`}; `place(old)` tells where a name is now.
  """
  nodes: list
  old: dict
  place: typing.Callable

  def called(self, node):
    """The 1.x name that the call `node` calls, or ""."""
    return self.old.get(node.func, "") if isinstance(node, ast.Call) else ""


def check(program):
  """All findings in `program`, in the order of the checks."""
  found = {}
  for one in (_compiled, _kept_state, _repeated, _growing, _named, _devices):
    for finding in one(program):
      found.setdefault((finding.kind, finding.line), finding)
  return list(found.values())


def _last(name):
  return name.rpartition(".")[2]


def _text(node):
  return ast.unparse(node)


def _compiled(program):
  for node in program.nodes:
    name = program.called(node)
    if _last(name) in ("load_op_library", "load_library",
                       "load_file_system_library"):
      yield Finding(COMPILED, node.lineno, (
          f"tf.{name} loads a compiled library; one that was built for "
          "TensorFlow 1.x does not load: build it again from its source "
          "against the installed TensorFlow (tf.sysconfig.get_compile_flags)"))


def _named(program):
  """Estimators and distribution: by the names that are used."""
  for kind, pattern, text in (
      (ESTIMATORS, _ESTIMATORS,
       "run by tensorflow-estimator; see docs/estimator.md"),
      (DISTRIBUTED, _SERVERS,
       "run as several processes, each by the launcher; see "
       "docs/distributed.md"),
      (DISTRIBUTED, _DISTRIBUTED,
       "made for several processes, devices or machines; whether they work "
       "together, only a run can tell")):
    lines = {}
    for node, name in program.old.items():
      if pattern.match(name):
        lines.setdefault(f"tf.{name}", node.lineno)
    if lines:
      yield Finding(kind, min(lines.values()),
                    f"{', '.join(sorted(lines))}: {text}")


def _devices(program):
  for node in program.nodes:
    if program.called(node) == "device" and node.args:
      value = node.args[0]
      if (isinstance(value, ast.Constant) and isinstance(value.value, str)
          and _DEVICE.fullmatch(value.value)):
        yield Finding(DEVICES, node.lineno, f"tf.device({value.value!r})")
    elif isinstance(node, ast.Assign) and any(
        "CUDA_VISIBLE_DEVICES" in _text(target) for target in node.targets
        if isinstance(target, ast.Subscript)):
      yield Finding(DEVICES, node.lineno,
                    f"{_text(node)} chooses which GPUs are seen")


# -- one cell several times


def _repeated(program):
  for node in program.nodes:
    if _last(program.called(node)) != "MultiRNNCell":
      continue
    arguments = [*node.args[:1], *(keyword.value for keyword in node.keywords
                                   if keyword.arg == "cells")]
    for argument in arguments:
      if _is_repeated(argument):
        yield Finding(REPEATED, node.lineno, (
            f"MultiRNNCell({_text(argument)}) has one cell in all layers: "
            "1.15 shared its weights or refused it, releases before 1.2 "
            "made separate layers; --repeated-cells=copy does as they did"))


def _is_repeated(node):
  if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult)):
    return False
  for side in (node.left, node.right):
    if isinstance(side, ast.List) and len(side.elts) == 1:
      return not isinstance(side.elts[0], ast.Constant)
  return False


# -- state kept in reference variables


def _kept_state(program):
  """A loop that starts from variables to which its final state is assigned."""
  if not any(_last(name) in _LOOPS for name in program.old.values()):
    return
  nodes = [node for node in program.nodes if isinstance(
      node, (ast.Assign, ast.Call, ast.For, ast.comprehension))]
  variables, states = set(), set()
  starts = {}
  for node in nodes:
    if not isinstance(node, ast.Assign):
      continue
    calls = [part for part in ast.walk(node.value)
             if isinstance(part, ast.Call)]
    if any(_last(program.called(call)) in _VARIABLES
           and not _is_true(call, "use_resource") for call in calls):
      variables |= _targets(node)
    for call in calls:
      if _last(program.called(call)) in _LOOPS:
        start = _argument(call, "initial_state")
        if start is not None and isinstance(node.targets[0], ast.Tuple):
          final = node.targets[0].elts[-1]
          states.add(_text(final))
          starts[_text(final)] = (start, call.lineno)
  if not states or not variables:
    return
  variables = _derived(nodes, variables)
  for node in nodes:
    if not isinstance(node, ast.Call):
      continue
    target, value = _assigned(program, node)
    if target is None or not _mentions(target, variables):
      continue
    for state in sorted(states):
      start, line = starts[state]
      if _mentions(value, _derived(nodes, {state})) and _mentions(
          start, variables):
        yield Finding(RACE, node.lineno, (
            f"the loop of line {line} starts from a variable, and its final "
            "state is assigned to it; if that runs with the gradients, "
            "those of 1.15 could be wrong (a race of reference variables); "
            "here they are right (--no-snapshot does as 1.15 did; "
            "docs/state.md)"))
        return


def _assigned(program, call):
  """(target, value) if `call` assigns to a variable, else (None, None)."""
  if (isinstance(call.func, ast.Attribute) and call.func.attr == "assign"
      and call.func not in program.old and call.args):
    return call.func.value, call.args[0]
  if program.called(call) == "assign" and len(call.args) >= 2:
    return call.args[0], call.args[1]
  return None, None


def _derived(nodes, names):
  """`names`, and the names to which something of them is assigned."""
  names = set(names)
  for _ in range(4):
    before = len(names)
    for node in nodes:
      if isinstance(node, ast.Assign) and _mentions(node.value, names):
        calls = [part for part in ast.walk(node.value)
                 if isinstance(part, ast.Call)]
        if not any(_mentions_argument(call, "initial_state")
                   for call in calls):
          names |= _targets(node)
      elif isinstance(node, (ast.For, ast.comprehension)) and _mentions(
          node.iter, names):
        names |= {_text(part) for part in ast.walk(node.target)
                  if isinstance(part, (ast.Name, ast.Attribute))}
    if len(names) == before:
      break
  return names


def _mentions_argument(call, name):
  return any(keyword.arg == name for keyword in call.keywords)


def _mentions(node, names):
  return any(isinstance(part, (ast.Name, ast.Attribute))
             and _text(part) in names for part in ast.walk(node))


def _targets(node):
  found = set()
  for target in node.targets:
    parts = target.elts if isinstance(target, ast.Tuple) else [target]
    found |= {_text(part) for part in parts
              if isinstance(part, (ast.Name, ast.Attribute))}
  return found


def _argument(call, name):
  return next((keyword.value for keyword in call.keywords
               if keyword.arg == name), None)


def _is_true(call, name):
  value = _argument(call, name)
  return isinstance(value, ast.Constant) and value.value is True


# -- operations created during training


def _growing(program):
  for loop in program.nodes:
    if not isinstance(loop, (ast.For, ast.While)):
      continue
    calls = [node for node in _inside(loop) if isinstance(node, ast.Call)]
    if not any(_runs_session(node, program) for node in calls):
      continue
    if any(_last(program.called(node)) in _NEW_GRAPH for node in calls):
      continue
    for node in calls:
      name = program.called(node)
      if name and _creates(program, name):
        yield Finding(GROWTH, node.lineno, (
            f"tf.{name} in the loop of line {loop.lineno}, which also runs "
            "the session: it may create an operation in each step, as in "
            "1.15; tfcompat_rnn.report_graph_growth() counts them"))


def _inside(loop):
  """The nodes of a loop that run in each of its steps."""
  waiting = list(loop.body)
  while waiting:
    node = waiting.pop(0)
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef,
                         ast.Lambda)):
      continue
    yield node
    waiting += ast.iter_child_nodes(node)


def _runs_session(node, program):
  return isinstance(node.func, ast.Attribute) and (
      node.func not in program.old and (
          node.func.attr == "run" and "sess" in _text(node.func.value).lower()
          or node.func.attr == "eval" and not node.args
          and isinstance(node.func.value, (ast.Name, ast.Attribute))
          and any(keyword.arg in ("session", "feed_dict")
                  for keyword in node.keywords)))


def _creates(program, name):
  place = program.place(name)
  return bool(_OPERATIONS.match(place)) and not _NO_OPERATIONS.search(place)
