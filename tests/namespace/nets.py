"""The variables and end points of two networks of slim. Python 3.7 syntax."""


def describe(tf, nets):
  """{network: names of variables with shapes, end points, updates, losses}."""
  slim = tf.contrib.slim
  found = {}
  for name, scope, build, size in (
      ("inception_v3", nets.inception.inception_v3_arg_scope,
       nets.inception.inception_v3, 299),
      ("resnet_v2_50", nets.resnet_v2.resnet_arg_scope,
       nets.resnet_v2.resnet_v2_50, 64)):
    with tf.Graph().as_default():
      with slim.arg_scope(scope()):
        out, ends = build(tf.zeros([1, size, size, 3]), 10, is_training=True)
      found[name] = {
          "output": out.name, "ends": sorted(ends),
          "variables": ["%s %s" % (part.op.name, part.get_shape().as_list())
                        for part in tf.global_variables()],
          "updates": [part.name
                      for part in tf.get_collection(tf.GraphKeys.UPDATE_OPS)],
          "losses": [part.name for part in tf.get_collection(
              tf.GraphKeys.REGULARIZATION_LOSSES)]}
  return found
