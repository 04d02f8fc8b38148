"""A tiny GPT-2 of random weights learns digits as text with the Trainer of transformers. Nothing is downloaded."""

import argparse

import torch
from sklearn.datasets import load_digits
from transformers import GPT2Config, GPT2LMHeadModel, Trainer, TrainingArguments, set_seed

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.005)
parser.add_argument("--width", type=int, default=16)
parser.add_argument("--epochs", type=int, default=2)
parser.add_argument("--seed", type=int, default=1)
args = parser.parse_args()

set_seed(args.seed)
# The 64 shades of each picture are its words, and its digit is the last one.
x, y = load_digits(return_X_y=True)
words = torch.cat([torch.tensor(x[:256], dtype=torch.long), torch.tensor(y[:256]).reshape(-1, 1)], dim=1)
rows = [{"input_ids": row, "labels": row} for row in words]
model = GPT2LMHeadModel(
    GPT2Config(vocab_size=17, n_positions=65, n_embd=args.width, n_layer=1, n_head=2, bos_token_id=0, eos_token_id=0)
)
arguments = TrainingArguments(
    "out",
    learning_rate=args.lr,
    num_train_epochs=args.epochs,
    per_device_train_batch_size=16,
    logging_steps=5,
    eval_strategy="epoch",
    save_strategy="epoch",
    save_total_limit=1,
    report_to=[],
    use_cpu=True,
    seed=args.seed,
)
trainer = Trainer(model, arguments, train_dataset=rows[:224], eval_dataset=rows[224:])
trainer.train()
trainer.save_model("out/model")
trainer.save_state()
