"""What an old name stands for now: the namespace of TensorFlow 1.15.

`tables` contains the names as rows; `finder` and `namespace` turn them into
importable modules; `contrib` and `layers` implement what TensorFlow no longer
has; `missing` writes the error for a name that is not supported.
`tfcompat_rnn.tf1` is the root of the namespace.
"""
