"""Old names of Pillow."""

from tfcompat_rnn.repairs import _kinds


def _filter(name):
  return lambda image: getattr(getattr(image, "Resampling", image), name)


def _getsize(module):
  def getsize(self, text, *args, **kwargs):
    """Returns (width, height) of `text`, measured from the origin."""
    box = self.getbbox(text, *args, **kwargs)
    return box[2], box[3]
  return getsize


def _textsize(module):
  def textsize(self, text, font=None, spacing=4, **kwargs):
    """Returns (width, height) of `text`."""
    if "\n" in str(text):
      box = self.multiline_textbbox((0, 0), text, font, spacing=spacing,
                                    **kwargs)
    else:
      box = self.textbbox((0, 0), text, font, **kwargs)
    return box[2], box[3]
  return textsize


_WHY = "removed in Pillow 10"

ROWS = (
    _kinds.restore("Image.ANTIALIAS", "PIL.Image", "ANTIALIAS",
                   _filter("LANCZOS"), _WHY, "Image.ANTIALIAS is LANCZOS"),
    _kinds.restore("Image.CUBIC", "PIL.Image", "CUBIC", _filter("BICUBIC"),
                   _WHY, "Image.CUBIC is BICUBIC"),
    _kinds.restore("Image.LINEAR", "PIL.Image", "LINEAR",
                   _filter("BILINEAR"), _WHY, "Image.LINEAR is BILINEAR"),
    _kinds.restore("Image.tostring", "PIL.Image", "Image.tostring",
                   lambda image: image.Image.tobytes, "removed in Pillow 3",
                   "Image.tostring is tobytes"),
    _kinds.restore("Image.fromstring", "PIL.Image", "fromstring",
                   lambda image: image.frombytes, "removed in Pillow 3",
                   "Image.fromstring is frombytes"),
    _kinds.restore("ImageDraw.textsize", "PIL.ImageDraw",
                   "ImageDraw.textsize", _textsize, _WHY),
    _kinds.restore("FreeTypeFont.getsize", "PIL.ImageFont",
                   "FreeTypeFont.getsize", _getsize, _WHY),
    _kinds.restore("ImageFont.getsize", "PIL.ImageFont", "ImageFont.getsize",
                   _getsize, _WHY),
)
