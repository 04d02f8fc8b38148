"""Makes the Parquet files of this folder with pyarrow, and columns.json with what pyarrow itself says of them."""

import datetime
import decimal
import json
import pathlib

import pyarrow as pa
import pyarrow.parquet as pq

FOLDER = pathlib.Path(__file__).parent

flat = pa.table(
    {
        "id": pa.array([1, 2, 3], pa.int64()),
        "small": pa.array([1, 2, None], pa.int8()),
        "count": pa.array([1, 2, 3], pa.uint32()),
        "age": pa.array([1, 2, 3], pa.int32()),
        "score": pa.array([0.5, None, 1.5], pa.float64()),
        "half": pa.array([0.5, None, 1.5], pa.float32()),
        "name": pa.array(["a", "b", None], pa.string()),
        "bytes": pa.array([b"a", b"b", None], pa.binary()),
        "ok": pa.array([True, False, None], pa.bool_()),
        "day": pa.array([datetime.date(2026, 1, 1)] * 3, pa.date32()),
        "at": pa.array([datetime.datetime(2026, 1, 1)] * 3, pa.timestamp("us")),
        "at_utc": pa.array([datetime.datetime(2026, 1, 1)] * 3, pa.timestamp("ns", tz="UTC")),
        "clock": pa.array([datetime.time(1, 2)] * 3, pa.time64("us")),
        "price": pa.array([decimal.Decimal("1.10")] * 3, pa.decimal128(10, 2)),
        "fixed": pa.array([b"abcd"] * 3, pa.binary(4)),
    }
)
nested = pa.table(
    {
        "tokens": pa.array([[1, 2], [], None], pa.list_(pa.int64())),
        "words": pa.array([["a"], [], None], pa.list_(pa.string())),
        "box": pa.array([{"x": 1.0, "label": "a"}] * 3, pa.struct([("x", pa.float64()), ("label", pa.string())])),
        "counts": pa.array([[("a", 1)]] * 3, pa.map_(pa.string(), pa.int64())),
        "grid": pa.array([[[1]]] * 3, pa.list_(pa.list_(pa.int32()))),
        "boxes": pa.array([[{"x": 1}]] * 3, pa.list_(pa.struct([("x", pa.int64())]))),
    }
)

FILES = {
    "flat.parquet": (flat, {}),
    "nested.parquet": (nested, {}),
    "version-1.parquet": (flat.select(["id", "name", "price", "at"]), {"version": "1.0", "compression": "none"}),
    "empty.parquet": (flat.slice(0, 0).select(["id", "name"]), {}),
    "groups.parquet": (pa.table({"n": pa.array(range(1000), pa.int64())}), {"row_group_size": 100}),
}

facts = {}
for name, (table, options) in FILES.items():
    pq.write_table(table, FOLDER / "files" / name, **options)
    read = pq.ParquetFile(FOLDER / "files" / name)
    facts[name] = {
        "rows": read.metadata.num_rows,
        "columns": [[field.name, str(field.type)] for field in read.schema_arrow],
    }
(FOLDER / "columns.json").write_text(json.dumps(facts, indent=2) + "\n")
