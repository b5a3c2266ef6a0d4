"""Attacks on the package that can go on for as long as one likes.

    python -m tests.campaign --minutes 30

`docs/reliability.md` says what it tries, what it found, and what is promised.
"""
