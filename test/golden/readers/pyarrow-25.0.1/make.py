"""Makes the Parquet files of this folder with pyarrow, and rows.json with the rows as pyarrow itself reads them.

Cells are written here by other means than those of mlv: decimals by Python's, times by hand from their ticks.
"""

import datetime
import decimal
import json
import math
import pathlib
import uuid

import pyarrow as pa
import pyarrow.parquet as pq

FOLDER = pathlib.Path(__file__).parent
UNITS = {"s": 0, "ms": 3, "us": 6, "ns": 9}
EPOCH = datetime.date(1970, 1, 1).toordinal()


def clock(ticks, digits):
    seconds, rest = divmod(ticks, 10**digits)
    fraction = f".{rest:0{digits}d}" if rest else ""
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{fraction}"


def number(value):
    if math.isnan(value) or math.isinf(value):
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(value)]
    return repr(value)


def text(scalar):
    """The text of a value that is there, and whether it stands bare in JSON."""
    kind = scalar.type
    if pa.types.is_boolean(kind):
        return ("true" if scalar.as_py() else "false"), True
    if pa.types.is_integer(kind):
        return str(scalar.as_py()), True
    if pa.types.is_float16(kind) or pa.types.is_float64(kind):
        return number(float(scalar.as_py())), not (math.isnan(scalar.as_py()) or math.isinf(scalar.as_py()))
    if pa.types.is_float32(kind):
        return number(float(str(pa.scalar(scalar.as_py(), pa.float32()).as_py()))), True
    if pa.types.is_decimal(kind):
        return format(scalar.as_py(), "f"), True
    if pa.types.is_timestamp(kind):
        digits = UNITS[kind.unit]
        days, ticks = divmod(scalar.value, 86400 * 10**digits)
        day = datetime.date.fromordinal(EPOCH + days).isoformat()
        return f"{day}T{clock(ticks, digits)}{'Z' if kind.tz else ''}", False
    if pa.types.is_date(kind):
        return scalar.as_py().isoformat(), False
    if pa.types.is_time(kind):
        return clock(scalar.value, UNITS[kind.unit]), False
    if pa.types.is_string(kind):
        return scalar.as_py(), False
    if pa.types.is_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return "0x" + scalar.as_py().hex(), False
    raise TypeError(kind)


def nested(scalar):
    if not scalar.is_valid:
        return "null"
    kind = scalar.type
    if pa.types.is_map(kind):
        pairs = [f"{json.dumps(text(entry['key'])[0])}:{nested(entry['value'])}" for entry in scalar.values]
        return "{" + ",".join(pairs) + "}"
    if pa.types.is_list(kind):
        return "[" + ",".join(nested(item) for item in scalar.values) + "]"
    if pa.types.is_struct(kind):
        return "{" + ",".join(f"{json.dumps(name)}:{nested(scalar[name])}" for name in scalar.keys()) + "}"
    words, is_bare = text(scalar)
    return words if is_bare else json.dumps(words, ensure_ascii=False)


def cell(scalar):
    if not scalar.is_valid:
        return None
    return nested(scalar) if pa.types.is_nested(scalar.type) else text(scalar)[0]


