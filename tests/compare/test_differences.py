"""What is said of two recordings, and what is not said."""

import json
import math
import re
import sys
import types
import xml.etree.ElementTree

import numpy as np
import pytest

from tests.compare import made
from tfcompat_rnn.compare import differences
from tfcompat_rnn.compare import page
from tfcompat_rnn.compare import recording
from tfcompat_rnn.compare import report as report_text

TOLERANCE = differences.Tolerance(rtol=1e-3, atol=0.)


def compare(reference, ours, tolerance=TOLERANCE):
  return differences.compare(reference, ours, tolerance)


def gap(wanted, got, rtol=1e-3, atol=0.):
  return differences.measure(made.value(wanted), made.value(got), rtol, atol)


@pytest.mark.parametrize("wanted, got, relative, beyond", [
    ([1., 2.], [1., 2.], 0., False),
    ([1., 2.], [1.001, 2.], .0005, False),      # over the largest, not over 1
    ([1., 2.], [1., 2.01], .005, True),
    ([0., 0.], [0., 1e-30], math.inf, True),
    ([math.nan, 1.], [math.nan, 1.], 0., False),
    ([math.inf, 4.], [math.inf, 4.001], .00025, False),
    ([math.inf, 4.], [-math.inf, 4.], math.inf, True),
    ([math.nan, 4.], [4., 4.], math.inf, True),
    (np.array([100000, 2]), np.array([100001, 2]), 1e-5, True),  # integers
    (np.array([[5, 2], [3, 4]]), np.array([[5, 6], [3, 4]]), .8, True),
    (np.array(7), np.array(14), 1., True),
    (np.zeros([0, 3], int), np.zeros([0, 3], int), 0., False),
    (np.array([True, False]), np.array([True, True]), 1., True),
    (np.array([3 + 4j]), np.array([3 + 4.5j]), .1, True),
    (np.zeros([0, 3]), np.zeros([0, 3]), 0., False),
    (np.array([1.7e308 + 1.7e308j]), np.array([0j]), 1., True),
    (np.array([1.7e308 + 1.7e308j]), np.array([1.7e308 + 1.69983e308j]),
     1e-4 / 2 ** .5, False),
    ([1.7e308], [-1.7e308], 2., True),
    (2., 3., .5, True)], ids=str)
def test_small_values(wanted, got, relative, beyond):
  found = gap(wanted, got)
  assert found.beyond == beyond
  assert found.relative == pytest.approx(relative, rel=1e-6)
  assert found.identical == (relative == 0.)


def test_atol_counts_from_zero():
  assert not gap([0.], [1e-9], atol=1e-8).beyond
  assert gap([0.], [1e-7], atol=1e-8).beyond


def test_a_fetch_of_another_kind_here():
  """A curve has numbers on both sides; complex ones, and texts, are none."""
  for other in (1j, b"x", [1.], 2):
    report = compare(made.Made([([made.item("y:0", 1.)], [])]),
                     made.Made([([made.item("y:0", other)], [])]))
    assert not report.equal and "in the reference" in report.first.text


def test_summaries_that_are_not_numbers():
  """Only the largest element differs, and it is not in the sample."""
  wanted, got = (recording.Value(
      "float64", (9999,), np.zeros(9), digest, 0., 1., mean)
                 for digest, mean in (("a", 1.), ("b", math.nan)))
  assert differences.measure(wanted, got, 1e-3, 0.).beyond
  assert differences.measure(got, wanted, 1e-3, 0.).beyond


def test_other_kinds_are_told_apart():
  assert "shape [2] here, [1] in the reference" in gap([1.], [1., 2.]).problem
  assert "dtype float32 here, float64" in gap([1.], np.float32([1.])).problem
  assert "'b' here, 'a' in" in gap([b"x", b"a"], [b"x", b"b"]).problem
  assert not gap([b"x"], [b"x"]).beyond
  assert gap([b"x" * 99 + b"a"], [b"x" * 99 + b"b"]).problem == "text differs"


