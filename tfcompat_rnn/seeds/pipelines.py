"""tf.data: what an iterator adds after its dataset, and resampling."""

from tfcompat_rnn import _opcount
from tfcompat_rnn._tf import tf
from tfcompat_rnn.seeds import Restored


def _make_initializable_iterator(original):
  def make(self, shared_name=None):
    # 1.15 added a constant and two datasets after it, which optimized and
    # tuned the pipeline; in TensorFlow 2 the runtime does that.
    _opcount.compensate(3)
    return original(self, shared_name)
  return make


def _rejection_resample(original):
  def rejection_resample(self, class_func, target_dist, initial_dist=None,
                         *args, **kwargs):
    if initial_dist is not None:
      # 1.15 computed the classes in a dataset of their own at first; today's
      # does so only to estimate the initial distribution.
      _opcount.compensate(1)
    return original(self, class_func, target_dist, initial_dist, *args,
                    **kwargs)
  return rejection_resample


def _map(original):
  def mapped(self, map_func, num_parallel_calls=None, *args, **kwargs):
    if (tf.is_tensor(num_parallel_calls)
        and num_parallel_calls.dtype == tf.int32):
      # What 1.15's operation took; it refused int64.
      num_parallel_calls = tf.cast(num_parallel_calls, tf.int64)
      _opcount.compensate(-1)
    return original(self, map_func, num_parallel_calls, *args, **kwargs)
  return mapped


_MAP_WHY = "num_parallel_calls as an int32 tensor, which today's refuses"

ROWS = [
    Restored("dataset_ops:DatasetV1.map", _map, _MAP_WHY),
    Restored("dataset_ops:DatasetV1.map_with_legacy_function", _map,
             _MAP_WHY),
    Restored("dataset_ops:DatasetV2.rejection_resample", _rejection_resample,
             "today's maps the dataset once less"),
    Restored("dataset_ops:DatasetV1._make_initializable_iterator",
             _make_initializable_iterator,
             "1.15 added OptimizeDataset and ModelDataset"),
]
