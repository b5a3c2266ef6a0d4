"""Formats a Report as text for the screen, and as data for JSON."""

import math

from tfcompat_rnn.compare import differences

MOST_LINES = 40


def figure(value):
  """A relative difference in short form: `0`, `3e-07`, `inf`."""
  return "0" if value == 0 else f"{value:.0e}" if math.isfinite(
      value) else str(value)


def verdict(report):
  """The last line: equal or different, and with which tolerance."""
  tolerance = report.tolerance
  measure = f"rtol {tolerance.rtol:g}, atol {tolerance.atol:g}"
  if report.equal:
    initial = report.initial
    bits = (f"; the initial values of all {initial.both} variables are "
            "bit-identical" if initial.both == initial.identical else
            f"; the initial values of {initial.identical} of {initial.both} "
            "variables are bit-identical, the largest relative difference "
            f"is {figure(initial.largest)}")
    return f"equal ({measure}): {report.calls} calls{bits}"
  return f"different ({measure})"


def explain(report, reference=None, ours=None):
  """What the first difference suggests, or None.

  With the two Recordings, also what their versions suggest.
  """
  first = report.first
  if first is None or first.kind == "variable" and math.isinf(first.call):
    return None
  if first.kind == "variable" and first.phase <= 0:
    if "only in" in first.text:
      return ("the two runs do not have the same variables: the models "
              "differ, or a variable has another name")
    if ": dtype" in first.text or ": shape" in first.text:
      return "the models differ"
    return ("the variables were initialized differently; if the program sets "
            "no seed, use --seed N or --initial-values reference")
  if first.kind == "feed":
    earlier = _rounding_before(report, first)
    if earlier and _is_fed_back(report, first):
      return _ROUNDING.format(earlier)
    return (
        "the feeds already differ at this call: before you look at the model, "
        "look at how the program makes its input: a generator without a seed "
        "(--seed N), the order of a set, such as list(set(text)) "
        "(--ordered-sets), the order of files, the clock, or ties in "
        "np.argsort, which versions of NumPy break differently"
        + _promotion(reference, ours))
  if first.kind == "gradient":
    return ("all that this call fetched agrees; so the model's forward pass "
            "does, and its gradients, or what was done to them (clipping, "
            "masks), differ")
  if first.kind != "fetch":
    return None
  row = next((row for row in report.fetches
              if row.first_beyond == first.call and row.name == first.name),
             None)
  if row is None or row.first_unequal is None:
    return None
  growing = first.call - row.first_unequal
  if growing >= 10:
    return (f"it stayed within the tolerance for {growing} calls after the "
            "first bit differed, and grew from there: this is the rounding "
            "of different kernels, amplified by training, rather than a "
            "fault; compare fewer --steps, or see how far the reference "
            "drifts from itself with `record --initial FILE --nudge 1`")
  earlier = _rounding_before(report, first)
  if earlier:
    return _ROUNDING.format(earlier) + _promotion(reference, ours)
  return ("both sides were fed the same values; the model computes something "
          "different from this call on")


_ROUNDING = (
    "up to here the runs are equal within rounding, but not bit for bit: {}. "
    "If the program amplifies rounding (training, sampling, a comparison of "
    "close values), this need not be a fault; see how far the reference "
    "drifts from itself with `record --initial FILE --nudge 1`")


def _rounding_before(report, first):
  """What differed by rounding before the Finding `first`, in words, or None."""
  found = []
  if report.initial.identical < report.initial.both and not any(
      gap.beyond for _, gap in report.initial.rows):
    found.append("the initial variables differ by up to "
                 f"{figure(report.initial.largest)}")
  for kind, rows in (("feeds", report.feeds), ("fetches", report.fetches)):
    # Feeds come before the fetches of the same call.
    last = first.call if first.kind == "fetch" and kind == "feeds" else (
        first.call - 1)
    early = [row for row in rows
             if row.first_unequal is not None and row.first_unequal <= last
             and (row.first_beyond is None or row.first_beyond > last)]
    if early:
      one = min(early, key=lambda row: row.first_unequal)
      found.append(f"the {kind} differ by rounding from call "
                   f"{one.first_unequal} on ({one.name})")
  return " and ".join(found) or None


def _is_fed_back(report, first):
  """May the feed be made from fetches that differed by rounding?"""
  row = next((row for row in report.feeds if row.name == first.name
              and row.first_beyond == first.call), None)
  if row is None or "shape" in first.text or "dtype" in first.text:
    return False
  # It agreed before, or differs little: an input that is made differently
  # differs from the beginning, and by much.
  return row.calls > row.beyond or row.largest.relative < .01


def _promotion(reference, ours):
  """A remark if the versions of NumPy promote types differently."""
  if reference is None or ours is None:
    return ""
  one, other = (str(side.head["numpy"]).partition(".")[0]
                for side in (reference, ours))
  if one == other or "2" not in (one, other):
    return ""
  return (f"; NumPy {ours.head['numpy']} also promotes types differently from "
          f"NumPy {reference.head['numpy']}: a float32 plus a Python float "
          "stays float32, where NumPy 1 made it float64 (sums of log "
          "probabilities, beam search); pip install 'numpy<2' restores that")