@pytest.mark.parametrize("wanted, got, same", [
    (b"/tmp/tmpa1_b2c3d/data/x.csv", b"/tmp/tmpzzzzzzzz/data/x.csv", True),
    (b"/tmp/tmpa1_b2c3d", b"/tmp/tmpzzzzzzzz", True),
    (b"/m/export/1543487925/assets/v.txt", b"/m/export/1795951110/assets/v.txt",
     True),
    (b"/tmp/tmpa1_b2c3d/x.csv", b"/tmp/tmpa1_b2c3d/y.csv", False),
    (b"/tmp/tmpa1_b2c3d/x.csv", b"/tmp/other/x.csv", False),
    (b"/tmp/tmpa1_b2c3d.csv", b"/tmp/tmpzzzzzzzz.csv", False),
    (b"/m/1/v.txt", b"/m/2/v.txt", False),
    (b"a /tmpa1_b2c3d/", b"a /tmpzzzzzzzz/", False)], ids=str)
def test_made_up_folders_in_paths_are_alike(wanted, got, same):
  assert gap([wanted], [got]).beyond != same


def test_large_values_are_compared_by_sample_and_summary():
  rnd = np.random.RandomState(1)
  array = rnd.randn(300, 7)
  assert not gap(array, array.copy()).beyond
  assert gap(array, array.copy()).identical
  near = gap(array, array * (1 + 1e-6))
  assert not near.identical and not near.beyond
  assert 1e-7 < near.relative < 2e-6
  assert gap(array, array * 1.01).beyond
  # One element that is not in the sample, but is the largest:
  far = array.copy()
  far[150, 3] = 50.
  assert gap(array, far).beyond
  far[150, 3] = math.nan
  assert "1 infinite or NaN here, 0" in gap(array, far).problem
  numbers = rnd.randint(0, 9, [200])
  other = numbers.copy()
  other[101] ^= 1
  found = gap(numbers, other)
  assert found.beyond and not found.identical


def test_equal_runs():
  run = lambda: made.Made(made.scalars([3., 2.], fed=[1., 2.]),
                          initial={"w": [1.]}, final={"w": [2.]})
  report = compare(run(), run())
  assert report.equal and report.first is None
  assert report.initial.identical == report.final.identical == 1
  assert (report.calls, report.fetches[0].calls) == (2, 2)
  assert "equal (rtol 0.001, atol 0): 2 calls; the initial values of all 1 " \
      in report_text.verdict(report)


def test_the_first_difference_is_the_earliest_in_time():
  reference = made.Made(made.scalars([3., 2., 1.], fed=[1., 1., 1.]),
                        initial={"w": [1.]}, final={"w": [9.]})
  ours = made.Made(made.scalars([3., 2.1, 1.5], fed=[1., 1., 7.]),
                   initial={"w": [1.]}, final={"w": [1.]})
  report = compare(reference, ours)
  assert [(one.call, one.kind) for one in report.findings] == [
      (1, "fetch"), (2, "feed"), (2, "fetch"), (math.inf, "variable")]
  assert report.first.text.startswith("call 1 returned a different loss:0: ")
  assert "both sides were fed the same values" in report_text.explain(report)
  row = report.fetches[0]
  assert (row.first_unequal, row.first_beyond, row.beyond) == (1, 1, 2)
  assert row.largest_call == 2
  assert row.largest.relative == pytest.approx(.5)
  assert row.curve.got == [3., pytest.approx(2.1), 1.5]


def test_feeds_that_already_differ():
  report = compare(made.Made(made.scalars([3., 2.], fed=[1., 1.])),
                   made.Made(made.scalars([3., 9.], fed=[1., 5.])))
  assert report.first.kind == "feed" and report.first.call == 1
  assert report.first.text.startswith("call 1 was fed a different x:0")
  assert "the feeds already differ" in report_text.explain(report)


def test_feeds_that_differ_from_the_beginning_get_hints():
  reference = made.Made(made.scalars([3.], fed=[1.]))
  ours = made.Made(made.scalars([9.], fed=[5.]), numpy="2.2.6")
  report = compare(reference, ours)
  text = report_text.explain(report, reference, ours)
  for word in ("--seed N", "--ordered-sets", "np.argsort", "'numpy<2'"):
    assert word in text
  assert "numpy<2" not in report_text.explain(report, reference, reference)


@pytest.mark.parametrize("values, fed", [
    ((3., 2.5), (1., 1.0000001)),       # a feed differed by rounding
    ((3.000001, 2.5), (1., 1.)),        # an earlier fetch did
    ((3.000001, 2.5), (1., 5.)),        # and a feed was made from it
])
def test_what_differs_after_rounding_is_not_called_a_fault(values, fed):
  reference = made.Made(made.scalars([3., 2.], fed=[1., np.float64(1.)]))
  ours = made.Made(made.scalars(values, fed=list(fed)), numpy="2.2.6")
  text = report_text.explain(compare(reference, ours), reference, ours)
  assert "equal within rounding" in text and "--nudge" in text
  assert "something different" not in text


