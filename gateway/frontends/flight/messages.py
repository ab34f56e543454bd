"""Flight SQL's messages, declared in a pool of their own: pyarrow brings Flight without SQL, no package brings these.

Names, numbers and types are those of Arrow's format/FlightSql.proto and format/Flight.proto. They are declared in
proto2, whose bytes are the same, because every optional field is then known to be there or not.
"""

from collections.abc import Mapping
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.any_pb2 import Any as Packed
from google.protobuf.message import DecodeError, Message

from gateway.errors import LimitExceeded, ProtocolViolation

COMMAND_BYTES = 4_000_000
"""Of one command with its texts: what is longer is not even on record."""

SQL = "arrow.flight.protocol.sql"
CORE = "arrow.flight.protocol"

_TABLE = "catalog:string db_schema:string table:string"
_SQL_MESSAGES = {
    "CommandGetSqlInfo": "info:uint32*",
    "CommandGetXdbcTypeInfo": "data_type:int32",
    "CommandGetCatalogs": "",
    "CommandGetDbSchemas": "catalog:string db_schema_filter_pattern:string",
    "CommandGetTables": "catalog:string db_schema_filter_pattern:string table_name_filter_pattern:string"
    " table_types:string* include_schema:bool",
    "CommandGetTableTypes": "",
    "CommandGetPrimaryKeys": _TABLE,
    "CommandGetExportedKeys": _TABLE,
    "CommandGetImportedKeys": _TABLE,
    "CommandGetCrossReference": "pk_catalog:string pk_db_schema:string pk_table:string"
    " fk_catalog:string fk_db_schema:string fk_table:string",
    "CommandStatementQuery": "query:string transaction_id:bytes",
    "CommandStatementSubstraitPlan": "plan:bytes transaction_id:bytes",
    "CommandStatementUpdate": "query:string transaction_id:bytes",
    "CommandStatementIngest": "",
    "CommandPreparedStatementQuery": "prepared_statement_handle:bytes",
    "CommandPreparedStatementUpdate": "prepared_statement_handle:bytes",
    "TicketStatementQuery": "statement_handle:bytes",
    "DoPutUpdateResult": "record_count:int64",
    "DoPutPreparedStatementResult": "prepared_statement_handle:bytes",
    "ActionCreatePreparedStatementRequest": "query:string transaction_id:bytes",
    "ActionCreatePreparedStatementResult": "prepared_statement_handle:bytes dataset_schema:bytes"
    " parameter_schema:bytes",
    "ActionClosePreparedStatementRequest": "prepared_statement_handle:bytes",
    "ActionBeginTransactionRequest": "",
    "ActionBeginTransactionResult": "transaction_id:bytes",
    "ActionEndTransactionRequest": "transaction_id:bytes action:int32",
    "ActionBeginSavepointRequest": "transaction_id:bytes name:string",
    "ActionBeginSavepointResult": "savepoint_id:bytes",
    "ActionEndSavepointRequest": "savepoint_id:bytes action:int32",
    "ActionCancelQueryRequest": "info:bytes",
    "ActionCancelQueryResult": "result:int32",
}
_TEXTS = ".arrow.flight.protocol.Texts"
_CORE_MESSAGES = {
    "Texts": "values:string*",
    "SessionOptionValue": "string_value:string bool_value:bool int64_value:sfixed64 double_value:double"
    f" string_list_value:{_TEXTS}",
    "SessionOption": "key:string value:.arrow.flight.protocol.SessionOptionValue",
    "SetSessionOptionsRequest": "session_options:.arrow.flight.protocol.SessionOption*",
    "SessionError": "value:int32",
    "SessionErrorOf": "key:string value:.arrow.flight.protocol.SessionError",
    "SetSessionOptionsResult": "errors:.arrow.flight.protocol.SessionErrorOf*",
    "GetSessionOptionsResult": "session_options:.arrow.flight.protocol.SessionOption*",
    "CloseSessionResult": "status:int32",
    "CancelFlightInfoRequest": "info:bytes",
    "CancelFlightInfoResult": "status:int32",
}
"""A map is a list of entries of `key` and `value`, and a message in a message is its bytes."""


def _declared(package: str, messages: Mapping[str, str]) -> descriptor_pb2.FileDescriptorProto:
    file = descriptor_pb2.FileDescriptorProto(name=f"{package}.proto", package=package, syntax="proto2")
    for name, fields in messages.items():
        message = file.message_type.add(name=name)
        for number, text in enumerate(fields.split(), start=1):
            field, _, kind = text.partition(":")
            _declare(message.field.add(name=field, number=number), kind)
    return file


def _declare(field: descriptor_pb2.FieldDescriptorProto, kind: str) -> None:
    many = kind.endswith("*")
    kind = kind.rstrip("*")
    field.label = field.LABEL_REPEATED if many else field.LABEL_OPTIONAL
    if kind.startswith("."):
        field.type, field.type_name = field.TYPE_MESSAGE, kind
    else:
        field.type = field.Type.Value(f"TYPE_{kind.upper()}")


def _classes() -> dict[str, type[Message]]:
    pool = descriptor_pool.DescriptorPool()
    found = {}
    for package, messages in ((SQL, _SQL_MESSAGES), (CORE, _CORE_MESSAGES)):
        pool.Add(_declared(package, messages))
        for name in messages:
            descriptor = pool.FindMessageTypeByName(f"{package}.{name}")
            found[name] = message_factory.GetMessageClass(descriptor)
    return found


_CLASSES = _classes()


def made(name: str, **fields: object) -> Any:
    return _CLASSES[name](**fields)


def packed(name: str, **fields: object) -> bytes:
    """The message in a google.protobuf.Any, as Flight SQL sends nearly all of them."""
    message = made(name, **fields)
    return Packed(
        type_url=f"type.googleapis.com/{SQL}.{name}", value=message.SerializeToString()
    ).SerializeToString()


def read(name: str, data: bytes) -> Any:
    """Errors: ProtocolViolation, LimitExceeded."""
    _refuse_long(data)
    message = _CLASSES[name]()
    try:
        message.ParseFromString(data)
    except (DecodeError, UnicodeDecodeError) as error:
        raise ProtocolViolation("malformed message") from error
    return message


def _refuse_long(data: bytes) -> None:
    if len(data) > COMMAND_BYTES:
        raise LimitExceeded(f"a command of more than {COMMAND_BYTES:,} bytes")


def unpacked(data: bytes) -> tuple[str, Any]:
    """The name and the message in a google.protobuf.Any. Errors: ProtocolViolation, LimitExceeded."""
    _refuse_long(data)
    wrapper = Packed()
    try:
        wrapper.ParseFromString(data)
    except DecodeError as error:
        raise ProtocolViolation("malformed message: not a Flight SQL command") from error
    package, _, name = wrapper.type_url.rpartition("/")[2].rpartition(".")
    if package != SQL or name not in _SQL_MESSAGES:
        raise ProtocolViolation("this is no Flight SQL command that this gateway knows")
    return name, read(name, wrapper.value)
