"""tf.data: what an iterator adds after its dataset, and resampling."""

import warnings

from tfcompat_rnn import _opcount
from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf
from tfcompat_rnn.seeds import Restored
from tfcompat_rnn.seeds import _shuffling

# What 1.15 switched on by default, and what only a program switched on.
_DEFAULTS = ("map_and_batch_fusion", "noop_elimination",
             "shuffle_and_repeat_fusion")
_ON_REQUEST = ("filter_fusion", "map_and_filter_fusion",
               "map_parallelization", "map_fusion", "parallel_batch")


def _optimizations(options):
  """Names of what 1.15 did to a dataset with these options."""
  chosen = options.experimental_optimization
  names = {name for name in _DEFAULTS + _ON_REQUEST
           if getattr(chosen, name, None)}
  if chosen.apply_default_optimizations is not False:
    names.update(name for name in _DEFAULTS
                 if getattr(chosen, name, None) is not False)
  if options.experimental_deterministic is False:
    names.add("make_sloppy")
  if options.experimental_slack:
    names.add("slack")
  return sorted(names)


def _add_optimizers(dataset):
  """Makes the operations with which 1.15 optimized and tuned a pipeline.

  Nothing reads them: the runtime of TensorFlow 2 does that by itself.
  """
  options = _options_of(dataset)
  structure = _tf.attribute(dataset, "DatasetV2._flat_structure")
  variant = _tf.attribute(dataset, "DatasetV2._variant_tensor")
  names = _optimizations(options)
  if names and not _shuffling.reads_reference(variant):
    variant = tf.raw_ops.OptimizeDataset(
        input_dataset=variant, name="OptimizeDataset",
        optimizations=tf.constant(names, tf.string, name="optimizations"),
        **structure)
  if options.autotune.enabled is not False:
    tf.raw_ops.ModelDataset(input_dataset=variant, name="ModelDataset",
                            **structure)


def _options_of(dataset):
  with warnings.catch_warnings():
    warnings.simplefilter("ignore")     # that a graph may hold other options
    return dataset.options()


def _is_fused(dataset):
  return "shuffle_and_repeat_fusion" in _optimizations(_options_of(dataset))


def _make_initializable_iterator(original):
  def make(self, shared_name=None):
    _add_optimizers(self)
    with _shuffling.dataset_in_order(self, _is_fused(self)):
      return original(self, shared_name)
  return make


def _make_one_shot_iterator(original):
  def make(self):
    with _shuffling.dataset_in_order(self, _is_fused(self)):
      return original(self)
  return make


def _make_initializer(original):
  def make_initializer(self, dataset, name=None):
    # 1.15 did not optimize a dataset here.
    with _shuffling.dataset_in_order(dataset, False):
      return original(self, dataset, name)
  return make_initializer


def _in_order(map_func):
  """`map_func`, whose datasets are optimized with the whole pipeline."""
  def in_order(*elements):
    dataset = map_func(*elements)
    if not hasattr(dataset, "element_spec"):
      return dataset         # the caller says what is wrong with it
    return tf.data.experimental.from_variant(
        _shuffling.in_order_of_1_15(
            tf.data.experimental.to_variant(dataset), True),
        dataset.element_spec)
  return in_order


def _with_function(original):
  return lambda self, map_func, *args, **kwargs: original(
      self, _in_order(map_func), *args, **kwargs)


def _parallel_interleave(original):
  def init(self, input_dataset, map_func, *args, **kwargs):
    original(self, input_dataset, _in_order(map_func), *args, **kwargs)
  return init


def _maybe_shuffle_and_repeat(original):
  def apply(dataset, num_epochs, shuffle, shuffle_buffer_size, shuffle_seed):
    if shuffle and num_epochs != 1:
      return dataset.apply(tf.data.experimental.shuffle_and_repeat(
          shuffle_buffer_size, num_epochs, shuffle_seed))
    return original(dataset, num_epochs, shuffle, shuffle_buffer_size,
                    shuffle_seed)
  return apply


def _apply_rewrite(original):
  del original
  # For distribution strategies of TensorFlow 2 alone.
  return lambda dataset, rewrite: dataset


def _with_options(original):
  def with_options(self, *args, **kwargs):
    # The options were no operation of the graph.
    with _opcount.uncounted():
      return original(self, *args, **kwargs)
  return with_options


def _rejection_resample(original):
  def rejection_resample(self, class_func, target_dist, initial_dist=None,
                         *args, **kwargs):
    if initial_dist is not None:
      # 1.15 computed the classes in a dataset of their own at first; today's
      # does so only to estimate the initial distribution.
      self.map(class_func)
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

def _from_compatible_tensor_list(original):
  del original

  def from_tensors(self, tensor_list):
    indices, values, shape = tf.raw_ops.DeserializeSparse(
        serialized_sparse=tensor_list[0], dtype=self.dtype)
    rank = self.shape.ndims
    indices.set_shape([None, rank])
    shape.set_shape([rank])
    return tf.SparseTensor(indices, values, shape)
  return from_tensors


ROWS = [
    Restored("sparse_tensor:SparseTensorSpec._from_compatible_tensor_list",
             _from_compatible_tensor_list,
             "today's states the sizes that are known of a sparse element"),
    Restored("dataset_ops:DatasetV1.map", _map, _MAP_WHY),
    Restored("dataset_ops:DatasetV1.map_with_legacy_function", _map,
             _MAP_WHY),
    Restored("dataset_ops:DatasetV2.rejection_resample", _rejection_resample,
             "today's maps the dataset once less"),
    Restored("dataset_ops:DatasetV1._make_initializable_iterator",
             _make_initializable_iterator,
             "1.15 added OptimizeDataset and ModelDataset"),
    Restored("dataset_ops:DatasetV1._make_one_shot_iterator",
             _make_one_shot_iterator,
             "1.15 made one dataset of shuffle and repeat"),
    Restored("iterator_ops:Iterator.make_initializer", _make_initializer,
             "shuffle_and_repeat drew from one generator"),
    Restored("dataset_ops:DatasetV1.flat_map", _with_function,
             "1.15 made one dataset of shuffle and repeat"),
    Restored("dataset_ops:DatasetV1.interleave", _with_function,
             "1.15 made one dataset of shuffle and repeat"),
    Restored("dataset_readers:ParallelInterleaveDataset.__init__",
             _parallel_interleave,
             "1.15 made one dataset of shuffle and repeat"),
    Restored("experimental_readers:_maybe_shuffle_and_repeat",
             _maybe_shuffle_and_repeat,
             "the readers of files made one dataset of shuffle and repeat"),
    Restored("dataset_ops:apply_rewrite|_apply_rewrite", _apply_rewrite,
             "today's rewrites the choices of choose_from_datasets"),
    Restored("dataset_ops:DatasetV1.with_options", _with_options,
             "options were no operation"),
]
