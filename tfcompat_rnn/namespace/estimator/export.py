"""`tf.contrib.estimator`'s functions for saved models."""


def export_saved_model_for_mode(estimator, export_dir_base, input_receiver_fn,
                                assets_extra=None, as_text=False,
                                checkpoint_path=None, mode="infer"):
  """Writes a SavedModel of one mode; returns the path of its folder.

  TF 1.15: `tf.contrib.estimator.export_saved_model_for_mode`.
  """
  return estimator.export_saved_model(
      export_dir_base, input_receiver_fn, assets_extra=assets_extra,
      as_text=as_text, checkpoint_path=checkpoint_path,
      experimental_mode=mode)


def export_all_saved_models(estimator, export_dir_base, input_receiver_fn_map,
                            assets_extra=None, as_text=False,
                            checkpoint_path=None):
  """Writes one SavedModel with a graph for each mode of the dictionary.

  TF 1.15: `tf.contrib.estimator.export_all_saved_models`.
  """
  return estimator.experimental_export_all_saved_models(
      export_dir_base, input_receiver_fn_map, assets_extra=assets_extra,
      as_text=as_text, checkpoint_path=checkpoint_path)
