"""Loss and throughput of each worker: summaries for TensorBoard, a picture."""

import glob
import os

import numpy as np
import tensorflow.compat.v1 as tf

import _common

BITS = "bits_per_character"
SPEED = "characters_per_second"


def write(writer, step, bits, speed):
  """Adds a point to the summaries of a worker."""
  writer.add_summary(tf.Summary(value=[
      tf.Summary.Value(tag=BITS, simple_value=bits),
      tf.Summary.Value(tag=SPEED, simple_value=speed)]), step)
  writer.flush()


def read(folder):
  """`{worker: array}` of rows update, time, bits and speed."""
  curves = {}
  for own in sorted(glob.glob(os.path.join(glob.escape(folder), "worker-*"))):
    points = []
    for file in sorted(glob.glob(os.path.join(glob.escape(own), "events*"))):
      for event in tf.train.summary_iterator(file):
        values = {value.tag: value.simple_value
                  for value in event.summary.value}
        if SPEED in values:
          points.append((event.step, event.wall_time, values[BITS],
                         values[SPEED]))
    if points:
      curves[os.path.basename(own).replace("-", " ")] = np.array(points).T
  if not curves:
    raise SystemExit(f"{folder} has no summaries of a worker; pass the "
                     "--folder of a training")
  return curves


def draw(folder, path, pyplot):
  """A picture of the summaries in `folder`: loss and speed of each worker."""
  curves = read(folder)
  figure, (upper, lower) = pyplot.subplots(2, figsize=(9, 6))
  begin = min(curve[1].min() for curve in curves.values())
  times = np.linspace(
      max(curve[1].min() for curve in curves.values()),
      min(curve[1].max() for curve in curves.values()), 200)
  for name, (step, when, bits, speed) in curves.items():
    upper.plot(step, bits, ".-", label=name)
    lower.plot(when - begin, speed, ".-", label=name)
  if times[0] < times[-1]:
    lower.plot(times - begin, sum(
        np.interp(times, curve[1], curve[3]) for curve in curves.values()),
               color="0.4", linestyle="--", label="together")
  upper.set_xlabel("updates")
  upper.set_ylabel("bits per character")
  lower.set_xlabel("seconds")
  lower.set_ylabel("characters per second")
  lower.set_ylim(bottom=0)
  for axes in (upper, lower):
    axes.legend()
  _common.save(figure, path)
