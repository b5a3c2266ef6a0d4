"""Cases about smaller parts of `tf.contrib`. Python 3.7 syntax too."""

import glob
import importlib
import os
import re
import tempfile

import numpy as np

from contrib_programs.refusing import refused

CASES = {}


def case(function):
  CASES[function.__name__] = function
  return function


def images(*shape):
  return np.random.RandomState(3).uniform(0, 1, shape).astype(np.float32)


@case
def rotated(tf):
  x = tf.constant(images(2, 5, 6, 3))
  image = tf.contrib.image
  smooth = image.rotate(x, [0.4, -0.2], interpolation="BILINEAR")
  return {"nearest": image.rotate(x, 0.3), "smooth": smooth,
          "flat": image.rotate(x[0, :, :, 0], 0.5),
          "one": image.translate(x[0], [1.0, -2.0]),
          "gradient": tf.gradients(smooth[:, 1:3], x)[0],
          "larger": image.transform(x, [1., .1, 0., 0., .9, 1., 0., .001],
                                    output_shape=[7, 7]),
          "composed": image.compose_transforms(
              image.angles_to_projective_transforms(0.3, 5.0, 6.0),
              image.translations_to_projective_transforms([1.0, 2.0]))}


@case
def image_operations(tf):
  image = tf.contrib.image
  x, flow = images(2, 5, 6, 3), images(2, 5, 6, 2)
  points, moved = images(2, 3, 2), images(2, 3, 2) + 1
  calls = {
      "rotate": lambda: image.rotate(x[0], 0.3, "BILINEAR"),
      "translate": lambda: image.translate(x[0, ..., 0], [1.0, -2.0]),
      "transform": lambda: image.transform(x, images(2, 8), output_shape=[4, 3],
                                           name="seen"),
      "compose": lambda: image.compose_transforms(images(8), images(8) + 1),
      "splines": lambda: [image.interpolate_spline(points, moved, flow[:, 0],
                                                   order, 0.1)
                          for order in range(1, 7)],
      "dense": lambda: image.dense_image_warp(x, flow),
      "sparse": lambda: image.sparse_image_warp(x, points, moved,
                                                num_boundary_points=3),
  }
  found = {}
  for name, call in calls.items():
    with tf.Graph().as_default() as graph:
      call()
      found[name] = ["%s %s" % (
          one.type.replace("TransformV2", "Transform"), one.name.replace(
              "TransformV2", "Transform")) for one in graph.get_operations()]
  return found


@case
def image_refusals(tf):
  image, holder = tf.contrib.image, tf.placeholder
  x = images(2, 2)
  return {"refused": refused([
      lambda: image.rotate(holder(tf.float32), .1),
      lambda: image.rotate(holder(tf.complex64, [1, 2]), .1),
      lambda: image.rotate(holder(tf.float32, [2]), .1),
      lambda: image.rotate(x, images(1, 2)),
      lambda: image.translate(x, 1.),
      lambda: image.translate(x, holder(tf.float32)),
      lambda: image.transform(x, images(2, 2, 8)),
      lambda: image.transform(x, images(8), output_shape=[1, 2, 3]),
      lambda: image.compose_transforms(),
      lambda: image.flat_transforms_to_matrices(images(1, 1, 8)),
      lambda: image.matrices_to_flat_transforms(images(3)),
      lambda: image.interpolate_spline(
          holder(tf.float32, [1, 2, None]), images(1, 2, 2),
          images(1, 2, 2), 1),
      lambda: image.interpolate_spline(
          images(1, 2, 2), holder(tf.float32, [1, 2, None]),
          images(1, 2, 2), 1),
      lambda: image.dense_image_warp(images(2, 3, 4), images(1, 2, 3, 2))])}


