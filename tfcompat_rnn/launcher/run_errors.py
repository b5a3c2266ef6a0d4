"""Errors of `Session.run` begin with what went wrong, as in TensorFlow 1.15.

TensorFlow begins the message with "Graph execution error:" and the list of
the calls that made the operation. Programs print, log and match the first
line, and many print no more than that.
"""

from tfcompat_rnn._tf import private

_HEADING = "Graph execution error:"


def _make_interpolate(original):
  def interpolate(message, graph):
    text = original(message, graph)
    plain = private("error_interpolation").parse_message(message)[0].strip()
    if not (text.startswith(_HEADING) and text.endswith(plain)):
      return text
    calls = text[len(_HEADING):len(text) - len(plain)].strip()
    return plain + ("\n\n" + calls if calls else "")
  return interpolate


def install(patches):
  """Puts the reason first in the messages of a session's errors."""
  patches.wrap(private("error_interpolation"), "interpolate_graph",
               _make_interpolate)
