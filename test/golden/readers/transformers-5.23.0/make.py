"""What the Trainer of transformers writes for a tiny model of random weights. Run: python make.py FOLDER"""

import sys
from pathlib import Path

import torch
from transformers import GPT2Config, GPT2LMHeadModel, Trainer, TrainingArguments

torch.manual_seed(1)
model = GPT2LMHeadModel(GPT2Config(vocab_size=16, n_positions=8, n_embd=8, n_layer=1, n_head=1))
rows = [{"input_ids": torch.tensor([i % 16] * 4), "labels": torch.tensor([i % 16] * 4)} for i in range(32)]
arguments = TrainingArguments(
    sys.argv[1],
    num_train_epochs=2,
    per_device_train_batch_size=4,
    logging_steps=4,
    eval_strategy="epoch",
    save_strategy="epoch",
    metric_for_best_model="eval_loss",
    report_to=[],
    use_cpu=True,
    disable_tqdm=True,
)
trainer = Trainer(model, arguments, train_dataset=rows, eval_dataset=rows[:8])
trainer.train()
trainer.save_state()

# Only the states are kept here: the weights are not what is read.
for file in Path(sys.argv[1]).rglob("*"):
    if file.is_file() and file.name != "trainer_state.json":
        file.unlink()
