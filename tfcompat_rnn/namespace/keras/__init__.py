"""1.15's `tf.keras`: the v1 API of tf_keras (Keras 2), with 1.15's details.

`loading` imports tf_keras when a program first uses `tf.keras`, and applies
the rows of the other modules: what tf_keras does differently from 1.15 in a
1.x graph. `api` is the module behind `tf.keras`; `standalone` is what
`import keras` of an old program gets.
"""
