"""Private paths of TensorFlow 1.0 to 1.14 that 1.15 no longer had."""

from tfcompat_rnn.namespace.releases.rows import Old

_RELEASES = "tfcompat_rnn.namespace.releases"
_TF = "tensorflow.compat.v1"

_FFT = tuple(f"{inverse}fft{rank}" for inverse in ("", "i")
             for rank in ("", "2d", "3d"))

ROWS = [
    Old("python.eager.context.in_graph_mode",
        f"{_RELEASES}.eager:in_graph_mode", "1.4", "1.6"),
    Old("python.eager.custom_gradient.custom_gradient",
        f"{_TF}:custom_gradient", "1.4", "1.6"),
    Old("python.layers.maxout.maxout", "tf_slim.layers:maxout", "1.4", "1.6",
        "inputs num_units axis name=scope"),
    Old("python.ops.data_flow_ops.initialize_all_tables",
        f"{_TF}:tables_initializer", "1.0", "1.1", "name"),
    Old("python.ops.data_flow_ops.tables_initializer",
        f"{_TF}:tables_initializer", "1.0", "1.1"),
    Old("python.ops.functional_ops.map_fn", f"{_TF}:map_fn", "0.8", "1.12"),
    *(Old(f"python.ops.{module}.{name}", f"{_TF}:{name}", first, last)
      for module, first, last in (
          ("math_ops", "0.8", "1.4"), ("standard_ops", "0.8", "1.4"),
          ("spectral_ops", "1.1", "1.12"))
      for name in _FFT),
    *(Old(f"python.ops.spectral_ops.{name}", f"{_TF}:signal.{name}", "1.1",
          "1.12")
      for name in ("rfft", "rfft2d", "rfft3d", "irfft", "irfft2d",
                   "irfft3d")),
    *(Old(f"python.summary.{module}.{name}", f"{_TF}:summary.{new}", "0.8",
          last)
      for module, last in (("summary_iterator", "1.4"),
                           ("writer.writer_cache", "0.12"))
      for name, new in (("SummaryWriter", "FileWriter"),
                        ("SummaryWriterCache", "FileWriterCache"))),
    Old("python.training.checkpointable.util.Checkpoint",
        f"{_TF}:train.Checkpoint", "1.9", "1.12"),
]
