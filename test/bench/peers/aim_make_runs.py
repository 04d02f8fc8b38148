"""Fills an Aim repository with runs of 20 parameters and 20 metrics, as `make-runs.js` fills a branch. Takes minutes.

Usage: aim_make_runs.py FOLDER COUNT [SEED]
"""

import random
import sys

from aim import Repo, Run

folder, count = sys.argv[1], int(sys.argv[2])
chance = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
Repo.from_path(folder, init=True)
for _ in range(count):
    run = Run(
        repo=folder,
        experiment="bench",
        system_tracking_interval=None,
        log_system_params=False,
        capture_terminal_logs=False,
    )
    run["hparams"] = {f"p{key:02}": chance.random() for key in range(20)}
    for key in range(20):
        run.track(chance.random(), name=f"m{key:02}", step=0)
    run.close()
