"""Formats a Report as one HTML file with tables and plots of scalar fetches.

The file loads nothing from elsewhere and contains no script. Each plot shows
the values of both runs at the top and |ours - reference| below, on a
logarithmic scale.
"""

import html
import math

from tfcompat_rnn.compare import report as report_text

WIDTH, TOP, BELOW, LEFT, GAP = 640, 180, 110, 78, 26
MOST_PLOTS = 60
_INK = {"wanted": "#1f5fa8", "got": "#d1641e", "gap": "#555"}


def page(report, reference, ours, title, remarks=()):
  """The text of the HTML file."""
  escape = html.escape
  curves = [row for row in report.fetches if row.curve and row.calls > 1]
  parts = [
      "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">"
      f"<title>{escape(title)}: {_word(report)}</title>"
      f"<style>{_STYLE}</style></head><body>",
      f"<h1>{escape(title)}</h1>",
      f"<p class=\"{_word(report)}\">{escape(report_text.verdict(report))}"
      "</p>"]
  if not report.equal:
    parts.append(f"<p><b>First difference:</b> {escape(report.first.text)}"
                 "<br/>" + escape(report_text.explain(
                     report, reference, ours) or "") + "</p>")
  parts += [
      "<p>reference: " + escape(reference.versions) + "<br/>ours: "
      + escape(ours.versions) + "</p>",
      _variables(report.initial, "Variables after initialization"),
      _fetches(report), _variables(report.final, "Variables at the end")]
  notes = list(remarks) + report.notes
  if notes:
    parts.append("<h2>Notes</h2><ul>" + "".join(
        f"<li>{escape(note)}</li>" for note in notes) + "</ul>")
  if curves:
    parts.append("<h2>Scalar fetches</h2><p><span style=\"color:"
                 f"{_INK['wanted']}\">reference</span>, <span style=\"color:"
                 f"{_INK['got']}\">ours</span>; below: the difference</p>")
  for row in curves[:MOST_PLOTS]:
    parts.append(f"<figure><figcaption>{escape(report_text.title_of(row))}"
                 f"</figcaption>{plot(row.curve)}</figure>")
  if len(curves) > MOST_PLOTS:
    parts.append(f"<p>and {len(curves) - MOST_PLOTS} more</p>")
  parts.append("</body></html>\n")
  return "\n".join(parts)


def _word(report):
  return "equal" if report.equal else "different"


def _table(head, rows):
  return "<table><tr>" + "".join(f"<th>{html.escape(word)}</th>"
                                 for word in head) + "</tr>" + "".join(
      "<tr>" + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in row)
      + "</tr>" for row in rows) + "</table>"


def _variables(found, title):
  rows = [(name, "bit-identical" if gap.identical else
           gap.problem or report_text.figure(gap.relative))
          for name, gap in found.rows]
  rows += [(name, "only in the reference") for name in found.only_reference]
  rows += [(name, "only in our run") for name in found.only_ours]
  return (f"<h2>{title}</h2><details><summary>{found.both} in both, "
          f"{found.identical} bit-identical</summary>" + _table(
              ("variable", "relative difference"), rows) + "</details>")


def _fetches(report):
  rows = [(report_text.title_of(row), row.calls,
           row.largest.problem or report_text.figure(row.largest.relative),
           "-" if row.largest_call is None else row.largest_call,
           "-" if row.first_beyond is None else row.first_beyond)
          for row in report.fetches]
  return "<h2>Fetches</h2>" + _table(
      ("fetch", "calls", "largest relative difference", "at call",
       "first beyond the tolerance"), rows)


# --- plots -----------------------------------------------------------------


def ticks(low, high, count=4):
  """Round numbers from `low` to `high`.

  >>> ticks(0., 1.)
  [0.0, 0.5, 1.0]
  """
  span = high - low
  step = 10 ** math.floor(math.log10(span / count))
  for factor in (1, 2, 5, 10):
    if span / (step * factor) <= count + 1e-9:
      step *= factor
      break
  first = math.ceil(low / step - 1e-9)
  last = math.floor(high / step + 1e-9)
  return [float(f"{number * step:.12g}") for number in range(first, last + 1)]


