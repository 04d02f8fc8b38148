"""Records one run with W&B offline: what `mlv commit` records, by the same files.

Usage: wandb_commit_run.py STORE_FOLDER RUN_FOLDER
"""

import json
import os
import sys
from pathlib import Path

store, run_folder = sys.argv[1], Path(sys.argv[2])
os.environ.update(WANDB_MODE="offline", WANDB_SILENT="true", WANDB_DIR=store, WANDB_CACHE_DIR=f"{store}/cache")
os.environ.update(WANDB_DATA_DIR=f"{store}/data", WANDB_CONFIG_DIR=f"{store}/config")

import wandb  # noqa: E402 - it reads the variables above when it is imported

parameters = json.loads((run_folder / "params.json").read_text())
metrics = json.loads((run_folder / "metrics.json").read_text())
points = [json.loads(line) for line in (run_folder / "history.jsonl").read_text().splitlines()]

run = wandb.init(project="bench", config=parameters, settings=wandb.Settings(console="off"))
for row in points:
    run.log({"loss": row["loss"]}, step=row["step"])
run.summary.update(metrics)
model = wandb.Artifact("model", type="model")
model.add_file(str(run_folder / "model.bin"))
run.log_artifact(model)
run.finish()