def text(report, reference, ours, title, remarks=()):
  """The whole report, for people."""
  lines = [f"compared: {title}",
           f"reference: {reference.versions}; {_ending(reference)}",
           f"ours:      {ours.versions}; {_ending(ours)}", ""]
  lines += _variable_lines(report.initial, "variables after initialization")
  if report.feeds:
    lines.append(_worst_line(report.feeds, "feeds", "tensors"))
  lines += _fetch_table(report)
  if report.gradients:
    lines.append(_worst_line(report.gradients, "gradients", "variables"))
  if report.looks and report.looks.rows:
    lines += _variable_lines(report.looks,
                             "trainable variables during training")
  if report.final.rows or not report.final.both:
    lines += _variable_lines(report.final, "variables at the end")
  lines += [f"note: {note}" for note in list(remarks) + report.notes]
  if not report.equal:
    lines += ["", f"first difference: {report.first.text}"]
    reason = explain(report, reference, ours)
    if reason:
      lines.append(f"  {reason}")
    more = [one.text for one in report.findings if one is not report.first]
    if more:
      lines.append("then:")
    lines += [f"  {one}" for one in more[:8]]
    if len(more) > 8:
      lines.append(f"  and {len(more) - 8} more (--json lists them)")
  lines += ["", f"verdict: {verdict(report)}"]
  return "\n".join(lines)


def _ending(recording):
  outcome = recording.outcome
  ends = {"ended": "ended", "stopped": "stopped by --steps",
          "exit": f"ended with exit code {outcome.get('code')}",
          "error": f"raised {outcome.get('type')}"}
  return f"{recording.tail['calls']} calls, {ends[outcome['kind']]}"


def _variable_lines(found, title):
  line = (f"{title}: {found.both} in both, {found.identical} bit-identical")
  if found.identical < found.both:
    name, gap = max(found.rows, key=lambda row: row[1].relative)
    line += (f"; largest relative difference {figure(gap.relative)} "
             f"({name})")
  lines = [line]
  for names, side in ((found.only_reference, "the reference"),
                      (found.only_ours, "our run")):
    if names:
      lines.append(f"  only in {side}: " + ", ".join(names[:10]) +
                   (f" and {len(names) - 10} more" if names[10:] else ""))
  return lines


def _worst_line(rows, title, of):
  """One line on all `rows`: their number, and the largest difference."""
  worst = max(rows, key=lambda row: row.largest.relative)
  if worst.largest.relative == 0 and all(
      row.first_unequal is None for row in rows):
    return f"{title}: {len(rows)} {of}, bit-identical in all calls"
  return (f"{title}: {len(rows)} {of}, largest relative difference "
          f"{figure(worst.largest.relative)} ({worst.name}, call "
          f"{worst.largest_call})")


def title_of(row):
  """The name of a fetch as the table shows it."""
  name = row.name
  if row.path and not row.path.isdigit():
    name += f" [{row.path}]"
  if row.session:
    name += f" (session {row.session})"
  return name + (f" ({row.thread})" if row.thread else "")


def _fetch_table(report):
  if not report.fetches:
    return ["fetches: only operations"]
  rows = [("fetch", "calls", "largest relative difference", "at call",
           "first beyond")]
  for row in sorted(report.fetches, key=lambda row: -row.largest.relative)[
      :MOST_LINES]:
    rows.append((title_of(row), str(row.calls),
                 figure(row.largest.relative),
                 "-" if row.largest_call is None else str(row.largest_call),
                 "-" if row.first_beyond is None else str(row.first_beyond)))
  widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
  lines = ["  ".join([row[0].ljust(widths[0])] + [
      cell.rjust(width) for cell, width in zip(row[1:], widths[1:])])
           for row in rows]
  hidden = len(report.fetches) - MOST_LINES
  if hidden > 0:
    lines.append(f"and {hidden} fetches with smaller differences")
  if report.unlisted:
    lines.append(f"and {report.unlisted} values of fetches beyond the first "
                 f"{differences.MOST_ROWS}, which have no row of their own "
                 "(they count for the verdict)")
  return lines


def _number(value):
  """JSON has no infinity."""
  if value is None or isinstance(value, int):
    return value
  return value if math.isfinite(value) else str(value)


def data(report, reference, ours, title, remarks=()):
  """The whole report, for programs (JSON)."""
  def gap(one):
    return {"absolute": _number(one.absolute),
            "relative": _number(one.relative),
            "identical": one.identical, "beyond": one.beyond,
            "problem": one.problem}

  def variables(found):
    return {"both": found.both, "identical": found.identical,
            "only_reference": found.only_reference,
            "only_ours": found.only_ours,
            "differences": [dict(gap(one), name=name)
                            for name, one in found.rows if not one.identical]}

  def row(one):
    return {"name": one.name, "path": one.path, "session": one.session,
            "thread": one.thread or "main", "calls": one.calls,
            "largest": gap(one.largest), "largest_call": one.largest_call,
            "first_unequal": one.first_unequal,
            "first_beyond": one.first_beyond, "beyond": one.beyond,
            "scalar": one.curve is not None}

  def finding(one):
    return one and {"call": _number(one.call), "kind": one.kind,
                    "name": one.name, "text": one.text}

  def side(recording):
    return {"tensorflow": recording.tail.get("real_tensorflow"),
            "numpy": recording.head["numpy"],
            "python": recording.head["python"],
            "calls": recording.tail["calls"],
            "outcome": recording.outcome}

  return {
      "format": 1, "program": title,
      "verdict": "equal" if report.equal else "different",
      "rtol": report.tolerance.rtol, "atol": report.tolerance.atol,
      "weights_rtol": report.tolerance.weights,
      "reference": side(reference), "ours": side(ours),
      "calls": report.calls, "first": finding(report.first),
      "explanation": explain(report, reference, ours),
      "findings": [finding(one) for one in report.findings],
      "initial": variables(report.initial), "looks": variables(report.looks),
      "final": variables(report.final),
      "fetches": [row(one) for one in report.fetches],
      "feeds": [row(one) for one in report.feeds],
      "gradients": [row(one) for one in report.gradients],
      "notes": list(remarks) + report.notes}
