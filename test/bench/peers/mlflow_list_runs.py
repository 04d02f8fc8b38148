"""Lists MLflow's runs by a filter and an order, and prints a line for each.

Usage: mlflow_list_runs.py STORE_FOLDER FILTER ORDER LIMIT
"""

import sys
from pathlib import Path

import mlflow

store, filter_text, order, limit = Path(sys.argv[1]).resolve(), sys.argv[2], sys.argv[3], int(sys.argv[4])
mlflow.set_tracking_uri(f"sqlite:///{store}/mlflow.db")
client = mlflow.MlflowClient()
experiment = client.get_experiment_by_name("bench")
token, listed = None, 0
while listed < limit:
    page = client.search_runs(
        [experiment.experiment_id],
        filter_string=filter_text,
        order_by=[order],
        max_results=min(limit - listed, 10_000),
        page_token=token,
    )
    for run in page:
        print(run.info.run_id, *run.data.metrics.values(), *run.data.params.values(), sep="\t")
    listed, token = listed + len(page), page.token
    if not token:
        break
