"""Optuna chooses the parameters, mlv runs and records each trial: `python tune.py [TRIALS]`.

All trials are runs of one group: `mlv ls -f 'group = optuna' --sort metric.loss`.
"""

import json
import subprocess
import sys

import optuna


def run(params):
    """Runs one trial and returns its record, which mlv prints on standard error."""
    given = [part for key, value in params.items() for part in ("-p", f"{key}={value!r}")]
    command = ["mlv", "run", "--json", "--group", "optuna", *given, "--", sys.executable, "train.py"]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return json.loads(done.stderr[done.stderr.index("{") :])["run"]


def objective(trial):
    params = {
        "lr": trial.suggest_float("lr", 1e-3, 0.9, log=True),
        "decay": trial.suggest_float("decay", 1e-4, 1e-1, log=True),
    }
    record = run(params)
    trial.set_user_attr("mlv.run", record["id"])
    return record["metrics"]["loss"]["last"]


optuna.logging.set_verbosity(optuna.logging.WARNING)
study = optuna.create_study(direction="minimize", sampler=optuna.samplers.TPESampler(seed=1))
study.optimize(objective, n_trials=int(sys.argv[1]) if len(sys.argv) > 1 else 10)
print(f"best loss {study.best_value:.6f} in run {study.best_trial.user_attrs['mlv.run']}")
