"""`docs/seeds_table.md` is what the tables say."""

from seeds import make_seeds_page


def test_page_is_current():
  with open(make_seeds_page.PAGE, encoding="utf-8") as stream:
    assert stream.read() == make_seeds_page.page(), (
        "run python tests/seeds/make_seeds_page.py")
