"""tf.data: what an iterator adds after its dataset."""

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


def _enumerate(original):
  def enumerate_(self, *args, **kwargs):
    graph = tf.get_default_graph()
    before = graph.num_operations()
    result = original(self, *args, **kwargs)
    rewrites = [op for op in graph.get_operations()[before:]
                if op.type == "RewriteDataset"]
    _opcount.compensate(-2 * len(rewrites), graph)
    return result
  return enumerate_


ROWS = [
    Restored("dataset_ops:DatasetV2.enumerate", _enumerate,
             "today's tells distribution strategies how to split it"),
    Restored("dataset_ops:DatasetV1._make_initializable_iterator",
             _make_initializable_iterator,
             "1.15 added OptimizeDataset and ModelDataset"),
]
