"""The embeddings of `tf.contrib.layers` that tf-slim does not have."""

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.contrib import clone


def _embedding_variable(shape, initializer, regularizer, trainable):
  return clone.load("ops.variables").model_variable(
      "embeddings", shape=shape, initializer=initializer,
      regularizer=regularizer, trainable=trainable)


def _require_sizes(vocab_size, embed_dim, when=""):
  if not (vocab_size and embed_dim):
    raise _errors.ArgumentError(_errors.problem(
        "vocab_size and embed_dim", f"both be given{when}",
        f"vocab_size={vocab_size}, embed_dim={embed_dim}",
        f"pass both{', or reuse=True and an older scope' if when else ''}"))


def embedding_lookup_unique(params, ids, partition_strategy="mod", name=None):
  """`tf.nn.embedding_lookup` that looks up each distinct id once.

  >>> rows = embedding_lookup_unique(table, [[1, 2], [1, 1]])  # [2, 2, depth]

  `params` is a table `[vocabulary, ...]` or a list of its parts, `ids` an
  int32 or int64 tensor of any shape; the result has the shape of `ids`
  followed by the table's inner dimensions.

  TF 1.15: `tf.contrib.layers.embedding_lookup_unique`.
  """
  with tf.name_scope(name, "EmbeddingLookupUnique", [params, ids]):
    ids = tf.convert_to_tensor(ids)
    shape = tf.shape(ids)
    distinct, places = tf.unique(
        tf.reshape(ids, tf.reduce_prod(shape, keepdims=True)))
    rows = tf.nn.embedding_lookup(params, distinct, partition_strategy)
    found = tf.gather(rows, places)
    found = tf.reshape(found, tf.concat([shape, tf.shape(found)[1:]], 0))
    found.set_shape(ids.shape.concatenate(rows.shape[1:]))
    return found


def safe_embedding_lookup_sparse(
    embedding_weights, sparse_ids, sparse_weights=None, combiner=None,
    default_id=None, name=None, partition_strategy="div", max_norm=None):
  """Combined embeddings of sparse ids; empty rows and invalid ids are allowed.

  >>> rows = safe_embedding_lookup_sparse([table], sparse_ids)

  Negative ids and (unless `combiner` is "sum") entries without a positive
  weight are left out; a row without entries gets the embedding of
  `default_id`, or zeros. `combiner` is "mean" (the default), "sum" or "sqrtn".

  TF 1.15: `tf.contrib.layers.safe_embedding_lookup_sparse`, now
  `tf.nn.safe_embedding_lookup_sparse`.
  """
  if combiner is None:
    tf.logging.warn(
        "safe_embedding_lookup_sparse: combiner is None, using \"mean\"")
    combiner = "mean"
  return tf.nn.safe_embedding_lookup_sparse(
      embedding_weights, sparse_ids, sparse_weights, combiner=combiner,
      default_id=default_id, name=name, partition_strategy=partition_strategy,
      max_norm=max_norm)


def embed_sequence(ids, vocab_size=None, embed_dim=None, unique=False,
                   initializer=None, regularizer=None, trainable=True,
                   scope=None, reuse=None):
  """Looks up `ids` in an embedding table that it creates or reuses.

  >>> x = tf.contrib.layers.embed_sequence(ids, vocab_size=100, embed_dim=8)

  `ids` `[batch, time]` int32 or int64 -> `[batch, time, embed_dim]`. The
  table is the model variable `EmbedSequence/embeddings`
  `[vocab_size, embed_dim]` (or `<scope>/embeddings`).

  Raises ArgumentError if `reuse` is not set and a size is missing.

  TF 1.15: `tf.contrib.layers.embed_sequence`.
  """
  if not reuse:
    _require_sizes(vocab_size, embed_dim, " unless reuse is set")
  with tf.variable_scope(scope, "EmbedSequence", [ids], reuse=reuse):
    known = embed_dim is not None and not (reuse and vocab_size is None)
    table = _embedding_variable(
        [vocab_size, embed_dim] if known else None, initializer, regularizer,
        trainable)
    look_up = embedding_lookup_unique if unique else tf.nn.embedding_lookup
    return look_up(table, ids)


def bow_encoder(ids, vocab_size, embed_dim, sparse_lookup=True,
                initializer=None, regularizer=None, trainable=True,
                scope=None, reuse=None):
  """The mean embedding of each row of `ids` (a bag of words).

  >>> x = tf.contrib.layers.bow_encoder(ids, vocab_size=100, embed_dim=8)

  `ids` `[batch, length]`, dense or sparse -> `[batch, embed_dim]`. With
  `sparse_lookup` a zero in dense `ids` counts as padding; an empty row gets
  the embedding of id 0. Variable `bow_encoder/embeddings`.

  Raises ArgumentError if a size is missing, ArgumentTypeError for sparse ids
  with `sparse_lookup=False`.

  TF 1.15: `tf.contrib.layers.bow_encoder`.
  """
  _require_sizes(vocab_size, embed_dim)
  is_sparse = isinstance(ids, tf.SparseTensor)
  if is_sparse and not sparse_lookup:
    raise _errors.ArgumentTypeError(_errors.problem(
        "ids", "be a dense tensor with sparse_lookup=False", ids,
        "tf.sparse_tensor_to_dense(ids), or sparse_lookup=True"))
  with tf.variable_scope(scope, "bow_encoder", [ids], reuse=reuse):
    table = _embedding_variable([vocab_size, embed_dim], initializer,
                                regularizer, trainable)
    if not sparse_lookup:
      return tf.reduce_mean(tf.nn.embedding_lookup(table, ids), axis=1)
    if not is_sparse:
      ids = clone.load("layers.sparse_ops").dense_to_sparse_tensor(ids)
    return safe_embedding_lookup_sparse(
        [table], ids, combiner="mean", default_id=0)
