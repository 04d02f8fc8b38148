"""Fills MLflow's SQLite store with runs, as `make-runs.js` fills a branch. Not measured: written in bulk through
MLflow's own tables, because its client takes many minutes for ten thousand runs.

Usage: mlflow_make_runs.py STORE_FOLDER RUNS_JSONL
"""

import json
import sys
import uuid
from pathlib import Path

from mlflow.store.tracking.dbmodels import models
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

store_folder, runs_file = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
artifacts = (store_folder / "artifacts").as_uri()
store = SqlAlchemyStore(f"sqlite:///{store_folder}/mlflow.db", artifacts)
experiment_id = int(store.create_experiment("bench"))

runs, tags, params, metrics, latest = [], [], [], [], []
for index, line in enumerate(runs_file.read_text().splitlines()):
    record = json.loads(line)
    run_id = uuid.UUID(int=index, version=4).hex
    runs.append(
        dict(
            run_uuid=run_id,
            name=f"run-{index}",
            source_type="LOCAL",
            user_id="bench",
            status="FINISHED",
            start_time=index,
            end_time=index + 1,
            lifecycle_stage="active",
            artifact_uri=f"{artifacts}/{run_id}",
            experiment_id=experiment_id,
        )
    )
    # Its pages fail on runs without tags.
    tags += [dict(run_uuid=run_id, key="mlflow.runName", value=f"run-{index}")]
    params += [dict(run_uuid=run_id, key=key, value=str(value)) for key, value in record["parameters"].items()]
    points = [
        dict(run_uuid=run_id, key=key, value=value, timestamp=0, step=0, is_nan=False)
        for key, value in record["metrics"].items()
    ]
    metrics += points
    latest += points

with store.ManagedSessionMaker() as session:
    session.bulk_insert_mappings(models.SqlRun, runs)
    session.bulk_insert_mappings(models.SqlTag, tags)
    session.bulk_insert_mappings(models.SqlParam, params)
    session.bulk_insert_mappings(models.SqlMetric, metrics)
    session.bulk_insert_mappings(models.SqlLatestMetric, latest)
