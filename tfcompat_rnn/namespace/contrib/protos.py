"""Small protocol buffers of TensorFlow 1.15 that are in no package any more.

They are built from tables in a separate descriptor pool, so that they cannot
conflict with a package that registers the same names.
"""

from google.protobuf import descriptor_pb2
from google.protobuf import descriptor_pool
from google.protobuf import message_factory

_KIND = descriptor_pb2.FieldDescriptorProto

# message -> (field, number, type, one or many).
_PROJECTOR = {
    "SpriteMetadata": (
        ("image_path", 1, "string", "one"),
        ("single_image_dim", 2, "uint32", "many"),
    ),
    "EmbeddingInfo": (
        ("tensor_name", 1, "string", "one"),
        ("metadata_path", 2, "string", "one"),
        ("bookmarks_path", 3, "string", "one"),
        ("tensor_shape", 4, "uint32", "many"),
        ("sprite", 5, "SpriteMetadata", "one"),
        ("tensor_path", 6, "string", "one"),
    ),
    "ProjectorConfig": (
        ("model_checkpoint_path", 1, "string", "one"),
        ("embeddings", 2, "EmbeddingInfo", "many"),
        ("model_checkpoint_dir", 3, "string", "one"),
    ),
}


def _build(package, messages):
  """{message name: class} from a table like the one above."""
  file = descriptor_pb2.FileDescriptorProto(
      name=f"{package}.proto", package=package, syntax="proto3")
  for name, fields in messages.items():
    message = file.message_type.add(name=name)
    for field_name, number, kind, count in fields:
      field = message.field.add(
          name=field_name, number=number,
          label=(_KIND.LABEL_REPEATED if count == "many"
                 else _KIND.LABEL_OPTIONAL))
      if kind in messages:
        field.type = _KIND.TYPE_MESSAGE
        field.type_name = f".{package}.{kind}"
      else:
        field.type = getattr(_KIND, f"TYPE_{kind.upper()}")
  pool = descriptor_pool.DescriptorPool()
  pool.AddSerializedFile(file.SerializeToString())
  return {name: message_factory.GetMessageClass(
      pool.FindMessageTypeByName(f"{package}.{name}")) for name in messages}


projector = _build("tensorflow", _PROJECTOR)
