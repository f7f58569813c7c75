"""How values look over HTTP, held by every resource.

- money and quantities are strings, written out in full (`"0.00000001"`, never `1E-8`);
- sums of money that the hub works out (balances, results, fees of a trade) are rounded to 8 places; the journal keeps
  every digit;
- every key that starts with `ts` is a moment: an RFC 3339 string in UTC with nanoseconds;
- a position in the journal is a string of digits (JavaScript's numbers would lose its end);
- keys are the columns of `store/tables.py`.

The event stream is the one exception: it carries the journal's own bytes, where moments are epoch nanoseconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any

import msgspec
from pydantic import BaseModel, BeforeValidator, ConfigDict, GetCoreSchemaHandler, JsonValue, PlainSerializer
from pydantic.json_schema import WithJsonSchema
from pydantic_core import CoreSchema, core_schema

from tradewire.domain.numbers import amount, plain
from tradewire.parsing.command import LONGEST

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MONEY_SCHEMA = {"type": "string", "pattern": r"^-?\d+(\.\d+)?$", "examples": ["80.5"]}
_AMOUNT_SCHEMA = {**_MONEY_SCHEMA, "description": "Rounded to 8 places; the journal keeps every digit."}
_TIME_SCHEMA = {"type": "string", "format": "date-time", "examples": ["2026-11-21T01:43:17.123456789Z"]}


def rfc3339(ns: int) -> str:
    """Write epoch nanoseconds as an RFC 3339 moment in UTC, to the nanosecond."""
    seconds, fraction = divmod(ns, 1_000_000_000)
    return f"{_EPOCH + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S}.{fraction:09d}Z"


def jsonable(value: Any) -> JsonValue:
    """Return `value` in JSON's own types: stored JSON is read, decimals are written out, keys become strings."""
    match value:
        case bytes() | bytearray() | memoryview():
            return jsonable(msgspec.json.decode(value))
        case Decimal():
            return plain(value)
        case Enum():
            return jsonable(value.value)
        case msgspec.Struct():
            return {name: jsonable(getattr(value, name)) for name in value.__struct_fields__}
        case Mapping():
            return {str(key): jsonable(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [jsonable(item) for item in value]
        case None | bool() | int() | float() | str():
            return value
    raise TypeError(f"{type(value).__name__} has no form in JSON")


Money = Annotated[Decimal, PlainSerializer(plain, return_type=str), WithJsonSchema(_MONEY_SCHEMA)]
Amount = Annotated[Decimal, PlainSerializer(amount, return_type=str), WithJsonSchema(_AMOUNT_SCHEMA)]
Moment = Annotated[int, PlainSerializer(rfc3339, return_type=str), WithJsonSchema(_TIME_SCHEMA)]
JournalPos = Annotated[
    int, PlainSerializer(str, return_type=str), WithJsonSchema({"type": "string", "pattern": r"^\d+$"})
]
Json = Annotated[dict[str, JsonValue], BeforeValidator(jsonable)]
JsonOrNone = Annotated[dict[str, JsonValue] | None, BeforeValidator(jsonable)]


@dataclass(frozen=True, slots=True)
class Shape:
    """What a text must look like: a pattern for programs, and a sentence for people who get it wrong."""

    pattern: str
    sentence: str
    longest: int

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        text = core_schema.str_schema(pattern=self.pattern, min_length=1, max_length=self.longest)
        return core_schema.custom_error_schema(text, "shape", custom_error_message=self.sentence)


Id = Annotated[
    str,
    Shape(r"^[A-Za-z0-9][A-Za-z0-9:._-]*$", "takes letters, digits and : . _ - (64 at most, no blanks)", longest=64),
]
"""An identity made by the hub or by its owner: messages, signals, orders, trades, accounts, channels."""
Symbol = Annotated[
    str,
    Shape(r"^[A-Za-z0-9$#][A-Za-z0-9.:/!+&_-]*$", "takes a symbol such as BTCUSDT, btc or EUR/USD", longest=40),
]
"""A symbol by any of its names."""
Words = Annotated[
    str,
    Shape(
        r"^[^\x00]*[^\s\x00][^\x00]*$",
        f'takes a command such as "buy btc 80" ({LONGEST:,} characters at most)',
        longest=LONGEST,
    ),
]
"""What a person types; a NUL has no place in it (and none in PostgreSQL)."""


class View(BaseModel):
    """A response: built from a row's mapping or from a value's attributes."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class Body(BaseModel):
    """A request body: an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")
