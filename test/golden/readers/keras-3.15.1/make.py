"""What Keras gives: the history as JSON, and the table of its CSVLogger. Run: python make.py FOLDER"""

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
keras.utils.set_random_seed(1)
x = np.linspace(0, 1, 16).reshape(-1, 1)
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
model.compile("sgd", "mse", metrics=["mae"])
history = model.fit(
    x,
    2 * x,
    epochs=3,
    batch_size=4,
    validation_data=(x, 2 * x),
    verbose=0,
    callbacks=[keras.callbacks.CSVLogger(folder / "training.csv"), keras.callbacks.TerminateOnNaN()],
)
(folder / "history.json").write_text(json.dumps(history.history))