BIG = 2**63 - 1
flat = pa.table(
    {
        "i64": pa.array([BIG, -BIG - 1, None, 0, 9007199254740993], pa.int64()),
        "u64": pa.array([2**64 - 1, 0, None, 1, 2], pa.uint64()),
        "u32": pa.array([2**32 - 1, 0, None, 1, 2], pa.uint32()),
        "i8": pa.array([-128, 127, None, 0, 1], pa.int8()),
        "u8": pa.array([255, 0, None, 128, 1], pa.uint8()),
        "f64": pa.array([0.1, -0.0, None, float("nan"), float("-inf")], pa.float64()),
        "f32": pa.array([0.5, -2.25, None, 3.0, 1024.0], pa.float32()),
        "f16": pa.array([0.5, -2.25, None, 3.0, 1024.0], pa.float16()),
        "ok": pa.array([True, False, None, True, True], pa.bool_()),
        "price": pa.array([decimal.Decimal(x) if x else None for x in ["1.10", "-0.01", "", "0.00", "12345678.90"]], pa.decimal128(10, 2)),
        "wide": pa.array([decimal.Decimal(x) if x else None for x in ["1" + "0" * 30 + ".5", "-0.1", "", "0.0", "7.7"]], pa.decimal128(38, 1)),
        "day": pa.array([0, -1, None, 20454, -141428], pa.int32()).cast(pa.date32()),
        "ms": pa.array([0, -1, None, 1767225600001, 86399999], pa.timestamp("ms")),
        "us": pa.array([0, -1, None, 1767225600000001, 1], pa.timestamp("us", tz="UTC")),
        "ns": pa.array([0, -1, None, 1767225600000000001, 1], pa.timestamp("ns")),
        "clock": pa.array([0, 1, None, 86399999999, 3600000000], pa.time64("us")),
        "name": pa.array(["a", "", None, "naïve 🙂", "line\nbreak"], pa.string()),
        "raw": pa.array([b"\x00\xff", b"\x01", None, b"\x80", b"\x00"], pa.binary()),
        "four": pa.array([b"\x00\x01\x02\x03", b"\xff\xfe\xfd\xfc", None, b"\x00\x00\x00\x00", b"\x80\x00\x00\x01"], pa.binary(4)),
    }
)
deep = pa.table(
    {
        "tokens": pa.array([[1, 2, BIG], [], None, [None], [4]], pa.list_(pa.int64())),
        "words": pa.array([["a", 'say "b"'], [], None, [None, "c"], [""]], pa.list_(pa.string())),
        "box": pa.array(
            [{"x": 1.5, "label": "a"}, {"x": None, "label": None}, None, {"x": float("nan"), "label": "d"}, {"x": 2.0, "label": "e"}],
            pa.struct([("x", pa.float64()), ("label", pa.string())]),
        ),
        "counts": pa.array([[("b", 1), ("a", 2)], [], None, [("z", None)], [("k", 9)]], pa.map_(pa.string(), pa.int64())),
        "numbered": pa.array([[(2, True), (1, False)], [], None, [(3, None)], [(4, True)]], pa.map_(pa.int32(), pa.bool_())),
        "grid": pa.array([[[1, 2], [3]], [[]], None, [None, [None]], []], pa.list_(pa.list_(pa.int32()))),
        "boxes": pa.array(
            [[{"x": 1, "at": [1]}, {"x": 2, "at": []}], [], None, [None, {"x": None, "at": None}], [{"x": 5, "at": [6, 7]}]],
            pa.list_(pa.struct([("x", pa.int64()), ("at", pa.list_(pa.int32()))])),
        ),
        "inner": pa.array(
            [{"a": {"b": [1]}}, {"a": None}, None, {"a": {"b": None}}, {"a": {"b": []}}],
            pa.struct([("a", pa.struct([("b", pa.list_(pa.int32()))]))]),
        ),
    }
)
COUNT = 1000
long = pa.table(
    {
        "n": pa.array(range(COUNT), pa.int64()),
        "narrow": pa.array([(i * 7919) % 1000 - 500 for i in range(COUNT)], pa.int32()),
        "wave": pa.array([i / 8 for i in range(COUNT)], pa.float64()),
        "half": pa.array([i / 4 for i in range(COUNT)], pa.float32()),
        "name": pa.array([f"name {i // 3}" for i in range(COUNT)], pa.string()),
        "odd": pa.array([None if i % 7 == 0 else i % 2 == 1 for i in range(COUNT)], pa.bool_()),
        "list": pa.array([list(range(i % 5)) for i in range(COUNT)], pa.list_(pa.int32())),
    }
)
SOME = [0, 1, 6, 7, 399, 400, 401, 777, 999]
ENCODED = {"n": "DELTA_BINARY_PACKED", "narrow": "DELTA_BINARY_PACKED", "wave": "BYTE_STREAM_SPLIT", "half": "BYTE_STREAM_SPLIT"}
PAGES = {"data_page_size": 1024, "write_batch_size": 64}

FILES = {
    "flat.parquet": (flat, {}),
    "flat-plain.parquet": (flat, {"use_dictionary": False, "compression": "none", "data_page_version": "2.0"}),
    "int96.parquet": (flat.select(["ns"]), {"use_deprecated_int96_timestamps": True}),
    "deep.parquet": (deep, {}),
    "deep-plain.parquet": (deep, {"use_dictionary": False, "compression": "gzip", "data_page_version": "2.0"}),
    "long-snappy.parquet": (long, {"compression": "snappy", "row_group_size": 400, **PAGES}),
    "long-zstd.parquet": (long, {"compression": "zstd", "data_page_version": "2.0", **PAGES}),
    "long-brotli.parquet": (long, {"compression": "brotli", "write_page_index": True, **PAGES}),
    "long-lz4.parquet": (long, {"compression": "lz4", "row_group_size": 300, **PAGES}),
    "long-delta.parquet": (
        long,
        {"use_dictionary": False, "column_encoding": {**ENCODED, "name": "DELTA_BYTE_ARRAY"}, "compression": "none", **PAGES},
    ),
    "long-lengths.parquet": (
        long.select(["name", "n"]),
        {"use_dictionary": False, "column_encoding": {"name": "DELTA_LENGTH_BYTE_ARRAY", "n": "PLAIN"}, "compression": "zstd"},
    ),
}

told = {}
for name, (table, options) in FILES.items():
    pq.write_table(table, FOLDER / "files" / name, **options)
    read = pq.read_table(FOLDER / "files" / name)
    rows = SOME if read.num_rows == COUNT else range(read.num_rows)
    told[name] = {
        "total": read.num_rows,
        "columns": read.column_names,
        "rows": [[row, [cell(read.column(column)[row]) for column in range(read.num_columns)]] for row in rows],
    }
(FOLDER / "rows.json").write_text(json.dumps(told, ensure_ascii=False) + "\n")
