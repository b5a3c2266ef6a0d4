"""The devices that TensorFlow sees, why a GPU is missing, and a trial of each.

  facts = probe.gather()              # in a separate process
  findings = diagnosis.explain(facts)
  trial.train("/cpu:0")               # a few steps, with their gradients

`tfcompat-rnn devices` prints all of it. Facts are plain dicts, so that every
function here can be tested for machines that are not available.
"""
