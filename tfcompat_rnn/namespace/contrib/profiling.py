"""`tf.contrib.tfprof.model_analyzer`, implemented with `tf.profiler`."""

from tfcompat_rnn._tf import private
from tfcompat_rnn._tf import tf

_COMMON = {
    "max_depth": 10000, "min_bytes": 0, "min_micros": 0, "min_params": 0,
    "min_float_ops": 0, "order_by": "name", "account_type_regexes": [".*"],
    "start_name_regexes": [".*"], "trim_name_regexes": [],
    "show_name_regexes": [".*"], "hide_name_regexes": [],
    "account_displayed_op_only": True, "output": "stdout",
    "dump_to_file": "",
}
TRAINABLE_VARS_PARAMS_STAT_OPTIONS = {
    **_COMMON, "account_type_regexes": ["_trainable_variables"],
    "select": ["params"]}
FLOAT_OPS_OPTIONS = {
    **_COMMON, "min_float_ops": 1, "order_by": "float_ops",
    "select": ["float_ops"]}
PRINT_ALL_TIMING_MEMORY = {
    **_COMMON, "min_bytes": 1, "min_micros": 1,
    "select": ["micros", "bytes"]}

ALL_ADVICE = private("profiler").ALL_ADVICE
Profiler = tf.profiler.Profiler


def print_model_analysis(graph, run_meta=None, op_log=None,
                         tfprof_cmd="scope", tfprof_options=None):
  """Prints statistics of `graph`; returns them as a protocol buffer.

  >>> stats = print_model_analysis(tf.get_default_graph())
  >>> stats.total_parameters

  `tfprof_cmd` is "scope", "graph", "op" or "code"; `tfprof_options` is
  one of the dictionaries above, or None for TensorFlow's defaults.

  TF 1.15: `tf.contrib.tfprof.model_analyzer.print_model_analysis`.
  """
  if not tfprof_options:
    return tf.profiler.profile(graph, run_meta, op_log, tfprof_cmd)
  return tf.profiler.profile(graph, run_meta, op_log, tfprof_cmd,
                             tfprof_options)


def advise(graph, run_meta=None, tfprof_options=None):
  """Automatic advice on the graph's performance.

  TF 1.15: `tf.contrib.tfprof.model_analyzer.advise`.
  """
  if not tfprof_options:
    return tf.profiler.advise(graph, run_meta)
  return tf.profiler.advise(graph, run_meta, tfprof_options)
