"""`tf.contrib.predictor`: a graph, a session and names for feeding it."""

import operator

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.contrib.learn import exporting
from tfcompat_rnn.namespace.estimator import loading
from tfcompat_rnn.namespace.estimator import saved_model

DEFAULT_TAGS = "serve"
_DEFAULT_KEY = tf.saved_model.signature_constants \
    .DEFAULT_SERVING_SIGNATURE_DEF_KEY


class Predictor:
  """Computes named outputs from named inputs.

  >>> predict = tf.contrib.predictor.from_saved_model("exported/1234")
  >>> predict({"tokens": [[3, 1, 2]]})["probabilities"]

  Calling it raises `ValueError` for an input that it does not have.
  TF 1.15: `tensorflow.contrib.predictor.predictor.Predictor`.
  """

  _graph = _session = None
  _feed_tensors = _fetch_tensors = {}

  graph, session, feed_tensors, fetch_tensors = (
      property(operator.attrgetter(name)) for name in (
          "_graph", "_session", "_feed_tensors", "_fetch_tensors"))

  def __repr__(self):
    return (f"{type(self).__name__} with feed tensors {self.feed_tensors} "
            f"and fetch_tensors {self.fetch_tensors}")

  def __call__(self, input_dict):
    unexpected = set(input_dict) - set(self.feed_tensors)
    if unexpected:
      raise _errors.ArgumentError(_errors.problem(
          "input_dict", f"have keys of {list(self.feed_tensors)}",
          list(unexpected), "leave the others out"))
    feed = {tensor: input_dict[name]
            for name, tensor in self.feed_tensors.items()
            if input_dict.get(name) is not None}
    return self.session.run(fetches=self.fetch_tensors, feed_dict=feed)

  def _connect(self, inputs, outputs):
    """`inputs` and `outputs`: the name of a tensor by the name of a value."""
    self._feed_tensors, self._fetch_tensors = (
        {key: self.graph.get_tensor_by_name(name)
         for key, name in names.items()} for names in (inputs, outputs))


def _tensors(info):
  return {name: value.name for name, value in info.items()}


def _signature(key, export_dir, tags):
  """The `SignatureDef` of a saved model; `key` None is the default one."""
  key = key or _DEFAULT_KEY
  found = saved_model.get_meta_graph_def(export_dir, tags).signature_def
  if key in found:
    return found[key]
  # tf.contrib.learn's estimators wrote them under such names.
  other = f"default_input_alternative:{key}"
  if other not in found:
    raise _errors.ArgumentError(_errors.problem(
        "signature_def_key", f"be one of {list(found)}", repr(key),
        "pass one of them"))
  tf.logging.warning("Takes the signature %r: the saved model has no %r.",
                     other, key)
  return found[other]


class SavedModelPredictor(Predictor):
  """A predictor for a saved model; see `from_saved_model`."""

  def __init__(self, export_dir, signature_def_key=None, signature_def=None,
               input_names=None, output_names=None, tags=None, graph=None,
               config=None):
    if (input_names is None) != (output_names is None):
      raise _errors.ArgumentError(_errors.problem(
          "input_names", "come with `output_names`", "one of them",
          "pass both or neither"))
    if [signature_def_key, signature_def, input_names].count(None) < 2:
      raise _errors.ArgumentError(_errors.problem(
          "signature_def_key", "be the only choice of inputs and outputs",
          "`signature_def` or `input_names` too", "pass one of the three"))
    tags = tags or DEFAULT_TAGS
    self._graph = graph or tf.Graph()
    with self._graph.as_default():
      self._session = tf.Session(config=config)
      tf.saved_model.loader.load(self._session, tags.split(","), export_dir)
    names = input_names, output_names
    if input_names is None:
      chosen = signature_def
      if chosen is None:
        chosen = _signature(signature_def_key, export_dir, tags)
      names = map(_tensors, (chosen.inputs, chosen.outputs))
    self._connect(*names)


