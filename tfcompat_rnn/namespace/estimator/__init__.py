"""`tf.estimator`, and what contrib built on it.

`loading` imports tensorflow-estimator and supplies what TensorFlow 2.16 and
later no longer has, to that package alone; `names` finds its names without
importing all of it. The other modules are the parts of `tf.contrib` that
1.15's estimators needed.
"""