class _Panel:
  """A rectangle with linear scales for calls and for values."""

  def __init__(self, calls, low, high, top, height):
    self.calls = (calls[0], max(calls[-1], calls[0] + 1))
    if not high > low:
      margin = abs(low) * .05 or 1.
      low, high = low - margin, high + margin
    self.low, self.high, self.top, self.height = low, high, top, height

  def x(self, call):
    """Pixels from the left."""
    first, last = self.calls
    return LEFT + (call - first) / (last - first) * (WIDTH - LEFT - 10)

  def y(self, value):
    """Pixels from the top."""
    return self.top + self.height * (self.high - value) / (self.high
                                                          - self.low)

  def line(self, calls, values, ink, dashed=False):
    """A line with gaps where a value is not finite."""
    pieces, piece = [], []
    for call, value in zip(calls, values):
      if math.isfinite(value):
        piece.append(f"{self.x(call):.1f},{self.y(value):.1f}")
      elif piece:
        pieces.append(piece)
        piece = []
    pieces.append(piece)
    dash = ' stroke-dasharray="5 4"' if dashed else ""
    return "".join(
        (f'<circle cx="{piece[0].split(",")[0]}" '
         f'cy="{piece[0].split(",")[1]}" r="2" fill="{ink}"/>'
         if len(piece) == 1 else
         f'<polyline points="{" ".join(piece)}" fill="none" stroke="{ink}" '
         f'stroke-width="1.5"{dash}/>') for piece in pieces if piece)

  def frame(self, marks):
    """The border and the labels of the values; `marks` are (value, label)."""
    bottom = self.top + self.height
    parts = [f'<rect x="{LEFT}" y="{self.top}" width="{WIDTH - LEFT - 10}" '
             f'height="{self.height}" fill="none" stroke="#999"/>']
    for value, label in marks:
      y = self.y(value)
      if self.top - 1 <= y <= bottom + 1:
        parts.append(
            f'<line x1="{LEFT}" x2="{WIDTH - 10}" y1="{y:.1f}" y2="{y:.1f}" '
            'stroke="#ddd"/>'
            f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">'
            f'{label}</text>')
    return "".join(parts)


def _exponent(values):
  """The power of two by which to divide `values` so that none is above 1.

  0, unless sums and differences of the values would overflow, or they are so
  small that they have lost digits.
  """
  largest = max((abs(value) for value in values), default=0.)
  if largest == 0 or 1e-290 < largest < 1e290:
    return 0
  return math.frexp(largest)[1]


def _scaled(values, exponent):
  return [math.ldexp(value, -exponent) if math.isfinite(value) else value
          for value in values]


def plot(curve):
  """The SVG of a Curve."""
  calls = curve.calls
  exponent = _exponent([value for value in curve.wanted + curve.got
                        if math.isfinite(value)])
  wanted = _scaled(curve.wanted, exponent)
  got = _scaled(curve.got, exponent)
  shown = [value for value in wanted + got if math.isfinite(value)] or [0.]
  upper = _Panel(calls, min(shown), max(shown), 8, TOP)
  # In two steps, because a label may lie just above the largest float.
  parts = [upper.frame([(value, f"{math.ldexp(value / 2, exponent) * 2:.5g}")
                        for value in ticks(upper.low, upper.high)]),
           upper.line(calls, wanted, _INK["wanted"]),
           upper.line(calls, got, _INK["got"], dashed=True)]
  gaps = [abs(a - b) for a, b in zip(wanted, got)]
  logs = [math.log10(gap) + exponent * math.log10(2)
          if gap > 0 and math.isfinite(gap) else math.nan for gap in gaps]
  finite = [value for value in logs if math.isfinite(value)]
  top = 8 + TOP + GAP
  if finite:
    low, high = math.floor(min(finite)), math.ceil(max(finite))
    lower = _Panel(calls, low, max(high, low + 1), top, BELOW)
    every = max(1, (high - low + 3) // 4)
    parts += [lower.frame([(power, f"1e{power}") for power in
                           range(low, high + 1, every)]),
              lower.line(calls, logs, _INK["gap"])]
  else:
    lower = _Panel(calls, 0., 1., top, BELOW)
    same = all(a == b or (a != a and b != b) for a, b in zip(wanted, got))
    text = ("no difference in any call" if same else
            "no finite difference: a value is inf or nan on one side")
    parts += [lower.frame([]),
              f'<text x="{LEFT + 10}" y="{top + BELOW / 2:.0f}">{text}</text>']
  bottom = top + BELOW + 16
  for call in ticks(*lower.calls, count=8):
    if call == int(call):
      parts.append(f'<text x="{lower.x(call):.1f}" y="{bottom}" '
                   f'text-anchor="middle">{int(call)}</text>')
  height = bottom + 8
  return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" '
          f'height="{height}" viewBox="0 0 {WIDTH} {height}" '
          'font-family="sans-serif" font-size="11">' + "".join(parts)
          + "</svg>")


_STYLE = """
body { font: 15px/1.4 sans-serif; max-width: 60em; margin: 2em auto;
  padding: 0 1em }
table { border-collapse: collapse; font-size: 13px }
td, th { border: 1px solid #ccc; padding: 2px 8px; text-align: right }
td:first-child, th:first-child { text-align: left; font-family: monospace }
.equal { background: #dff2df; padding: .6em } .different {
  background: #fbe0d8; padding: .6em }
figure { margin: 1.5em 0 } figcaption { font-family: monospace }
"""
