"""All files of cases in this folder."""

from cells import cases_autograph
from cells import cases_contrib
from cells import cases_custom
from cells import cases_errors
from cells import cases_gates
from cells import cases_random
from cells import cases_scope
from cells import cases_surface

ALL = [module.case for module in (
    cases_scope, cases_custom, cases_surface, cases_errors, cases_random,
    cases_contrib, cases_gates, cases_autograph)]