@case
def warped(tf):
  x = tf.constant(images(2, 5, 6, 3))
  flow = tf.constant(images(2, 5, 6, 2) * 3 - 1)
  warp = tf.contrib.image.dense_image_warp(x, flow)
  points = tf.constant([[[1., 1.], [2., 4.], [3., 2.]]] * 2)
  moved = points + tf.constant([[[.5, 0.], [0., -.5], [.2, .2]]] * 2)
  sparse, flows = tf.contrib.image.sparse_image_warp(
      x, points, moved, num_boundary_points=2)
  found = {"warp": warp, "gradient": tf.gradients(warp, flow)[0],
           "sparse": sparse, "flows": flows}
  for order in (1, 2, 3, 4):
    found["spline_%d" % order] = tf.contrib.image.interpolate_spline(
        points, tf.constant(images(2, 3, 2)), moved, order, 0.1)
  return found


@case
def summaries(tf):
  summary = tf.contrib.summary
  folder = tempfile.mkdtemp()
  step = tf.train.get_or_create_global_step()
  writer = summary.create_file_writer(folder, flush_millis=1000)
  x = tf.constant(2.0)
  with writer.as_default(), summary.always_record_summaries():
    summary.scalar("loss", x * 3)
    summary.histogram("weights", tf.constant([1.0, 2.0]))
    summary.image("picture", tf.constant(images(1, 4, 4, 3)))
  with writer.as_default(), summary.record_summaries_every_n_global_steps(2):
    summary.scalar("sometimes", x, family="group")
  last = tf.random_uniform([])
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    with writer.as_default():
      summary.initialize(session=session)
    for _ in range(4):
      session.run([summary.all_summary_ops(), step.assign_add(1)])
    session.run(summary.flush(writer=writer._resource))
    found = {"last": session.run(last)}
  tags = []
  for path in sorted(glob.glob(os.path.join(folder, "*"))):
    for event in tf.train.summary_iterator(path):
      for value in event.summary.value:
        tags.append("%s" % value.tag)
  found["tags"] = sorted(set(tags))
  return found


@case
def transformed_graph(tf):
  module = importlib.import_module("tensorflow.tools.graph_transforms"
                                   if tf.__name__ == "tensorflow" else
                                   tf.__name__ + ".tools.graph_transforms")
  x = tf.placeholder(tf.float32, [2, 2], name="x")
  y = tf.identity(tf.matmul(x, tf.constant(np.eye(2, dtype=np.float32))
                            + 1.0), name="y")
  tf.add(y, 1.0, name="unused")
  found = module.TransformGraph(
      tf.get_default_graph().as_graph_def(), ["x"], ["y"],
      ["strip_unused_nodes", "fold_constants(ignore_errors=true)",
       "remove_nodes(op=Identity)", "sort_by_execution_order"])
  # 1.15 numbered the constants that it folded in the whole process.
  return {"nodes": ["%s %s" % (re.sub(r"__cf__\d+", "__cf__", node.name),
                               node.op) for node in found.node]}


@case
def events(tf):
  path = os.path.join(tempfile.mkdtemp(), "log")
  writer = tf.pywrap_tensorflow.EventsWriter(tf.compat.as_bytes(path))
  for step in range(3):
    event = tf.Event(step=step, wall_time=1.0)
    event.summary.value.add(tag="loss", simple_value=step * 0.5)
    writer.WriteEvent(event)
  name = writer.FileName()
  writer.Flush()
  writer.Close()
  found = [(event.step, value.simple_value)
           for event in tf.train.summary_iterator(tf.compat.as_str(name))
           for value in event.summary.value]
  return {"values": np.array(found),
          "prefix": tf.compat.as_str(name).split(".")[0] == path,
          "type": type(name).__name__}


@case
def resolvers(tf):
  resolver = tf.contrib.cluster_resolver
  spec = tf.train.ClusterSpec({"ps": ["a:1"], "worker": ["b:1", "c:1"]})
  simple = resolver.SimpleClusterResolver(spec)
  union = resolver.UnionClusterResolver(
      simple, resolver.SimpleClusterResolver(
          tf.train.ClusterSpec({"worker": ["d:1"]})))
  return {"simple": str(simple.cluster_spec().as_dict()),
          "union": str(union.cluster_spec().as_dict()),
          "master": simple.master("worker", 1)}