def test_what_differs_without_rounding_is():
  report = compare(made.Made(made.scalars([3., 2.], fed=[1., 1.])),
                   made.Made(made.scalars([3., 2.5], fed=[1., 1.])))
  assert "something different" in report_text.explain(report)


@pytest.mark.parametrize("name", ["a/w:0", "a/w/read:0",
                                  "a/w/Read/ReadVariableOp:0"])
def test_weights_that_the_program_fetches_have_the_tolerance_of_weights(name):
  def run(value, **options):
    return made.Made([([made.item(name, np.float32(number))], [])
                      for number in (1., value)],
                     initial={"a/w": [1.]}, **options)
  tolerance = differences.Tolerance(1e-5, 1e-8, 1e-2)
  for trains, equal in (((), False), ((0,), True)):
    report = differences.compare(run(1., trains=trains),
                                 run(1.001, trains=trains), tolerance)
    assert report.equal == equal
  other = lambda value: made.Made(made.scalars([1., value], name="a/x:0"),
                                  initial={"a/w": [1.]}, trains=(0,))
  assert not differences.compare(other(1.), other(1.001), tolerance).equal


def test_how_far_two_runs_agree_of_which_one_failed():
  whole = made.Made(made.scalars([1., 2., 3.]), final={"w": [1.]})
  cut = made.Made(made.scalars([1., 2.]), outcome={"kind": "error"})
  assert differences.agreement(whole, cut, TOLERANCE) == (2, None)
  cut = made.Made(made.scalars([1., 2.]) + ["ValueError"])
  assert differences.agreement(whole, cut, TOLERANCE) == (3, None)
  wrong = made.Made(made.scalars([1., 5.]))
  calls, first = differences.agreement(whole, wrong, TOLERANCE)
  assert calls == 2 and first.call == 1


def test_feeds_that_follow_the_outputs_rounding():
  report = compare(
      made.Made(made.scalars([3., 2.], fed=[1., [1., 0.]])),
      made.Made(made.scalars([3., 2.], fed=[1., [1.0000001, 0.]])))
  assert report.equal and report.feeds[0].first_unequal == 1


def test_variables_names_shapes_and_dtypes():
  reference = made.Made(initial={"a": [1.], "b": [1.], "c": [1., 2.],
                                 "d": [1.]}, final={"a": [1.], "b": [1.]})
  ours = made.Made(initial={"a": [1.], "B": [1.], "c": [1.],
                            "d": np.float32([1.])}, final={"a": [1.]})
  report = compare(reference, ours)
  assert report.initial.only_reference == ["b"]
  assert report.initial.only_ours == ["B"]
  said = [one.text for one in report.findings]
  assert "variable b [1] after initialization: only in the reference" in said
  assert "variable B [1] after initialization: only in our run" in said
  assert any(text.startswith("variable c after initialization: shape [1] "
                             "here, [2]") for text in said)
  assert any("variable d after initialization: dtype float32 here, float64"
             in text for text in said)
  assert "only in the reference: b" in report_text.text(
      report, reference, ours, "s.py")


def test_variables_after_training_have_a_tolerance_of_their_own():
  run = lambda end: made.Made(final={"w": end}, looks={"w": end})
  assert compare(run([1.]), run([1.005])).equal
  report = compare(run([1.]), run([1.02]))
  assert [one.call for one in report.findings] == [1, math.inf]
  # But not the initial ones:
  assert not compare(made.Made(initial={"w": [1.]}),
                     made.Made(initial={"w": [1.005]})).equal


def test_calls_that_one_side_does_not_make():
  report = compare(made.Made(made.scalars([1., 2., 3.])),
                   made.Made(made.scalars([1., 2.])))
  assert report.first.text == ("call 2 (loss:0) is only in the reference; the "
                               "other ended after 2 calls")
  stopped = made.Made(made.scalars([1., 2.]), outcome={"kind": "stopped"},
                      final={"w": [5.]})
  report = compare(made.Made(made.scalars([1., 2., 3.]), final={"w": [1.]}),
                   stopped)
  assert report.equal, "--steps has ended our run"
  assert "only the first 2 calls are compared" in report.notes[0]
  # The other way round: the reference ended by itself, ours went on.
  assert not compare(
      made.Made(made.scalars([1.])),
      made.Made(made.scalars([1., 2.]), outcome={"kind": "stopped"})).equal


