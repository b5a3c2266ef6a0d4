"""`tf.contrib.image`, `tf.contrib.summary`, `tf.contrib.cluster_resolver`."""

from tfcompat_rnn.namespace.tables import Gap
from tfcompat_rnn.namespace.tables import Module
from tfcompat_rnn.namespace.tables import Row

_IMAGE = "tfcompat_rnn.namespace.contrib.image"
_WARPS = "tfcompat_rnn.namespace.contrib.image_warps"
_OPS = "contrib.image.python.ops"
_IMAGE_NAMES = {
    "dense_image_warp": (_WARPS, "dense_image_warp"),
    "image_ops": (
        _IMAGE,
        "angles_to_projective_transforms", "compose_transforms",
        "flat_transforms_to_matrices", "matrices_to_flat_transforms",
        "rotate", "transform", "translate",
        "translations_to_projective_transforms"),
    "interpolate_spline": (_WARPS, "interpolate_spline"),
    "sparse_image_warp": (_WARPS, "sparse_image_warp"),
}
_SUMMARY = {
    "all_summary_ops": "all_v2_summary_ops",
    "flush": "legacy_raw_flush",
    "graph": "graph_v1",
    **{name: name for name in (
        "SummaryWriter", "always_record_summaries", "audio",
        "create_file_writer", "create_summary_file_writer", "eval_dir",
        "generic", "histogram", "image", "import_event",
        "initialize", "never_record_summaries",
        "record_summaries_every_n_global_steps", "scalar",
        "should_record_summaries", "summary_writer_initializer_op")},
}
_RESOLVERS = "tensorflow.compat.v1:distribute.cluster_resolver"
_RESOLVER_NAMES = {
    "cluster_resolver": {"ClusterResolver": "ClusterResolver",
                         "SimpleClusterResolver": "SimpleClusterResolver",
                         "UnionClusterResolver": "UnionResolver"},
    "gce_cluster_resolver": {"GCEClusterResolver": "GCEClusterResolver"},
    "kubernetes_cluster_resolver": {
        "KubernetesClusterResolver": "KubernetesClusterResolver"},
    "slurm_cluster_resolver": {
        "SlurmClusterResolver": "SlurmClusterResolver"},
    "tfconfig_cluster_resolver": {
        "TFConfigClusterResolver": "TFConfigClusterResolver"},
    "tpu_cluster_resolver": {"TPUClusterResolver": "TPUClusterResolver"},
}

MODULES = [
    Module("contrib.cluster_resolver"),
    Module("contrib.image"),
    Module("contrib.summary"),
]

ROWS = [
    *(Row(f"{prefix}.{name}", f"{ours}:{name}")
      for module, (ours, *names) in _IMAGE_NAMES.items()
      for prefix in ("contrib.image", f"{_OPS}.{module}")
      for name in names),
    *(Row(f"{prefix}.{old}", f"private.summary_ops_v2:{new}")
      for prefix in ("contrib.summary", "contrib.summary.summary")
      for old, new in _SUMMARY.items()),
    *(Row(f"contrib.cluster_resolver.{old}", f"{_RESOLVERS}.{new}")
      for names in _RESOLVER_NAMES.values() for old, new in names.items()),
    *(Row(f"contrib.cluster_resolver.python.training.{module}.{old}",
          f"{_RESOLVERS}.{new}")
      for module, names in _RESOLVER_NAMES.items()
      for old, new in names.items()),
]

GAPS = [
    Gap("contrib.image.*",
        "its ops were part of TensorFlow 1.15's contrib library",
        "use tf.image, or run this part under TensorFlow 1.15"),
    Gap("contrib.summary.*",
        "this part (such as writing to a database) is not supported",
        "use tf.contrib.summary.create_file_writer"),
]
