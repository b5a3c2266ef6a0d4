"""Runs what a case built, for cases that bring their own inputs.

Runs unchanged on Python 3.7 with TensorFlow 1.15 and on ours.
"""

from oracle import graphs


def record(tf, result, by, feed=None):
  """Facts about `result`, a nest of tensors of the default graph.

  Its values, and the gradients of half their squared sum by all trainable
  variables and the tensors in `by`. A gradient that is None counts as zero.
  """
  ops = graphs.edges(tf.get_default_graph())
  leaves = graphs.leaves(result)
  loss = tf.add_n([tf.reduce_sum(leaf ** 2) / 2 for leaf in leaves])
  variables = tf.trainable_variables()
  slopes = tf.gradients(loss, list(variables) + list(by))
  slopes = [tf.constant(0.0) if slope is None else tf.convert_to_tensor(slope)
            for slope in slopes]
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    values, slopes = session.run([leaves, slopes], feed)
  return {
      "ops": graphs.shorten_edges(ops),
      "names": [leaf.name for leaf in leaves],
      "shapes": [leaf.shape.as_list() for leaf in leaves],
      "variables": [[v.op.name, v.shape.as_list()] for v in variables],
      "values": [value.tolist() for value in values],
      "gradients": [slope.tolist() for slope in slopes],
  }
