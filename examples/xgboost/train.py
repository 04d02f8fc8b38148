"""Breast cancer with XGBoost; the history of its evaluations is dumped as JSON, the model saved in its own format."""

import argparse
import json
from pathlib import Path

import xgboost
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

parser = argparse.ArgumentParser()
parser.add_argument("--eta", type=float, default=0.3)
parser.add_argument("--depth", type=int, default=3)
parser.add_argument("--rounds", type=int, default=10)
parser.add_argument("--seed", type=int, default=1)
args = parser.parse_args()

x, y = load_breast_cancer(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.25, random_state=args.seed)
train, test = xgboost.DMatrix(x_train, y_train), xgboost.DMatrix(x_test, y_test)
history = {}
booster = xgboost.train(
    {
        "objective": "binary:logistic",
        "eval_metric": ["logloss", "auc"],
        "eta": args.eta,
        "max_depth": args.depth,
        "seed": args.seed,
    },
    train,
    num_boost_round=args.rounds,
    evals=[(train, "train"), (test, "test")],
    evals_result=history,
)

out = Path("out")
out.mkdir(exist_ok=True)
booster.save_model(out / "model.json")
(out / "evals_result.json").write_text(json.dumps(history))
