"""`imghdr`: what."""

__all__ = ("what",)

_IMAGES = (
    ("jpeg", lambda head: head[6:10] in (b"JFIF", b"Exif")
     or head[:3] == b"\xff\xd8\xff"),
    ("png", lambda head: head.startswith(b"\x89PNG\r\n\x1a\n")),
    ("gif", lambda head: head[:6] in (b"GIF87a", b"GIF89a")),
    ("tiff", lambda head: head[:2] in (b"MM", b"II")),
    ("bmp", lambda head: head.startswith(b"BM")),
    ("webp", lambda head: head.startswith(b"RIFF") and head[8:12] == b"WEBP"),
)


def what(file, h=None):
  """Returns "jpeg", "png", "gif", "tiff", "bmp", "webp" or None."""
  if h is None:
    if hasattr(file, "read"):
      position = file.tell()
      h = file.read(32)
      file.seek(position)
    else:
      with open(file, "rb") as opened:
        h = opened.read(32)
  return next((name for name, test in _IMAGES if test(h)), None)
