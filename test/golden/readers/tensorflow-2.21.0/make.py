"""What TensorFlow writes: summaries as tensors, Keras's TensorBoard callback, hyperparameters. python make.py FOLDER"""

import sys

import numpy as np
import tensorflow as tf
from tensorboard.plugins.hparams import api as hp

folder = sys.argv[1]
tf.keras.utils.set_random_seed(1)

with tf.summary.create_file_writer(f"{folder}/custom").as_default():
    hp.hparams({"lr": 0.25, "units": 8, "name": "a"})
    for step in range(3):
        tf.summary.scalar("loss", 0.1 * (3 - step), step=step)
    tf.summary.histogram("weights", np.linspace(-1, 1, 8), step=0, buckets=4)
    tf.summary.image("sample", np.zeros((1, 2, 2, 3), dtype=np.uint8), step=0)
    tf.summary.text("note", "hello", step=0)

with tf.compat.v1.Graph().as_default():
    old = tf.compat.v1.summary.FileWriter(f"{folder}/old")
    summary = tf.compat.v1.Summary(value=[tf.compat.v1.Summary.Value(tag="cost", simple_value=0.7)])
    old.add_summary(summary, 11)
    old.close()

x = np.linspace(0, 1, 16).reshape(-1, 1)
model = tf.keras.Sequential([tf.keras.Input((1,)), tf.keras.layers.Dense(1)])
model.compile("sgd", "mse")
callback = tf.keras.callbacks.TensorBoard(f"{folder}/fit", write_graph=False)
model.fit(x, 2 * x, epochs=2, validation_data=(x, 2 * x), verbose=0, callbacks=[callback])
