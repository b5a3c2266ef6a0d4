"""Cases about `tf.contrib.opt`. Python 3.7 syntax too."""

import importlib
import os
import tempfile

import numpy as np

CASES = {}


def case(function):
  CASES[function.__name__] = function
  return function


def trained(tf, make, steps=3, resource=False, prepare=None,
            linear=False):
  """What three steps of an optimizer do to a word model."""
  words = tf.get_variable(
      "words", [7, 3], use_resource=resource,
      initializer=tf.random_uniform_initializer(-1, 1))
  kernel = tf.get_variable(
      "kernel", [3, 2], use_resource=resource,
      initializer=tf.random_uniform_initializer(-1, 1))
  rows = tf.nn.embedding_lookup(words, [1, 4, 5])
  loss = tf.reduce_sum(tf.square(tf.tanh(tf.matmul(rows, kernel)) - 0.5))
  if linear:
    loss = tf.reduce_sum(rows * [[0.3], [-0.2], [0.1]]) - tf.reduce_sum(kernel)
  step = tf.train.get_or_create_global_step()
  opt = make(tf)
  op = (prepare(opt, loss, step, [words, kernel]) if prepare
        else opt.minimize(loss, global_step=step))
  last = tf.random_uniform([])
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    losses = [session.run([op] if linear else [op, loss])[1:]
              for _ in range(steps)]
    values = session.run(tf.global_variables())
    found = {"losses": np.array(losses), "last": session.run(last)}
  found["variables"] = [v.name for v in tf.global_variables()]
  found["train_op"] = op.name
  found["operations"] = [o.name for o in tf.get_default_graph(
      ).get_operations() if "Apply" in o.type or "Scatter" in o.type]
  for variable, value in zip(tf.global_variables(), values):
    found[variable.op.name] = value
  return found


SIMPLE = {
    "lazy_adam": lambda tf: tf.contrib.opt.LazyAdamOptimizer(0.1),
    "nadam": lambda tf: tf.contrib.opt.NadamOptimizer(0.1),
    "adamax": lambda tf: tf.contrib.opt.AdaMaxOptimizer(0.1),
    "add_sign": lambda tf: tf.contrib.opt.AddSignOptimizer(0.05),
    "power_sign": lambda tf: tf.contrib.opt.PowerSignOptimizer(0.05),
    "adam_w": lambda tf: tf.contrib.opt.AdamWOptimizer(0.01, 0.1),
    "momentum_w": lambda tf: tf.contrib.opt.MomentumWOptimizer(
        0.01, 0.1, 0.9, use_nesterov=True),
    "extended": lambda tf: tf.contrib.opt.extend_with_decoupled_weight_decay(
        tf.train.RMSPropOptimizer)(weight_decay=0.02, learning_rate=0.1),
    "reg_adagrad": lambda tf: tf.contrib.opt.RegAdagradOptimizer(0.1),
    "moving_average": lambda tf: tf.contrib.opt.MovingAverageOptimizer(
        tf.train.GradientDescentOptimizer(0.1), average_decay=0.5),
    "lars": lambda tf: tf.contrib.opt.LARSOptimizer(10.0),
}
# 1.15 applied these to dense gradients of resource variables alone.
REFERENCE_ONLY = ("add_sign", "power_sign")


# In 1.15 the decay of a variable races with the gradients that
# read it, so only gradients that do not depend on the weights tell anything.
RACING = ("adam_w", "momentum_w", "extended")


def _add(name, make, resource):
  def run(tf):
    return trained(tf, make, resource=resource,
                   linear=name in RACING)
  CASES[name + ("_resource" if resource else "")] = run


for _name, _make in SIMPLE.items():
  _add(_name, _make, False)
  if _name not in REFERENCE_ONLY:
    _add(_name, _make, True)


def sign_decays_of(tf):
  return importlib.import_module(
      tf.__name__ + ".contrib.opt.python.training.sign_decay")


@case
def sign_decays(tf):
  sign_decay = sign_decays_of(tf)
  found = {}
  step = tf.placeholder_with_default(tf.constant(3), [])
  for name in ("linear", "cosine", "restart"):
    decay = getattr(sign_decay, "get_%s_decay_fn" % name)(10)
    found[name] = decay(step)
  return found


@case
def add_sign_decayed(tf):
  sign_decay = sign_decays_of(tf)
  return trained(tf, lambda tf: tf.contrib.opt.AddSignOptimizer(
      0.05, sign_decay_fn=sign_decay.get_cosine_decay_fn(10)))


@case
def decayed_variables(tf):
  def prepare(opt, loss, step, variables):
    grads = opt.compute_gradients(loss)
    return opt.apply_gradients(grads, step, decay_var_list=variables[1:])
  return trained(tf, lambda tf: tf.contrib.opt.AdamWOptimizer(0.1, 0.1),
                 prepare=prepare, linear=True)


@case
def minimize_with_decayed_variables(tf):
  def prepare(opt, loss, step, variables):
    return opt.minimize(loss, step, decay_var_list=variables[1:])
  return trained(tf, lambda tf: tf.contrib.opt.AdamWOptimizer(0.1, 0.1),
                 prepare=prepare, linear=True)


@case
def variable_clipping(tf):
  def prepare(opt, loss, step, variables):
    clipping = tf.contrib.opt.VariableClippingOptimizer(
        opt, {variables[0]: [1], variables[1]: [0]}, 0.5)
    return clipping.minimize(loss, step)
  return trained(tf, lambda tf: tf.train.GradientDescentOptimizer(0.1),
                 prepare=prepare)


@case
def multitask(tf):
  def prepare(opt, loss, step, variables):
    opt = tf.contrib.opt.MultitaskOptimizerWrapper(opt)
    grads = opt.compute_gradients(loss, variables[1:])
    grads, norm = tf.contrib.opt.clip_gradients_by_global_norm(grads, 0.5)
    return opt.apply_gradients(grads, step)
  return trained(tf, lambda tf: tf.train.MomentumOptimizer(0.1, 0.9),
                 prepare=prepare)


@case
def swapping_saver(tf):
  x = tf.get_variable("x", [], initializer=tf.constant_initializer(4.0))
  opt = tf.contrib.opt.MovingAverageOptimizer(
      tf.train.GradientDescentOptimizer(0.25), average_decay=0.5)
  op = opt.minimize(x * x)
  saver = opt.swapping_saver()
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    session.run(op)
    session.run(op)
    folder = tempfile.mkdtemp()
    path = saver.save(session, os.path.join(folder, "model"))
    reader = tf.train.load_checkpoint(path)
    found = {name: reader.get_tensor(name)
             for name in reader.get_variable_to_shape_map()}
    found["now"] = session.run(x)
  return found
