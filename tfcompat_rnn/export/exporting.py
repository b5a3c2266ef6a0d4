"""`export_model`: a model from a session, or from a graph and a checkpoint."""

from __future__ import annotations

import typing

from tfcompat_rnn import _errors
from tfcompat_rnn import _typing as types
from tfcompat_rnn.export import building
from tfcompat_rnn.export import checking
from tfcompat_rnn.export import examples as drawn
from tfcompat_rnn.export import originals
from tfcompat_rnn.export import plans
from tfcompat_rnn.export import signatures as names
from tfcompat_rnn.export import sources
from tfcompat_rnn.export import usage
from tfcompat_rnn.export import writing


class Exported:
  """What `export_model` returns.

  Attributes:
    path: where the model is.
    difference: the greatest difference from the original graph, relative to
      the largest number of an output; None if nothing was compared.
    signatures: a list of lines: the signatures with shapes and dtypes.
    usage: a list of lines: a program that calls the model.
    random: names of random operations in it.
  """

  def __init__(self, path: str, difference: float | None,
               signatures: list[str], usage: list[str],
               random: list[str]) -> None:
    self.path = path
    self.difference = difference
    self.signatures = signatures
    self.usage = usage
    self.random = random

  def __repr__(self) -> str:
    return f"<Exported: {self.path}>"


def export_model(
    path: types.Path, session: types.Session,
    signatures: names.Signature | typing.Mapping[str, names.Signature],
    format: str = "saved_model",
    example: typing.Mapping[str, typing.Any] | None = None,
    check: bool = True, tolerance: float = checking.TOLERANCE) -> Exported:
  """Writes the model in `session` for programs without this package.

      signature = tfcompat_rnn.Signature(
          {"x": x}, {"logits": logits}, initial_state, final_state)
      tfcompat_rnn.export_model("models/char/1", session, signature)

      run = tf.saved_model.load("models/char/1").signatures["serving_default"]
      result = run(x=x, state_c=c, state_h=h)       # TensorFlow 2

  The state becomes inputs and outputs, the other variables stay variables (or
  constants, if the graph is frozen). Unless `check` is False, the model is
  called in a new process, which does not load this package, and compared with
  the original graph on inputs drawn with a seed, before it gets its name.

  Args:
    path: a folder that does not exist; for TensorFlow Serving its name is a
      number, such as "models/char/1". A file for other formats: "model.pb",
      "model.onnx".
    session: the session with the variables. Nothing is added to its graph.
    signatures: a `Signature`, or name -> `Signature` for several in one model.
    format: "saved_model", "frozen" (a GraphDef with constants), or "onnx",
      which needs the extra `onnx`.
    example: arrays for the comparison, name of an input -> array; drawn if
      None, and for signatures of one step.
    check: whether to compare.
    tolerance: the largest difference, relative to the largest number of an
      output if that is above 1.

  Returns:
    An `Exported`.

  Raises:
    ArgumentError: a tensor does not exist, a placeholder has no value, an input
      changes no output, the target exists, or a variable is not initialized.
    RefusedError: the graph has something that cannot be exported; it is named.
    ExportError: the exported model computes something else.
    ExportWriteError: it cannot be written.

  After an error, nothing is left. TF 1.15: `tf.saved_model.simple_save`.
  """
  return export(path, sources.of_session(session), signatures, format, example,
                check, tolerance)


def export(path, source, signatures, kind="saved_model", example=None,
           check=True, tolerance=checking.TOLERANCE):
  """`export_model` for a `Source`."""
  path = writing.check_target(path, kind)
  if isinstance(signatures, names.Signature):
    signatures = {names.DEFAULT: signatures}
  _errors.require(bool(signatures), "signatures", "be at least one", "none",
                  "pass a Signature")
  _errors.require(
      kind != "saved_model" or names.DEFAULT in signatures, "signatures",
      f"have one called {names.DEFAULT}, which servers call unless told "
      "otherwise", ", ".join(signatures), "rename one")
  for name in signatures:
    names.require_identifier("signatures", name)
  found = [plans.make(source, name, signature)
           for name, signature in signatures.items()]
  unknown = sorted(set(example or ()).difference(*[
      plan.inputs for plan in found]))
  _errors.require(
      not unknown, "example", "have names of inputs", ", ".join(unknown),
      "the inputs are " + ", ".join(sorted(set().union(*[
          plan.inputs for plan in found]))))
  weights = source.read(list(dict.fromkeys(
      name for plan in found for name in plan.weights)))
  specs, squeezed, fill, calls = {}, {}, {}, []
  for plan in found:
    with originals.Original(source, plan, weights) as original:
      squeezed[plan.name] = drawn.find_squeezed(original, plan)
      fill[plan.name] = drawn.find_fill(original)
      specs[plan.name] = drawn.one_step_specs(original, plan)
      if check:
        calls.append(_call(plan, original, example, squeezed[plan.name]))
  built = building.build(source, found, specs, weights, squeezed, fill)
  try:
    with writing.written(path, kind, built) as scratch:
      difference = None
      if check:
        difference, = checking.compare(
            [checking.Job(kind, scratch, calls)], tolerance)
    return Exported(
        path, difference, list(usage.describe(built)),
        list(usage.lines(kind, path, built)),
        sorted({name for plan in found for name in plan.random}))
  finally:
    built.session.close()


def _call(plan, original, example, squeezed):
  """A `Call` with what the original graph computes."""
  if plan.one_step:
    inputs, outputs = drawn.find(original, steps={
        key: (axis, 1) for key, axis in plan.one_step.items()})
  else:
    inputs, outputs = drawn.find(original, example)
  for key in plan.state:
    _errors.require(
        inputs[key].shape == outputs[key].shape
        and inputs[key].dtype == outputs[key].dtype, "final_state",
        "have the shapes and dtypes of the initial state",
        f"{key}: {outputs[key].dtype} {list(outputs[key].shape)} for "
        f"{inputs[key].dtype} {list(inputs[key].shape)}",
        "pass the state that the loop returned for `initial_state`")
  inputs = {key: array.squeeze(plan.one_step[key])
            if key in plan.one_step else array
            for key, array in inputs.items()}
  outputs = {key: value.squeeze(squeezed[key]) if key in squeezed else value
             for key, value in outputs.items()}
  return checking.Call(plan.name, inputs, outputs, plan.random)
