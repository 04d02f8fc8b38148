"""What DVCLive writes: metrics with and without a folder, a final value, parameters, an image. python make.py FOLDER"""

import sys

import numpy as np
from dvclive import Live

with Live(sys.argv[1], save_dvc_exp=False, report=None, dvcyaml=None) as live:
    live.log_params({"lr": 0.001, "seed": 9223372036854775807, "optimizer": {"name": "adam", "betas": [0.9, 0.999]}})
    for step in range(3):
        live.log_metric("train/loss", 1 / (step + 3))
        live.log_metric("accuracy", 0.5 + step / 10, timestamp=False)
        live.log_metric("epoch", step, plot=False)
        live.next_step()
    live.summary["best"] = float("nan")
    live.log_image("confusion.png", np.zeros((2, 2, 3), dtype=np.uint8))
    live.log_sklearn_plot("confusion_matrix", [0, 1, 1], [0, 1, 0], name="cm")
