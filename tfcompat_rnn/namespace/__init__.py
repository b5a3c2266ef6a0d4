"""What an old name means today: the namespace of TensorFlow 1.15.

`tables` holds the names as rows; `finder` and `namespace` make importable
modules of them; `contrib` and `layers` are what the rows lead to where
today's TensorFlow has nothing; `missing` writes the error for a name that is
not supported. `tfcompat_rnn.tf1` is the root of the namespace.
"""
