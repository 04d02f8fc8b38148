"""Fills MLflow's SQLite store with long curves, the values of `page-charts`. Not measured: written through its tables.

Usage: mlflow_make_curves.py STORE_FOLDER CURVES_JSON RUNS

CURVES_JSON is a list of curves, each a list of values; run i has curve i modulo their number, as `loss`.
"""

import json
import sqlite3
import sys
import uuid
from pathlib import Path

from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

store_folder, curves, runs = Path(sys.argv[1]).resolve(), json.loads(Path(sys.argv[2]).read_text()), int(sys.argv[3])
store = SqlAlchemyStore(f"sqlite:///{store_folder}/mlflow.db", (store_folder / "artifacts").as_uri())
experiment = store.create_experiment("bench")
database = sqlite3.connect(store_folder / "mlflow.db")
for run in range(runs):
    run_id = uuid.UUID(int=run, version=4).hex
    database.execute(
        "insert into runs (run_uuid, name, source_type, user_id, status, start_time, end_time, lifecycle_stage,"
        " artifact_uri, experiment_id) values (?, ?, 'LOCAL', 'bench', 'FINISHED', ?, ?, 'active', ?, ?)",
        (run_id, f"run-{run}", run + 1, run + 2, f"file:///{run_id}", int(experiment)),
    )
    database.execute("insert into tags (key, value, run_uuid) values ('mlflow.runName', ?, ?)", (f"run-{run}", run_id))
    curve = curves[run % len(curves)]
    points = ((run_id, "loss", value, step, step, 0) for step, value in enumerate(curve))
    into = "(run_uuid, key, value, timestamp, step, is_nan) values (?, ?, ?, ?, ?, ?)"
    database.executemany(f"insert into metrics {into}", points)
    last = len(curve) - 1
    database.execute(f"insert into latest_metrics {into}", (run_id, "loss", curve[last], last, last, 0))
database.commit()
