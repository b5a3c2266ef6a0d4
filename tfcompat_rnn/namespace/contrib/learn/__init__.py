"""`tf.contrib.learn`: estimators from before `tf.estimator`.

`estimator` has the model around a model function, `experiment` what trains
and evaluates one, `monitors` what looks on. `feeding` turns arrays into feeds.
"""
