"""What Lightning's TensorBoardLogger writes: events and hyperparameters. Run: python make.py FOLDER"""

import sys

import lightning as L
import torch
from lightning.pytorch.loggers import TensorBoardLogger


class Line(L.LightningModule):
    def __init__(self, lr=0.05, width=16):
        super().__init__()
        self.save_hyperparameters()
        self.layer = torch.nn.Linear(1, 1)

    def training_step(self, batch, _):
        loss = torch.nn.functional.mse_loss(self.layer(batch[0]), batch[1])
        self.log("train_loss", loss)
        return loss

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=self.hparams.lr)


L.seed_everything(1)
points = torch.arange(8.0).reshape(-1, 1) / 8
data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(points, 2 * points), batch_size=2)
trainer = L.Trainer(
    max_epochs=2,
    logger=TensorBoardLogger(sys.argv[1], name=""),
    log_every_n_steps=2,
    accelerator="cpu",
    enable_checkpointing=False,
    enable_progress_bar=False,
    enable_model_summary=False,
)
trainer.fit(Line(), data)
