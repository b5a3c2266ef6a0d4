"""`tf.contrib.saved_model`."""

from tfcompat_rnn.namespace.tables import Gap
from tfcompat_rnn.namespace.tables import Row

_OURS = "tfcompat_rnn.namespace.estimator.saved_model"
_PATH = "contrib.saved_model.python.saved_model"

ROWS = [
    *(Row(f"{_PATH}.reader.{name}", f"{_OURS}:{name}")
      for name in ("get_saved_model_tag_sets", "read_saved_model")),
    # Of TensorFlow 1.4 to 1.12.
    Row("contrib.saved_model.get_signature_def_by_key",
        f"{_OURS}:get_signature_def_by_key"),
]

GAPS = [
    Gap(old, "this format of saved Keras models was experimental and is gone",
        'use model.save(path, save_format="tf"), and '
        "tf.keras.models.load_model(path) to load it")
    for old in ("contrib.saved_model.load_keras_model",
                "contrib.saved_model.save_keras_model",
                f"{_PATH}.keras_saved_model.*")
]
