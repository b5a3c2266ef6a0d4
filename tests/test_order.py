"""The files that run first exist, and come first."""

import order


def test_the_longest_files_exist():
  assert [name for name in order.LONGEST
          if not (order.TESTS / name).is_file()] == []
  assert len(set(order.LONGEST)) == len(order.LONGEST)


def test_the_longest_comes_first():
  paths = [order.TESTS / "test_order.py", order.TESTS / order.LONGEST[1],
           order.TESTS / order.LONGEST[0], order.TESTS.parent / "setup.cfg"]
  assert sorted(paths, key=order.place) == [
      paths[2], paths[1], paths[0], paths[3]]
