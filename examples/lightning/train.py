"""Iris classes with Lightning and its CSVLogger."""

import argparse

import torch
from sklearn.datasets import load_iris
from torch.utils.data import DataLoader, TensorDataset, random_split

import lightning as L
from lightning.pytorch.loggers import CSVLogger


class Classifier(L.LightningModule):
    def __init__(self, lr=0.05, hidden=8):
        super().__init__()
        self.save_hyperparameters()
        self.layers = torch.nn.Sequential(torch.nn.Linear(4, hidden), torch.nn.ReLU(), torch.nn.Linear(hidden, 3))

    def training_step(self, batch, _):
        loss = torch.nn.functional.cross_entropy(self.layers(batch[0]), batch[1])
        self.log("train_loss", loss)
        return loss

    def validation_step(self, batch, _):
        scores = self.layers(batch[0])
        self.log("val_loss", torch.nn.functional.cross_entropy(scores, batch[1]))
        self.log("val_accuracy", (scores.argmax(1) == batch[1]).float().mean(), prog_bar=True)

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=self.hparams.lr)


parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.05)
parser.add_argument("--hidden", type=int, default=8)
parser.add_argument("--epochs", type=int, default=3)
parser.add_argument("--seed", type=int, default=1)
args = parser.parse_args()

L.seed_everything(args.seed)
x, y = load_iris(return_X_y=True)
data = TensorDataset(torch.tensor(x, dtype=torch.float32), torch.tensor(y))
train, valid = random_split(data, [110, 40])
trainer = L.Trainer(
    max_epochs=args.epochs, logger=CSVLogger("."), log_every_n_steps=5, accelerator="cpu", enable_model_summary=False
)
trainer.fit(Classifier(args.lr, args.hidden), DataLoader(train, 16, shuffle=True), DataLoader(valid, 40))
trainer.save_checkpoint("out/model.ckpt")
print("val_accuracy", trainer.callback_metrics["val_accuracy"].item())
