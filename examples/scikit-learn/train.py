"""Digits with a small neural network of scikit-learn. It writes a table of the epochs, a summary and the model."""

import argparse
import csv
import json
import pickle
from pathlib import Path

from sklearn.datasets import load_digits
from sklearn.metrics import accuracy_score, log_loss
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.01)
parser.add_argument("--hidden", type=int, default=32)
parser.add_argument("--epochs", type=int, default=5)
parser.add_argument("--seed", type=int, default=1)
args = parser.parse_args()

out = Path("out")
out.mkdir(exist_ok=True)
x, y = load_digits(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(x / 16, y, test_size=0.25, random_state=args.seed)
model = MLPClassifier([args.hidden], learning_rate_init=args.lr, random_state=args.seed)

with open(out / "history.csv", "w", newline="") as file:
    table = csv.writer(file)
    table.writerow(["epoch", "train_loss", "test_loss", "accuracy"])
    for epoch in range(args.epochs):
        model.partial_fit(x_train, y_train, classes=range(10))
        test_loss = log_loss(y_test, model.predict_proba(x_test))
        accuracy = accuracy_score(y_test, model.predict(x_test))
        table.writerow([epoch, model.loss_, test_loss, accuracy])
        print(f"epoch {epoch}: test loss {test_loss:.4f}, accuracy {accuracy:.4f}")

(out / "metrics.json").write_text(json.dumps({"final_accuracy": accuracy}))
(out / "model.pkl").write_bytes(pickle.dumps(model))
