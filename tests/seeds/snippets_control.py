"""Branches, loops, control dependencies, and Python in the graph."""

from seeds.registry import snippet


@snippet("tf.cond")
def cond(tf):
  x = tf.placeholder(tf.float32, [])
  tf.cond(x > 0., lambda: x * 2., lambda: x - 1.)


@snippet("tf.cond with random ops and variables in its branches")
def cond_with_random(tf):
  flag = tf.placeholder_with_default(True, [])
  weights = tf.get_variable("weights", [3])
  tf.Variable(tf.random_normal([3]))
  tf.cond(flag, lambda: weights + tf.random_normal([3]),
          lambda: weights * tf.random_uniform([3], -1., 1.))


@snippet("tf.cond around dropout")
def cond_around_dropout(tf):
  training = tf.placeholder(tf.bool, [])
  x = tf.placeholder(tf.float32, [None, 4])
  tf.cond(training, lambda: tf.nn.dropout(x, 0.5), lambda: x)


@snippet("tf.cond nested, with several results")
def cond_nested(tf):
  x = tf.placeholder(tf.float32, [])
  tf.cond(x > 0., lambda: (x, tf.cond(x > 1., lambda: x, lambda: -x)),
          lambda: (-x, x))


@snippet("tf.case")
def case(tf):
  x = tf.placeholder(tf.float32, [])
  tf.case([(x < 0., lambda: -x), (x > 1., lambda: tf.square(x))],
          default=lambda: x)


@snippet("tf.while_loop")
def while_loop(tf):
  tf.while_loop(lambda i, _: i < 5, lambda i, x: (i + 1, x * 2.),
                [tf.constant(0), tf.placeholder(tf.float32, [2])])


@snippet("tf.while_loop(shape_invariants)")
def while_loop_shape_invariants(tf):
  x = tf.zeros([1, 2])
  tf.while_loop(
      lambda i, _: i < 5,
      lambda i, x: (i + 1, tf.concat([x, tf.ones([1, 2])], 0)),
      [tf.constant(0), x],
      shape_invariants=[tf.TensorShape([]), tf.TensorShape([None, 2])])


@snippet("tf.while_loop over a TensorArray")
def while_loop_tensor_array(tf):
  x = tf.placeholder(tf.float32, [None, 3])
  source = tf.TensorArray(tf.float32, tf.shape(x)[0]).unstack(x)
  target = tf.TensorArray(tf.float32, tf.shape(x)[0])

  def step(i, state, target):
    state = tf.tanh(state + source.read(i))
    return i + 1, state, target.write(i, state)
  tf.while_loop(lambda i, *_: i < tf.shape(x)[0], step,
                [0, tf.zeros([3]), target])[2].stack()


@snippet("tf.while_loop with a variable and random ops")
def while_loop_random(tf):
  weights = tf.get_variable("weights", [3, 3])

  def step(i, x):
    return i + 1, tf.matmul(x, weights) + tf.random_normal([2, 3])
  tf.while_loop(lambda i, _: i < 4, step, [0, tf.zeros([2, 3])])


@snippet("tf.while_loop within tf.while_loop")
def while_loop_nested(tf):
  def outer(i, x):
    _, x = tf.while_loop(lambda j, _: j < 2, lambda j, x: (j + 1, x + 1.),
                         [0, x])
    return i + 1, x
  tf.while_loop(lambda i, _: i < 3, outer, [0, tf.constant(0.)])


@snippet("tf.map_fn")
def map_fn(tf):
  x = tf.placeholder(tf.float32, [None, 3])
  tf.map_fn(lambda row: row * 2., x)
  tf.map_fn(lambda pair: pair[0] + pair[1], (x, x), dtype=tf.float32)


@snippet("tf.scan")
def scan(tf):
  x = tf.placeholder(tf.float32, [None, 3])
  weights = tf.get_variable("weights", [3, 3])
  tf.scan(lambda h, row: tf.tanh(tf.matmul(h, weights) + row), x,
          initializer=tf.zeros([1, 3]))
  tf.scan(lambda total, row: total + row, tf.ones([4, 3]))


