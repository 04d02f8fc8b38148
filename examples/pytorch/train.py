"""Wine classes with PyTorch, logged with its SummaryWriter as in PyTorch's own tutorials."""

import argparse
from pathlib import Path

import torch
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from torch import nn
from torch.utils.tensorboard import SummaryWriter

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.05)
parser.add_argument("--hidden", type=int, default=16)
parser.add_argument("--epochs", type=int, default=10)
parser.add_argument("--seed", type=int, default=1)
args = parser.parse_args()

torch.manual_seed(args.seed)
x, y = load_wine(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.25, random_state=args.seed, stratify=y)
scaler = StandardScaler().fit(x_train)
x_train, x_test = [torch.tensor(scaler.transform(part), dtype=torch.float32) for part in (x_train, x_test)]
y_train, y_test = [torch.tensor(part) for part in (y_train, y_test)]

model = nn.Sequential(nn.Linear(13, args.hidden), nn.ReLU(), nn.Linear(args.hidden, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=args.lr, momentum=0.9)
loss_of = nn.CrossEntropyLoss()
writer = SummaryWriter()

for epoch in range(args.epochs):
    optimizer.zero_grad()
    loss = loss_of(model(x_train), y_train)
    loss.backward()
    optimizer.step()
    with torch.no_grad():
        test = model(x_test)
        accuracy = (test.argmax(1) == y_test).float().mean()
        writer.add_scalar("loss/train", loss.item(), epoch)
        writer.add_scalar("loss/test", loss_of(test, y_test).item(), epoch)
        writer.add_scalar("accuracy/test", accuracy.item(), epoch)
        writer.add_histogram("weights/first", model[0].weight, epoch)
    print(f"epoch {epoch}: loss {loss.item():.4f}, accuracy {accuracy.item():.4f}")

writer.add_hparams(
    {"lr": args.lr, "hidden": args.hidden, "epochs": args.epochs, "seed": args.seed},
    {"final/accuracy": accuracy.item()},
)
writer.close()
Path("out").mkdir(exist_ok=True)
torch.save(model.state_dict(), "out/model.pt")
