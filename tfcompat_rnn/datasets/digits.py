"""Digit-like images drawn with NumPy, to use in place of MNIST.

A digit consists of a few strokes in the unit square; each image bends, tilts,
shifts and thickens them at random. They are easier than handwriting: a
classifier that works on MNIST learns them within a few hundred steps.
"""

import numpy as np

from tfcompat_rnn import _errors

SIDE = 28


def _arc(center, radii, start, stop, points=12):
  """Points on an ellipse, angles in degrees, clockwise from the right."""
  angle = np.radians(np.linspace(start, stop, points))
  return np.stack([center[0] + radii[0] * np.cos(angle),
                   center[1] + radii[1] * np.sin(angle)], axis=1)


def _strokes():
  """digit -> list of polylines `[points, 2]`, x to the right, y down."""
  line = lambda *points: np.array(points, dtype=np.float64)
  return {
      0: [_arc((.5, .5), (.27, .4), 0, 360, 20)],
      1: [line((.34, .27), (.54, .1), (.54, .9))],
      2: [np.concatenate([_arc((.5, .33), (.27, .23), 180, 390),
                          line((.2, .9), (.82, .9))])],
      3: [_arc((.46, .3), (.27, .2), 200, 450),
          _arc((.46, .7), (.31, .2), 270, 520)],
      4: [line((.64, .9), (.64, .1), (.18, .62), (.86, .62))],
      5: [np.concatenate([line((.76, .1), (.3, .1), (.28, .45)),
                          _arc((.48, .64), (.29, .25), 235, 510)])],
      6: [np.concatenate([line((.68, .12), (.4, .36)),
                          _arc((.5, .66), (.27, .24), 200, 560, 18)])],
      7: [line((.2, .1), (.8, .1), (.42, .9))],
      8: [_arc((.5, .3), (.22, .19), 90, 450, 16),
          _arc((.5, .7), (.28, .21), -90, 270, 16)],
      9: [np.concatenate([_arc((.5, .34), (.26, .24), 0, 360, 16),
                          line((.74, .5), (.62, .9))])],
  }


def _segments(polylines):
  """The start and end points of all segments: two arrays `[segments, 2]`."""
  return (np.concatenate([line[:-1] for line in polylines]),
          np.concatenate([line[1:] for line in polylines]))


def _bent(points, bends):
  """Bends `[count, segments, 2]` along two slow sine waves per image."""
  amplitude, phase = bends
  wave = np.sin(points[..., ::-1] * np.pi * 1.5 + phase[:, None, :])
  return points + amplitude[:, None, :] * wave


def _draw(polylines, count, random):
  """`count` jittered images of one digit: uint8 `[count, SIDE, SIDE]`."""
  angle = random.uniform(-.22, .22, count)
  shear = random.uniform(-.2, .2, count)
  scale = random.uniform(.62, .8, (count, 2)) * SIDE
  shift = random.uniform(-2., 2., (count, 2)) + SIDE / 2. - .5
  bends = (random.uniform(-.05, .05, (count, 2)),
           random.uniform(0., 2. * np.pi, (count, 2)))
  width = random.uniform(.8, 1.6, count)
  ink = random.uniform(.8, 1., count)
  cos, sin = np.cos(angle), np.sin(angle)
  turn = np.stack([np.stack([cos, shear * cos - sin], -1),
                   np.stack([sin, shear * sin + cos], -1)], -2)

  def place(points):
    points = _bent(np.repeat(points[None] - .5, count, axis=0), bends)
    points = np.einsum("nsk,njk->nsj", points * scale[:, None, :], turn)
    return (points + shift[:, None, :]).astype(np.float32)

  starts, ends = (place(points) for points in _segments(polylines))
  y, x = np.mgrid[:SIDE, :SIDE].astype(np.float32)
  pixels = np.stack([x.ravel(), y.ravel()], axis=1)
  nearest = np.full((count, SIDE * SIDE), np.inf, np.float32)
  for piece in range(starts.shape[1]):
    start, along = starts[:, piece], ends[:, piece] - starts[:, piece]
    to_pixel = pixels[None] - start[:, None, :]
    length2 = np.maximum((along ** 2).sum(-1), 1e-6)
    where = np.clip((to_pixel * along[:, None, :]).sum(-1)
                    / length2[:, None], 0., 1.)
    gap = to_pixel - where[..., None] * along[:, None, :]
    np.minimum(nearest, (gap ** 2).sum(-1), out=nearest)
  shade = np.clip(width[:, None] + .5 - np.sqrt(nearest), 0., 1.)
  return np.round(shade * ink[:, None] * 255.).astype(np.uint8).reshape(
      count, SIDE, SIDE)


def draw_digits(labels, seed=0):
  """Draws one image for each label.

  >>> draw_digits([3, 1, 4], seed=0).shape
  (3, 28, 28)

  Returns uint8 `[len(labels), 28, 28]`, from 0 (background) to 255 (ink). The
  same labels and seed give the same images. Raises ArgumentError if a label is
  not from 0 to 9.
  """
  labels = np.asarray(labels, dtype=np.int64).reshape(-1)
  if labels.size and not (0 <= labels.min() and labels.max() <= 9):
    raise _errors.ArgumentError(_errors.problem(
        "labels", "be digits from 0 to 9",
        f"{labels.min()} to {labels.max()}", "pass whole numbers below 10"))
  random = np.random.RandomState(seed)
  images = np.zeros((labels.size, SIDE, SIDE), np.uint8)
  strokes = _strokes()
  for digit in range(10):
    rows = np.flatnonzero(labels == digit)
    for part in np.array_split(rows, max(1, len(rows) // 256)):
      if part.size:
        images[part] = _draw(strokes[digit], part.size, random)
  return images
