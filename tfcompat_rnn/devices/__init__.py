"""What TensorFlow sees, why a GPU is not among it, and whether it works.

  facts = probe.gather()              # in a process of its own
  findings = diagnosis.explain(facts)
  trial.train("/cpu:0")               # a few steps, with their gradients

`tfcompat-rnn devices` prints all of it. Facts are plain dicts, so that each
function here can be asked about a machine that is not at hand.
"""
