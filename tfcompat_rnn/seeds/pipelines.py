"""tf.data: what an iterator adds after its dataset, and resampling."""

from tfcompat_rnn import _opcount
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


ROWS = [
    Restored("dataset_ops:DatasetV2.rejection_resample", _rejection_resample,
             "today's maps the dataset once less"),
    Restored("dataset_ops:DatasetV1._make_initializable_iterator",
             _make_initializable_iterator,
             "1.15 added OptimizeDataset and ModelDataset"),
]
