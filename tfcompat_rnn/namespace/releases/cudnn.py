"""`RNNParamsSaveable` of `tf.contrib.cudnn_rnn` in TensorFlow 1.0 to 1.3."""

from tfcompat_rnn import _errors
from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf

_builder = _tf.private("saver").BaseSaverBuilder


class RNNParamsSaveable(_builder.SaveableObject):
  """Saves an opaque vector as the weights and biases that it represents.

    model = tf.contrib.cudnn_rnn.CudnnLSTM(1, 16, 8)
    params = tf.Variable(tf.zeros([model.params_size()]), validate_shape=False)
    tf.add_to_collection(tf.GraphKeys.SAVEABLE_OBJECTS, RNNParamsSaveable(
        model.params_to_canonical, model.canonical_to_params, [params]))

  Args:
    params_to_canonical: `vector -> (weights, biases)`, lists of tensors. In a
      checkpoint they have the names of these tensors.
    canonical_to_params: `(weights, biases) -> ` the vector, or a tuple with a
      tensor for each variable.
    *param_variables: the variables, or one list of them; the first is what
      is saved. TensorFlow 1.2 took a list.
    name: the name of this object; in 1.1 it came before the variables, in 1.2
      after the list.

  Raises ArgumentTypeError for a call in the form of 1.3, which had the model
  as its first argument: its checkpoints hold other numbers.

  TF 1.0 to 1.3: `tf.contrib.cudnn_rnn.RNNParamsSaveable`. Later releases have
  `CudnnLSTMSaveable` and its relatives, whose checkpoints differ.
  """

  def __init__(self, params_to_canonical=None, canonical_to_params=None,
               *param_variables, name="params_canonical", **given):
    if hasattr(params_to_canonical, "params_to_canonical") or (
        {"cudnn_rnn", "base_variable_scope"} & set(given)):
      raise _errors.ArgumentTypeError(_errors.problem(
          "RNNParamsSaveable", "get the arguments of TensorFlow 1.0 to 1.2 "
          "(params_to_canonical, canonical_to_params, param_variables)",
          "cudnn_rnn, the first one of 1.3, which transformed what it saved",
          "use tf.contrib.cudnn_rnn.CudnnLSTMSaveable or its relatives"))
    if "param_variables" in given:
      param_variables += (given.pop("param_variables"),)
    if given or params_to_canonical is None or canonical_to_params is None or (
        not param_variables):
      raise _errors.ArgumentTypeError(_errors.problem(
          "RNNParamsSaveable", "get params_to_canonical, canonical_to_params "
          "and param_variables", ", ".join(given) or "fewer arguments",
          "give all three, and a name if wanted"))
    if isinstance(param_variables[0], str):
      name, *param_variables = param_variables
    if isinstance(param_variables[0], (list, tuple)):
      if len(param_variables) > 1:
        name = param_variables[1]
      param_variables = param_variables[0]
    self._variables = tuple(param_variables)
    self._canonical_to_params = canonical_to_params
    weights, biases = params_to_canonical(self._variables[0])
    self._weights = len(weights)
    specs = [_builder.SaveSpec(tensor, "", tensor.name)
             for tensor in (*weights, *biases)]
    # A Saver does not accept two saveables with the same operation, and it
    # already has the variable.
    super().__init__(tf.identity(self._variables[0]), specs, name)

  @property
  def optional_restore(self):
    """Whether it may be missing from a checkpoint: no."""
    return False

  def restore(self, restored_tensors, restored_shapes):
    """The operation that writes restored weights and biases to the vector."""
    del restored_shapes
    vectors = self._canonical_to_params(
        restored_tensors[:self._weights], restored_tensors[self._weights:])
    if not isinstance(vectors, (list, tuple)):
      vectors = (vectors,)
    return tf.group(*[
        tf.assign(variable, vector, validate_shape=False)
        for variable, vector in zip(self._variables, vectors)])
