"""Plots a `GradientReport`: norms over the time steps for both sides."""

from tfcompat_rnn import _figure


def draw(report, path):
  """Writes the plot, with one panel for each tensor with a time axis."""
  count = len(report.steps)
  figure = _figure.new_figure(7, 2.6 * count + 0.6)
  for axes, steps in zip(
      figure.subplots(count, 1, squeeze=False)[:, 0], report.steps):
    # The second line is dashed and on top, so both show where they agree.
    axes.plot(steps.a, color="tab:blue", linewidth=3, alpha=0.6,
              label=report.labels[0])
    axes.plot(steps.b, color="tab:red", linestyle="--", marker=".",
              label=report.labels[1])
    if any(norm > 0 for norm in steps.a + steps.b):
      axes.set_yscale("log")
    axes.set_title(f"{steps.kind} {steps.name}")
    axes.set_xlabel("time step")
    axes.set_ylabel("value's norm" if steps.kind == "output"
                    else "gradient's norm")
    axes.legend()
    axes.grid(alpha=0.3)
  figure.suptitle(f"{report.title}: "
                  f"{'equal' if report.passed else 'different'}")
  figure.savefig(path, dpi=110)
