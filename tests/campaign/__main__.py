"""The command `python -m tests.campaign`; see `docs/reliability.md`."""

import argparse
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def _parser():
  parser = argparse.ArgumentParser(
      prog="python -m tests.campaign",
      description="Attacks the package until the time is over. The exit code "
      "is 1 if there is a counterexample.")
  parser.add_argument("--minutes", type=float, default=5., help=(
      "how long (for each fault with --plant; default: %(default)s)"))
  parser.add_argument("--seed", type=int, default=0)
  parser.add_argument("--only", metavar="KIND", action="append", help=(
      "only this kind of attack; may be given more than once"))
  parser.add_argument("--jobs", type=int, default=os.cpu_count(), help=(
      "how many processes (default: one for each processor)"))
  parser.add_argument("--count", type=int, metavar="N", help=(
      "end after N rounds of each kind"))
  parser.add_argument("--plant", metavar="FAULT", action="append", help=(
      "plant a fault in the package, and see how soon it is found; \"all\" "
      "plants one after the other"))
  parser.add_argument("--list", action="store_true", help=(
      "list the kinds of attack and the faults"))
  return parser


def main(arguments=None):
  options = _parser().parse_args(arguments)
  from tests.campaign import faults
  from tests.campaign import kinds
  from tests.campaign import rounds
  from tests.campaign import running
  if options.list:
    print("kinds:", *kinds.KINDS)
    for name, fault in faults.FAULTS.items():
      print(f"{name}: {fault.what}")
    return 0
  names = options.only or list(kinds.KINDS)
  for name in names:
    if name not in kinds.KINDS:
      sys.exit(f"--only must be one of {', '.join(kinds.KINDS)}, got {name}")
  planted = options.plant or []
  if planted == ["all"]:
    planted = list(faults.FAULTS)
  for name in planted:
    if name not in faults.FAULTS:
      sys.exit(f"--plant must be one of {', '.join(faults.FAULTS)}, got "
               f"{name}")
  if not planted:
    campaign = running.Campaign(names, options.seed, options.jobs)
    campaign.run(60 * options.minutes, options.count)
    for line in campaign.totals.lines():
      print(line)
    print(f"{len(campaign.found)} counterexamples in "
          f"{campaign.seconds / 60:.1f} minutes")
    return 1 if campaign.found else 0
  missed, rounds.reducing = 0, 3.
  for name in planted:
    with faults.FAULTS[name].planted():
      campaign = running.Campaign(
          names, options.seed, options.jobs, stop_at_first=True, quiet=True)
      begun = time.monotonic()
      campaign.run(60 * options.minutes, options.count)
    if campaign.found:
      kind, problem, call = campaign.found[0]
      print(f"{name}: found after {campaign.first - begun:.0f} s by {kind}: "
            f"{problem[:160]}\n  check({call})", flush=True)
    else:
      missed += 1
      print(f"{name}: NOT FOUND in {options.minutes:g} minutes", flush=True)
  print(f"{len(planted) - missed} of {len(planted)} faults found")
  return 1 if missed else 0


if __name__ == "__main__":
  sys.exit(main())