def test_calls_that_fetch_something_else():
  report = compare(
      made.Made([([made.item("a:0", 1., "0")], [])] * 2),
      made.Made([([made.item("a:0", 1., "0"), made.item("b:0", 1., "1")],
                  [])] * 2))
  assert len(report.findings) == 1
  assert report.first.text.startswith(
      "call 0 fetches a:0, b:0 here, a:0 in the reference")


def test_other_names_of_one_fetch_are_a_note():
  report = compare(made.Made(made.scalars([1.], name="Mean:0")),
                   made.Made(made.scalars([1.], name="Mean_1:0")))
  assert report.equal
  assert report.notes == [
      "fetch 'Mean_1:0' was named 'Mean:0' in the reference"]


def test_exceptions():
  run = lambda *calls: made.Made(list(calls) + made.scalars([1.]))
  assert compare(run("OutOfRangeError"), run("OutOfRangeError")).equal
  report = compare(run("OutOfRangeError"), run("AbortedError"))
  assert report.first.text == ("call 0 raises AbortedError here, raises "
                               "OutOfRangeError in the reference")


def test_threads_come_after_the_main_thread():
  reference = made.Made(made.scalars([1., 2.]),
                        threads={1: made.scalars([1.])})
  ours = made.Made(made.scalars([1., 5.]), threads={1: made.scalars([4.])})
  report = compare(reference, ours)
  assert [one.main for one in report.findings] == [True, False]
  assert "call 0 in thread 1 returned a different" in report.findings[1].text


def test_growing_rounding_is_told_from_a_fault():
  wanted = [1.] * 40
  grown = [1. + 1e-7 * 1.5 ** n for n in range(40)]
  report = compare(made.Made(made.scalars(wanted)),
                   made.Made(made.scalars(grown)))
  assert report.first.call == 23
  assert "the rounding of different kernels" in report_text.explain(report)


def test_many_findings_keep_the_first():
  run = lambda start: made.Made([
      ([made.item(f"t{n}:0", float(start + n))], []) for n in range(900)])
  report = compare(run(1), run(2))
  assert report.first.call == 0 and len(report.findings) <= 400
  assert len(report.fetches) == 500 and report.unlisted == 400


def test_long_curves_are_thinned_out_evenly():
  curve = differences.Curve()
  for n in range(20000):
    curve.add(n, n, n)
  assert 1000 <= len(curve.calls) <= 2001
  assert set(np.diff(curve.calls)) == {16} and curve.calls[0] == 0
  assert curve.wanted == [float(n) for n in curve.calls]


def a_report(wanted, got, name="loss:0"):
  reference = made.Made(made.scalars(wanted, name), initial={"w": [1.]},
                        final={"w": [1.]})
  ours = made.Made(made.scalars(got, name), initial={"w": [1.]},
                   final={"w": [1.]})
  return compare(reference, ours), reference, ours


def test_the_data_are_json_whatever_the_numbers():
  parts = a_report([1., 0., math.nan], [1., 1e-30, 2.])
  data = json.loads(json.dumps(report_text.data(*parts, "s.py"),
                               allow_nan=False))
  assert data["verdict"] == "different"
  assert data["first"]["call"] == 1 and data["first"]["name"] == "loss:0"
  assert data["fetches"][0]["largest"]["relative"] == "inf"


def test_the_page_is_whole_and_escaped():
  name = "<script>alert(1)</script>\"&':0"
  text = page.page(*a_report([3., 2., 1.], [3., 2.5, 1.], name),
                   "a<b>.py", remarks=["<i>&"])
  assert "<script" not in text and "<i>" not in text and "a<b>" not in text
  assert "&lt;script&gt;" in text and "&lt;i&gt;&amp;" in text
  # Nothing from elsewhere:
  assert not re.search(r"(src|href)=|url\(|@import", text)
  body = text[text.index("<body>"):text.index("</html>")]
  root = xml.etree.ElementTree.fromstring(body)
  assert len(root.findall(".//{http://www.w3.org/2000/svg}svg")) == 1


SVG = "{http://www.w3.org/2000/svg}"


