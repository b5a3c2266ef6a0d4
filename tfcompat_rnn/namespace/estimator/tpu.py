"""What `tf.estimator.tpu` had for TPUs only."""

from tfcompat_rnn import _errors


class EmbeddingConfigSpec:
  """Refused. TF 1.15: `tf.estimator.tpu.experimental.EmbeddingConfigSpec`."""

  def __init__(self, *args, **kwargs):
    raise _errors.RefusedError(
        "EmbeddingConfigSpec: embedding tables on a TPU are not supported; use "
        "tf.nn.embedding_lookup, and TPUEstimator with use_tpu=False")