@snippet("tf.foldl, tf.foldr")
def folds(tf):
  x = tf.placeholder(tf.float32, [None, 3])
  tf.foldl(lambda total, row: total + row, x)
  tf.foldr(lambda total, row: total * row, tf.ones([4, 3]))


@snippet("tf.control_dependencies, tf.group, tf.tuple, tf.no_op")
def order(tf):
  x = tf.get_variable("x", [3])
  update = tf.assign_add(x, tf.ones([3]))
  with tf.control_dependencies([update]):
    tf.identity(x)
  tf.group(update, tf.no_op())
  tf.tuple([x * 2., x + 1.], control_inputs=[update])
  tf.group()


@snippet("tf.py_func")
def py_func(tf):
  drawn, = tf.py_func(lambda x: [x + 1.], [tf.ones([2])], [tf.float32])
  drawn.set_shape([2])


@snippet("tf.Print, tf.check_numerics")
def printing(tf):
  x = tf.placeholder(tf.float32, [2])
  x = tf.Print(x, [x, tf.shape(x)], "x: ")
  tf.check_numerics(x, "x")


@snippet("tf.Assert")
def assertion(tf):
  x = tf.placeholder(tf.float32, [])
  with tf.control_dependencies([tf.Assert(x > 0., [x])]):
    tf.identity(x)


@snippet("tf.assert_equal")
def assert_equal(tf):
  x = tf.placeholder(tf.int32, [None])
  tf.assert_equal(tf.shape(x)[0], 3)
  tf.assert_equal(x, x, message="x")


@snippet("tf.assert_equal of static values")
def assert_equal_static(tf):
  tf.assert_equal(tf.constant(3), 3)


@snippet("tf.assert_less, tf.assert_greater, ...")
def assert_order(tf):
  x = tf.placeholder(tf.float32, [None])
  tf.assert_less(x, 3.)
  tf.assert_less_equal(x, 3.)
  tf.assert_greater(x, 3.)
  tf.assert_greater_equal(x, 3.)


@snippet("tf.assert_positive, tf.assert_non_negative, ...")
def assert_sign(tf):
  x = tf.placeholder(tf.float32, [None])
  tf.assert_positive(x)
  tf.assert_non_negative(x)
  tf.assert_none_equal(x, 1.)


@snippet("tf.assert_rank, tf.assert_type")
def assert_rank(tf):
  x = tf.placeholder(tf.float32, [None])
  tf.assert_rank(x, 1)
  tf.assert_rank(tf.placeholder(tf.float32), 2)
  tf.assert_rank_at_least(x, 1)
  tf.assert_type(x, tf.float32)
  tf.assert_variables_initialized()


@snippet("tf.stop_gradient, tf.identity")
def identities(tf):
  x = tf.placeholder(tf.float32, [None])
  tf.stop_gradient(x)
  tf.identity(x, name="named")
  tf.identity_n([x, x])


@snippet("tf.name_scope")
def name_scope(tf):
  with tf.name_scope("part"):
    tf.Variable(tf.random_normal([2]))
  with tf.name_scope("part", values=[tf.constant(1.)]):
    tf.get_variable("weights", [2])


@snippet("tf.import_graph_def")
def import_graph_def(tf):
  with tf.Graph().as_default() as other:
    tf.add(tf.constant(1.), 2., name="sum")
  tf.import_graph_def(other.as_graph_def(), name="imported")


@snippet("an op whose creation failed")
def failed_op(tf):
  try:
    tf.matmul(tf.zeros([2, 3]), tf.zeros([2, 3]))
  except ValueError:
    pass


@snippet("tf.map_fn with random ops")
def map_fn_random(tf):
  tf.map_fn(lambda row: row + tf.random_normal([3]), tf.zeros([4, 3]))
