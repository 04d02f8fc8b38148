"""Records one run with the MLflow client in a SQLite store: what `mlv commit` records, by the same files.

Usage: mlflow_commit_run.py STORE_FOLDER RUN_FOLDER
"""

import json
import sys
from pathlib import Path

import mlflow
from mlflow.entities import Metric, Param

store, run_folder = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
mlflow.set_tracking_uri(f"sqlite:///{store}/mlflow.db")
client = mlflow.MlflowClient()
experiment = client.get_experiment_by_name("bench")
experiment_id = (
    experiment.experiment_id
    if experiment
    else client.create_experiment("bench", artifact_location=(store / "artifacts").as_uri())
)

parameters = json.loads((run_folder / "params.json").read_text())
metrics = json.loads((run_folder / "metrics.json").read_text())
points = [json.loads(line) for line in (run_folder / "history.jsonl").read_text().splitlines()]

run_id = client.create_run(experiment_id).info.run_id
client.log_batch(
    run_id,
    params=[Param(key, str(value)) for key, value in parameters.items()],
    metrics=[Metric(key, value, 0, 0) for key, value in metrics.items()],
)
client.log_batch(run_id, metrics=[Metric("loss", row["loss"], 0, row["step"]) for row in points])
client.log_artifact(run_id, str(run_folder / "model.bin"))
client.set_terminated(run_id)
