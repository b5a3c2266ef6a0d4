"""The image functions of `scipy.misc`, implemented with Pillow."""


def _pillow():
  try:
    from PIL import Image
  except ImportError as error:
    raise ImportError("scipy.misc's image functions need Pillow; pip install "
                      "pillow", name="PIL") from error
  return Image


def bytescale(data, cmin=None, cmax=None, high=255, low=0):
  """Scales `data` to uint8: `cmin` becomes `low`, `cmax` becomes `high`."""
  import numpy as np
  data = np.asarray(data)
  if data.dtype == np.uint8:
    return data
  if high > 255 or low < 0 or high < low:
    raise ValueError("`low` and `high` must be 0 to 255, low below high")
  cmin = data.min() if cmin is None else cmin
  cmax = data.max() if cmax is None else cmax
  if cmax < cmin:
    raise ValueError("`cmax` should be larger than `cmin`.")
  width = (cmax - cmin) or 1
  scaled = (data - cmin) * (float(high - low) / width) + low
  return (np.clip(scaled, low, high) + 0.5).astype(np.uint8)


def toimage(arr, high=255, low=0, cmin=None, cmax=None, pal=None, mode=None,
            channel_axis=None):
  """Returns a Pillow image of an array of rank 2 or 3."""
  import numpy as np
  Image = _pillow()
  data = np.asarray(arr)
  if data.ndim == 2:
    if mode == "F":
      return Image.fromarray(data.astype(np.float32))
    if mode == "I":
      return Image.fromarray(data.astype(np.int32))
    image = Image.fromarray(bytescale(data, cmin, cmax, high, low))
    if pal is not None:
      image.putpalette(np.asarray(pal, dtype=np.uint8).tobytes())
    return image.convert("1") if mode == "1" else image
  if data.ndim != 3 or not {3, 4} & set(data.shape):
    raise ValueError("'arr' does not have a suitable array shape for any "
                     "mode.")
  axis = channel_axis
  if axis is None:
    axis = [at for at in (2, 0, 1) if data.shape[at] in (3, 4)][0]
  data = np.moveaxis(data, axis, 2)
  return Image.fromarray(np.ascontiguousarray(
      bytescale(data, cmin, cmax, high, low)))


def fromimage(im, flatten=False, mode=None):
  """Returns a Pillow image as an array."""
  import numpy as np
  if mode is not None and mode != im.mode:
    im = im.convert(mode)
  elif im.mode == "P":
    im = im.convert("RGBA" if "transparency" in im.info else "RGB")
  if flatten:
    im = im.convert("F")
  elif im.mode == "1":
    im = im.convert("L")
  return np.array(im)


def imread(name, flatten=False, mode=None):
  """Reads an image file as an array `[height, width(, channels)]`."""
  with _pillow().open(name) as image:
    return fromimage(image, flatten=flatten, mode=mode)


def imsave(name, arr, format=None):
  """Writes an array to an image file."""
  image = toimage(arr, channel_axis=2 if getattr(arr, "ndim", 0) == 3
                  else None)
  image.save(name, format) if format else image.save(name)


_METHODS = {"nearest": 0, "lanczos": 1, "bilinear": 2, "bicubic": 3,
            "cubic": 3}


def imresize(arr, size, interp="bilinear", mode=None):
  """Resizes by percent (int), fraction (float) or to (height, width)."""
  import numpy as np
  image = toimage(arr, mode=mode)
  if isinstance(size, (int, np.integer)):
    size = tuple((np.array(image.size) * size / 100.0).astype(int))
  elif isinstance(size, (float, np.floating)):
    size = tuple((np.array(image.size) * size).astype(int))
  else:
    size = (size[1], size[0])
  return fromimage(image.resize(tuple(map(int, size)),
                                resample=_METHODS[interp]))


def imrotate(arr, angle, interp="bilinear"):
  """Rotates counter-clockwise by `angle` degrees."""
  method = min(_METHODS[interp], 3)
  image = toimage(arr).rotate(angle, resample=2 if method == 1 else method)
  return fromimage(image)


def imshow(arr):
  """Shows the array as a figure."""
  import matplotlib.pyplot as plt
  plt.imshow(fromimage(toimage(arr)), cmap="gray")
  plt.axis("off")
  plt.show()