class CoreEstimatorPredictor(Predictor):
  """A predictor for an estimator's last checkpoint; see `from_estimator`."""

  def __init__(self, estimator, serving_input_receiver_fn, output_key=None,
               graph=None, config=None):
    self._graph = graph or tf.Graph()
    with self._graph.as_default():
      receiver = serving_input_receiver_fn()
      spec = estimator.model_fn(receiver.features, None, "infer",
                                estimator.config)
      key = output_key or _DEFAULT_KEY
      if spec.export_outputs.get(key) is None:
        raise _errors.UnknownNameError(_errors.problem(
            "output_key", f"be one of {list(spec.export_outputs)}",
            repr(key), "pass one of them"))
      signature = spec.export_outputs[key].as_signature_def(
          receiver.receiver_tensors)
      self._session = tf.train.MonitoredSession(
          session_creator=tf.train.ChiefSessionCreator(
              config=config, checkpoint_dir=estimator.model_dir))
    self._connect(_tensors(signature.inputs), _tensors(signature.outputs))


class ContribEstimatorPredictor(Predictor):
  """A predictor for a `tf.contrib.learn.Estimator`."""

  def __init__(self, estimator, prediction_input_fn,
               input_alternative_key=None, output_alternative_key=None,
               graph=None, config=None):
    self._graph = graph or tf.Graph()
    with self._graph.as_default():
      given = prediction_input_fn()
      predicted = exporting.predict_ops(estimator, given.features)
      self._session = tf.train.MonitoredSession(
          session_creator=tf.train.ChiefSessionCreator(
              config=config,
              checkpoint_filename_with_path=tf.train.latest_checkpoint(
                  estimator.model_dir)))
    inputs, outputs, default = exporting.alternatives(
        given, predicted, output_alternative_key)
    self._feed_tensors = inputs[
        input_alternative_key or exporting.DEFAULT_INPUT]
    _, self._fetch_tensors = outputs[default]


def from_contrib_estimator(estimator, prediction_input_fn,
                           input_alternative_key=None,
                           output_alternative_key=None, graph=None,
                           config=None):
  """A predictor for the last checkpoint of a `tf.contrib.learn.Estimator`.

  `prediction_input_fn` returns an `InputFnOps`. Raises `TypeError` for a
  `tf.estimator.Estimator`, and `ValueError` if the model has no such outputs.
  TF 1.15: `tf.contrib.predictor.from_contrib_estimator`.
  """
  core = loading.module("python.estimator.estimator")
  if isinstance(estimator, core.Estimator):
    raise TypeError(
        "Expected estimator to be of type tf.contrib.learn.Estimator, but got "
        "type tf.python.estimator.Estimator. You likely want to call "
        "from_estimator.")
  return ContribEstimatorPredictor(
      estimator, prediction_input_fn,
      input_alternative_key=input_alternative_key,
      output_alternative_key=output_alternative_key, graph=graph,
      config=config)


def from_saved_model(export_dir, signature_def_key=None, signature_def=None,
                     input_names=None, output_names=None, tags=None,
                     graph=None, config=None):
  """A predictor for the saved model in the folder `export_dir`.

  Its inputs and outputs are those of a signature, or the tensors that
  `input_names` and `output_names` name. Raises `ValueError` if several of
  these are given, or if there is no such signature or tag.
  TF 1.15: `tf.contrib.predictor.from_saved_model`.
  """
  return SavedModelPredictor(
      export_dir, signature_def_key=signature_def_key,
      signature_def=signature_def, input_names=input_names,
      output_names=output_names, tags=tags, graph=graph, config=config)


def from_estimator(estimator, serving_input_receiver_fn, output_key=None,
                   graph=None, config=None):
  """A predictor for the last checkpoint of a `tf.estimator.Estimator`.

  Raises `KeyError` if the model has no such `output_key`.
  TF 1.15: `tf.contrib.predictor.from_estimator`.
  """
  return CoreEstimatorPredictor(
      estimator, serving_input_receiver_fn, output_key=output_key,
      graph=graph, config=config)