def points(svg):
  """The points of each polyline, as arrays [n, 2]."""
  return [np.array([pair.split(",") for pair in line.get("points").split()],
                   float) for line in svg.findall(f"{SVG}polyline")]


def test_the_plots_have_the_numbers():
  wanted = [4., 3., 2., 1.]
  got = [4., 3.2, 2., 1.003]
  report = a_report(wanted, got)[0]
  svg = xml.etree.ElementTree.fromstring(page.plot(report.fetches[0].curve))
  first, second = points(svg)[:2]
  # Linear in call and value: 4 is at the top, 1 at the bottom of the frame.
  frame = svg.findall(f"{SVG}rect")[0]
  left, top, width, height = (float(frame.get(key)) for key in (
      "x", "y", "width", "height"))
  np.testing.assert_allclose(first[:, 0], left + width * np.arange(4) / 3,
                             atol=.06)
  np.testing.assert_allclose(first[:, 1], top + height * np.arange(4) / 3,
                             atol=.06)
  np.testing.assert_allclose(second[1, 1], top + height * .8 / 3, atol=.06)
  # Below, the logarithm of |0.2| and |0.003|; calls without a difference
  # leave gaps.
  dots = svg.findall(f"{SVG}circle")
  frame = svg.findall(f"{SVG}rect")[1]
  top, height = float(frame.get("y")), float(frame.get("height"))
  assert [float(dot.get("cx")) for dot in dots] == [
      pytest.approx(first[1, 0], abs=.06), pytest.approx(first[3, 0],
                                                         abs=.06)]
  low, high = -3, 0     # whole powers of ten around 0.003 and 0.2
  for dot, difference in zip(dots, (.2, .003)):
    assert float(dot.get("cy")) == pytest.approx(
        top + height * (high - math.log10(difference)) / (high - low), abs=1.)
  labels = [one.text for one in svg.findall(f"{SVG}text")]
  assert {"1", "2", "3", "4"} <= set(labels)


@pytest.mark.parametrize("wanted, got", [
    ([1., 1.], [1., 1.]), ([0., 0.], [0., 0.]), ([1.], [1.]),
    ([math.nan, 1., 2.], [math.nan, 1., 2.]),
    ([math.nan] * 3, [math.nan] * 3), ([1e30, -1e30], [1e-30, 5.]),
    (list(range(5000)), list(range(5000))),
    ([1e308, -1e308], [-1e308, 1e308]), ([1.7e308, 1.7e308], [1.7e308, 0.]),
    ([0., 5e-324], [0., 1e-320]), ([0., 5e-324], [0., 5e-324]),
    ([1., 1e-300], [1., 0.]), ([1e16, 1e16 + 2], [1e16, 1e16 + 4]),
    ([math.nan, 1.], [math.inf, 1.]), ([math.inf] * 2, [-math.inf] * 2)],
    ids=range(15))
def test_plots_of_odd_curves(wanted, got):
  curve = types.SimpleNamespace(
      calls=list(range(len(wanted))), wanted=wanted, got=got)
  svg = xml.etree.ElementTree.fromstring(page.plot(curve))
  for line in points(svg):
    assert np.isfinite(line).all()
    assert line.min() >= 0 and line[:, 0].max() <= page.WIDTH


def _labels(wanted, got):
  svg = xml.etree.ElementTree.fromstring(page.plot(types.SimpleNamespace(
      calls=list(range(len(wanted))), wanted=wanted, got=got)))
  return [one.text for one in svg.findall(f"{SVG}text")]


def test_plots_of_extreme_values_name_them():
  # Half of the largest power of two, above and below 0.
  assert {"8.9885e+307", "0", "-8.9885e+307"} <= set(_labels(
      [1e308, -1e308], [1e308, -1e308]))
  assert _labels([sys.float_info.max, 0.], [0., 0.])
  # The difference, 2e308, is more than a float can hold.
  assert "1e308" in _labels([1e308, 0.], [-1e308, 0.])
  assert "no difference in any call" in _labels([math.nan, 1.], [math.nan, 1.])
  assert "no difference in any call" not in _labels(
      [math.nan, 1.], [math.inf, 1.])


def test_ticks_are_round():
  assert page.ticks(0., 10.) == [0., 5., 10.]
  assert page.ticks(.98, 1.02) == [.98, .99, 1., 1.01, 1.02]
  assert page.ticks(-3e-7, 4e-7) == [-2e-7, 0., 2e-7, 4e-7]
