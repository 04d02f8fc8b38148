"""Ray Tune chooses the parameters, mlv runs and records each trial: `python tune.py [TRIALS]`.

Trials run side by side; mlv's lock lets each be recorded in turn. All are runs of one group:
`mlv ls -f 'group = ray' --sort metric.loss`.
"""

import json
import os
import subprocess
import sys

from ray import tune

HERE = os.path.dirname(os.path.abspath(__file__))


def run(params):
    """Runs one trial and returns its record, which mlv prints on standard error."""
    given = [part for key, value in params.items() for part in ("-p", f"{key}={value!r}")]
    command = ["mlv", "-C", HERE, "run", "--json", "--group", "ray", *given, "--", sys.executable, "train.py"]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return json.loads(done.stderr[done.stderr.index("{") :])["run"]


def objective(params):
    record = run(params)
    return {"loss": record["metrics"]["loss"]["last"], "mlv_run": record["id"]}


space = {"lr": tune.loguniform(1e-3, 0.9), "decay": tune.loguniform(1e-4, 1e-1)}
trials = int(sys.argv[1]) if len(sys.argv) > 1 else 4
tuner = tune.Tuner(
    tune.with_resources(objective, {"cpu": 1}),
    param_space=space,
    tune_config=tune.TuneConfig(metric="loss", mode="min", num_samples=trials),
)
best = tuner.fit().get_best_result()
print(f"best loss {best.metrics['loss']:.6f} in run {best.metrics['mlv_run']}")
