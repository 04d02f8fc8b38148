"""What PyTorch's SummaryWriter writes: both kinds of scalars, grouped scalars, hyperparameters. python make.py FOLDER"""

import sys

import torch
from torch.utils.tensorboard import SummaryWriter

folder = sys.argv[1]

with SummaryWriter(folder) as writer:
    for step in range(4):
        writer.add_scalar("loss/train", 0.1 * (4 - step), step, walltime=1700000000 + step)
        writer.add_scalar("lr", 1e-4 * 0.3**step, step, walltime=1700000000 + step, new_style=True)
        writer.add_scalar("precise", 1 / 3, step, walltime=1700000000 + step, new_style=True, double_precision=True)
        writer.add_scalars("both", {"train": step * 0.5, "valid": step * 0.25}, step, walltime=1700000000 + step)
    writer.add_histogram("weights", torch.linspace(-1, 1, 10), 0)
    writer.add_image("sample", torch.zeros(3, 2, 2), 0)
    writer.add_text("note", "hello", 0)
    writer.add_hparams(
        {"lr": 1e-4, "batch_size": 64, "optimizer": "adam", "amp": True}, {"hparam/accuracy": 0.875}
    )
