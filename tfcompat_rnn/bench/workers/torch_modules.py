"""PyTorch's `nn.RNN`, `nn.GRU` and `nn.LSTM` on the CPU."""

import arrays
import numpy as np


class Contestant:
  """`way` is not used."""

  def __init__(self, way, threads):
    import torch
    torch.set_num_threads(threads)
    self._torch = torch
    self.versions = {"PyTorch": torch.__version__}

  def build(self, spec):
    torch = self._torch
    torch.manual_seed(spec["seed"])
    self._spec = spec
    made = {"RNN": torch.nn.RNN, "GRU-after": torch.nn.GRU,
            "LSTM": torch.nn.LSTM}[spec["kind"]]
    drop = 1 - spec["keep"]
    self._module = made(
        spec["depth"], spec["units"], spec["layers"], batch_first=True,
        dropout=drop if spec["layers"] > 1 else 0.)
    self._drop = torch.nn.Dropout(drop)
    self._x = torch.from_numpy(arrays.inputs(spec))
    with torch.no_grad():
      for number, layer in enumerate(
          arrays.layers(spec, arrays.weights(spec))):
        packed = arrays.pack(spec["kind"], layer, arrays.LIKE_TORCH)
        for weight, value in zip(self._weights(number), packed):
          weight.copy_(torch.from_numpy(np.ascontiguousarray(value.T)))

  def _weights(self, layer):
    names = "weight_ih_l", "weight_hh_l", "bias_ih_l", "bias_hh_l"
    return [getattr(self._module, name + str(layer)) for name in names]

  def _compute(self, dropout):
    self._module.train(dropout)
    self._drop.train(dropout)
    with self._torch.set_grad_enabled(self._spec["training"]):
      outputs = self._drop(self._module(self._x)[0])
      loss = outputs.square().sum()
    if self._spec["training"]:
      self._module.zero_grad(set_to_none=True)
      loss.backward()
    return outputs, loss.item()

  def step(self):
    self._compute(self._spec["keep"] < 1)

  def results(self):
    outputs, _ = self._compute(False)
    found = [outputs.detach().numpy()]
    if self._spec["training"]:
      for number in range(self._spec["layers"]):
        slopes = [weight.grad.numpy().T for weight in self._weights(number)]
        found += arrays.unpack(self._spec["kind"], slopes, arrays.LIKE_TORCH)
    return found
