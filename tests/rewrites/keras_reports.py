"""Runs the rewrite in Keras, right and with each trap: prints JSON reports.

A process of its own, because Keras needs TensorFlow 2's behavior.
"""

import json

import keras
import language_model_keras as rewrite
import numpy as np
from rewrite_reports import CHECKPOINT
from rewrite_reports import RECORDING
from rewrite_reports import report

from tfcompat_rnn.checkpoints import open_checkpoint
from tfcompat_rnn.checkpoints.export import export_stack


def new_model(**options):
  lstm = export_stack(open_checkpoint(CHECKPOINT), "keras",
                      scope="rnn/multi_rnn_cell", **options).arrays
  model = rewrite.LanguageModel()
  model.load(CHECKPOINT, lstm)
  return model


def forward(model, call=1, start=None, keep_prob=1.):
  one = RECORDING.calls[call]
  outputs, logits, _ = model(
      one.feeds["inputs"], one.feeds["start"] if start is None else start)
  if keep_prob < 1:
    outputs = keras.ops.convert_to_numpy(outputs)
    mask = np.random.RandomState(0).uniform(size=outputs.shape) < keep_prob
    outputs = np.where(mask, outputs / np.float32(keep_prob), 0)
    logits = model.softmax(outputs)
  return {"outputs": outputs, "logits": logits,
          "loss": rewrite.loss_of(logits, one.feeds["targets"])}


def train(model, optimizer, steps):
  """The variables after some training steps, under the old names."""
  state = RECORDING.steps[0].feeds["start"]
  for call in RECORDING.steps[:steps]:
    _, gradients, state = rewrite.gradients_of(
        model, call.feeds["inputs"], call.feeds["targets"], state)
    optimizer.apply(gradients, model.trainable_weights)
  return rewrite.under_old_names(model.trainable_weights, forget_bias=1.)


def in_order_of_1x(model):
  for layer in model.lstm:
    layer.set_weights([np.concatenate([i, j, f, o], -1) for i, f, j, o in (
        np.split(value, 4, -1) for value in layer.get_weights())])
  return model


def raw_gradients(model, call):
  with rewrite.tf.GradientTape() as tape:
    _, logits, _ = model(call.feeds["inputs"], call.feeds["start"])
    loss = rewrite.loss_of(logits, call.feeds["targets"])
  return tape.gradient(
      loss, [weight.value for weight in model.trainable_weights])


def train_on_slices(model):
  """One step with the gradient of the embeddings as tf.IndexedSlices."""
  gradients, _ = rewrite.tf.clip_by_global_norm(
      raw_gradients(model, RECORDING.steps[0]), .1)
  rewrite.make_optimizer().apply(gradients, model.trainable_weights)
  return rewrite.under_old_names(model.trainable_weights, forget_bias=1.)


def main():
  keras.utils.set_random_seed(1)
  model, first = new_model(), RECORDING.steps[0]
  adam = keras.optimizers.Adam
  trained = new_model()
  first_step = train(trained, rewrite.make_optimizer(), 1)
  found = {
      "with state": report(forward(trained, 3), call=3),
      "dropout": report(forward(model, keep_prob=.5), call=1),
      "first step": report(first_step, kind="variables", step=1, atol=1e-6),
      "no state": report(forward(
          trained, 3, np.zeros([2, 2, 4, 8], "f4")), call=3),
      "h and c": report(forward(
          trained, 3, RECORDING.calls[3].feeds["start"][:, ::-1]), call=3),
      "forget bias": report(forward(new_model(forget_bias=0.)), call=1),
      "forget bias in the weights": report(rewrite.under_old_names(
          model.trainable_weights), kind="variables"),
      "gate order": report(forward(in_order_of_1x(new_model())), call=1),
      "no clipping": report(rewrite.under_old_names(
          map(rewrite.tf.convert_to_tensor, raw_gradients(model, first))),
                            call=2, kind="gradients"),
      "epsilon": report(train(new_model(), adam(.01), 5), kind="variables",
                        step=5),
      "learning rate": report(train(
          new_model(), adam(.001, epsilon=1e-8), 1), kind="variables", step=1),
      "repeated rows": report(train_on_slices(new_model()), kind="variables",
                              step=1)}
  print(json.dumps(found))


if __name__ == "__main__":
  main()
