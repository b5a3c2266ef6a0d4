"""tf.contrib.training.HParams; expected values from TensorFlow 1.15.5."""

import json

import pytest

from tfcompat_rnn import _errors
from tfcompat_rnn.namespace.contrib import hparams


def make():
  return hparams.HParams(rate=0.1, units=16, name="lstm", deep=True,
                         sizes=[3, 4], keep=[0.5], words=["a", "b"],
                         nothing=None)


@pytest.mark.parametrize("text,expected", [
    ("rate=0.3", {"rate": 0.3}),
    ("rate=1", {"rate": 1.0}),
    ("units=-2", {"units": -2}),
    ("deep=false,units=3", {"deep": False, "units": 3}),
    ("deep=0", {"deep": False}),
    ("sizes=[5, 6 7],name=gru", {"sizes": [5, 6, 7], "name": "gru"}),
    ("words=[x,y],rate=1e-3", {"words": ["x", "y"], "rate": 1e-3}),
    ("name=", {"name": ""}),
    ("keep=[1]", {"keep": [1.0]}),
    ("", {}),
])
def test_parse(text, expected):
  params = make().parse(text)
  assert params.values() == {**make().values(), **expected}
  for name, value in expected.items():
    assert type(getattr(params, name)) is type(value)


@pytest.mark.parametrize("text", [
    "unknown=1", "units=1.5", "units=x", "sizes=5", "units=[1,2]",
    "units=1,units=2", "sizes[0]=7", "sizes[0]=[1]", "=1", "rate=fast",
    "deep=maybe", "sizes=[1,x]", "rate"])
def test_parse_refuses(text):
  with pytest.raises(ValueError):
    make().parse(text)


def test_parse_values():
  types = {"a": int, "b": float, "c": str, "d": bool}
  assert hparams.parse_values("a=1,b=[1,2.5],c[3]=x,c[1]=y,d=True", types) == {
      "a": 1, "b": [1.0, 2.5], "c": {3: "x", 1: "y"}, "d": True}
  assert hparams.parse_values("z=1,a=2", types, ignore_unknown=True) == {
      "a": 2}
  for text in ("a[1]=1,a[1]=2", "a=1,a[0]=2", "a=[1],a=[2]"):
    with pytest.raises(_errors.ArgumentError):
      hparams.parse_values(text, types)


def test_set_get_add_delete():
  params = make()
  params.set_hparam("rate", 2)
  assert params.rate == 2.0 and type(params.rate) is float
  params.set_hparam("nothing", "something")
  for name, value in [("units", 1.5), ("units", True), ("deep", 1),
                      ("name", 3), ("sizes", 1), ("rate", "x"),
                      ("units", [1])]:
    with pytest.raises(ValueError):
      params.set_hparam(name, value)
  with pytest.raises(KeyError):
    params.set_hparam("absent", 1)
  with pytest.raises(KeyError):
    params.override_from_dict({"absent": 1})
  assert params.get("units") == 16 and params.get("absent", 7) == 7
  assert params.get("sizes", [1]) == [3, 4]
  for name, default in [("units", 1.5), ("units", [1]), ("sizes", 1)]:
    with pytest.raises(ValueError):
      params.get(name, default)
  with pytest.raises(ValueError, match="free name"):
    params.add_hparam("units", 3)
  with pytest.raises(ValueError, match="free name"):
    params.add_hparam("parse", 3)
  with pytest.raises(ValueError, match="at least one"):
    params.add_hparam("empty", [])
  params.del_hparam("units")
  params.del_hparam("units")
  assert "units" not in params and "rate" in params
  params.add_hparam("units", "now text")
  assert params.units == "now text"


def test_json_and_text():
  params = hparams.HParams(b=[1, 2], a="x")
  assert json.loads(params.to_json()) == {"b": [1, 2], "a": "x"}
  assert params.to_json(sort_keys=True, separators=(",", ":")) == (
      '{"a":"x","b":[1,2]}')
  assert params.parse_json('{"b": [3]}').b == [3]
  assert str(params) == "b=[3],a=x"
  assert repr(params) == "HParams([('a', 'x'), ('b', [3])])"
  assert params.set_from_map({"a": "y"}).a == "y"
  with pytest.raises(ValueError):
    params.parse_json('{"b": 3}')


def test_protocol_buffers_are_refused_by_name():
  for call in (make().to_proto, lambda: hparams.HParams.from_proto(None),
               lambda: hparams.HParams(hparam_def=object())):
    with pytest.raises(_errors.RefusedError, match="to_json"):
      call()
  with pytest.raises(ValueError, match="stand alone"):
    hparams.HParams(hparam_def=object(), a=1)


def test_model_structure():
  params = hparams.HParams(model_structure="s")
  assert params.get_model_structure() == "s"
  params.set_model_structure("t")
  assert params.get_model_structure() == "t"
