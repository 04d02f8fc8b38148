"""What XGBoost gives for `evals_result`, dumped as scripts do. Run: python make.py FOLDER"""

import json
import sys
from pathlib import Path

import numpy as np
import xgboost

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
x = np.arange(40.0).reshape(-1, 2)
data = xgboost.DMatrix(x, label=(x[:, 0] > 20).astype(int))
result = {}
xgboost.train(
    {"objective": "binary:logistic", "eval_metric": ["logloss", "error"], "max_depth": 1, "seed": 1},
    data,
    num_boost_round=3,
    evals=[(data, "train"), (data, "valid")],
    evals_result=result,
    verbose_eval=False,
)
(folder / "evals_result.json").write_text(json.dumps(result))
