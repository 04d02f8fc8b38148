"""What tensorboardX writes: every kind of summary, a restart, and hyperparameters. Run: python make.py FOLDER"""

import sys

import numpy as np
from tensorboardX import SummaryWriter

folder = sys.argv[1]

with SummaryWriter(folder) as writer:
    for step in range(5):
        writer.add_scalar("loss", 1 / (step + 1), step, walltime=1700000000.25 + step)
        writer.add_scalar("accuracy", 0.1 * step, step, walltime=1700000000.25 + step)
    writer.add_scalar("odd", float("nan"), 0, walltime=1700000001.0)
    writer.add_scalar("odd", float("inf"), 1, walltime=1700000001.0)
    writer.add_scalar("odd", -0.0, -7, walltime=1700000001.0)
    writer.add_histogram("weights", np.linspace(-1, 1, 20), 0)
    writer.add_image("sample", np.zeros((3, 4, 4), dtype=np.uint8), 0)
    writer.add_text("note", "hello", 0)

# A restart: the same folder, steps that overlap.
with SummaryWriter(folder, filename_suffix=".restart") as writer:
    for step in range(3, 7):
        writer.add_scalar("loss", 0.5 / (step + 1), step, walltime=1700000100.0 + step)
