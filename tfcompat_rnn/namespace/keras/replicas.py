"""`tf.keras.utils.multi_gpu_model`: one model on the GPUs of one machine."""

from tfcompat_rnn._errors import ArgumentError
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.keras import loading

_CPU = "/cpu:0"


def _devices(keras):
  """The short names of what the session can use: "/cpu:0", "/gpu:0"."""
  names = (device.name for device in keras.backend.get_session().list_devices())
  return ["/" + ":".join(name.lower().rsplit(":", 2)[-2:]) for name in names]


def _part(batch, place, parts):
  """Part `place` of `batch`; the last part gets the rows that are left."""
  rows = tf.shape(batch)[0] // parts
  return batch[rows * place:] if place == parts - 1 else (
      batch[rows * place:rows * (place + 1)])


def _unique(names):
  """`names`, those that occur more than once with a number each."""
  seen, found = {}, []
  for name in names:
    seen[name] = seen.get(name, 0) + 1
    found.append(f"{name}_{seen[name]}" if names.count(name) > 1 else name)
  return found


def multi_gpu_model(model, gpus, cpu_merge=True, cpu_relocation=False):
  """A model that splits each batch among GPUs, which share its weights.

  Example: `parallel = tf.keras.utils.multi_gpu_model(model, gpus=2)`

  `gpus` is how many GPUs to use, or a list of their numbers. The outputs are
  put together on the CPU, with `cpu_merge=False` on the first GPU.
  `cpu_relocation` makes the variables on the CPU, in a copy of the model.

  Raises ValueError for fewer than two GPUs, and for GPUs that this machine
  does not have.

  TF 1.15: `tf.keras.utils.multi_gpu_model`.
  """
  keras = loading.api()
  chosen = gpus if isinstance(gpus, (list, tuple)) else range(gpus)
  if len(chosen) <= 1:
    raise ArgumentError(problem(
        "gpus", "name at least two GPUs", gpus,
        "train the model as it is on a single one"))
  wanted = [_CPU, *(f"/gpu:{number}" for number in chosen)]
  found = _devices(keras)
  if not set(wanted) <= set(found):
    raise ArgumentError(problem(
        "gpus", f"name devices of this machine, which are {found}",
        f"{gpus}, for which it needs {wanted}", "pass fewer GPUs"))
  if cpu_relocation:
    with tf.device(_CPU):
      model = keras.models.clone_model(model)
  outputs = []
  for place, number in enumerate(chosen):
    with tf.device(f"/gpu:{number}"), tf.name_scope(f"replica_{number}"):
      parts = [
          keras.layers.Lambda(_part, arguments={
              "place": place, "parts": len(chosen)})(one)
          for one in model.inputs]
      results = model(parts if len(parts) > 1 else parts[0])
      outputs.append(results if isinstance(results, list) else [results])
  with tf.device(_CPU if cpu_merge else wanted[1]):
    merged = [
        keras.layers.concatenate(list(parts), axis=0, name=name)
        for name, parts in zip(_unique(model.output_names), zip(*outputs))]
  return keras.Model(model.inputs, merged)
