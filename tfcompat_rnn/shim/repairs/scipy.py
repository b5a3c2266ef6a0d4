"""To come."""

ROWS = ()
