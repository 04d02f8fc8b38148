"""Trains a small transformer with Adam and writes what people keep: `train_checkpoints.py FOLDER [CASE ...]`.

Cases: full (ten float32 checkpoints, a hundred steps apart), frozen (half the layers frozen), lora (adapters alone),
bf16 (a fine-tune kept in bfloat16), tables (a CSV that grows, one with scattered edits, Parquet).
"""
import csv
import os
import random
import sys

COUNT = 10
STEPS = 100


def build(torch, width=384, layers=6, vocabulary=4096):
    torch.manual_seed(7)
    block = torch.nn.TransformerEncoderLayer(width, 6, 4 * width, dropout=0.0, batch_first=True, norm_first=True)
    return torch.nn.Sequential(
        torch.nn.Embedding(vocabulary, width),
        torch.nn.TransformerEncoder(block, layers, enable_nested_tensor=False),
        torch.nn.Linear(width, vocabulary),
    )


def batch(torch, step, vocabulary=4096):
    # Text as a Markov chain: something to learn, the same each time.
    generator = torch.Generator().manual_seed(step)
    start = torch.randint(0, vocabulary, (4, 1), generator=generator)
    noise = torch.randint(0, 7, (4, 32), generator=generator)
    text = (start * 31 + torch.cumsum(noise, 1) * 17) % vocabulary
    return text[:, :-1], text[:, 1:]


def train(folder, case, rate, freeze=None, cast=None, keep=None, between=STEPS, warm=200):
    import torch
    from safetensors.torch import save_file

    torch.set_num_threads(1)
    model = build(torch)
    full = torch.optim.Adam(model.parameters(), lr=3e-4)
    run(torch, model, full, 0, warm)
    parameters = [(name, value) for name, value in model.named_parameters()]
    if freeze is not None:
        for name, value in parameters:
            value.requires_grad_(not freeze(name))
    optimizer = torch.optim.Adam([value for _, value in parameters if value.requires_grad], lr=rate)
    os.makedirs(f"{folder}/{case}", exist_ok=True)
    for checkpoint in range(COUNT):
        run(torch, model, optimizer, warm + checkpoint * between, between)
        tensors = {name: value.detach().clone() for name, value in model.state_dict().items()}
        if keep is not None:
            tensors = keep(tensors)
        if cast is not None:
            tensors = {name: value.to(getattr(torch, cast)) for name, value in tensors.items()}
        save_file(tensors, f"{folder}/{case}/checkpoint-{checkpoint}.safetensors")


def run(torch, model, optimizer, first, count):
    for step in range(first, first + count):
        inputs, targets = batch(torch, step)
        loss = torch.nn.functional.cross_entropy(model(inputs).flatten(0, 1), targets.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def train_lora(folder):
    import torch
    from safetensors.torch import save_file

    torch.set_num_threads(1)
    torch.manual_seed(7)
    # Rank-16 adapters of a 2,048-wide model with 16 layers, trained towards fixed weights.
    shapes = [(f"layers.{layer}.{part}", 2048, 16) for layer in range(16) for part in ("q", "k", "v", "o")]
    weights = {f"{name}.A": torch.randn(rank, width) * 0.02 for name, width, rank in shapes}
    weights.update({f"{name}.B": torch.zeros(width, rank) for name, width, rank in shapes})
    for value in weights.values():
        value.requires_grad_(True)
    optimizer = torch.optim.Adam(weights.values(), lr=1e-4)
    os.makedirs(f"{folder}/lora", exist_ok=True)
    for checkpoint in range(COUNT):
        for _ in range(20):
            loss = sum(
                ((torch.randn(8, width) @ weights[f"{name}.A"].T) @ weights[f"{name}.B"].T - 0.1).square().mean()
                for name, width, rank in shapes
            )
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        tensors = {name: value.detach().clone() for name, value in weights.items()}
        save_file(tensors, f"{folder}/lora/checkpoint-{checkpoint}.safetensors")


def tables(folder):
    import pyarrow
    import pyarrow.parquet

    rows = [row(number) for number in range(400_000)]
    for case in ("append", "edits", "parquet", "parquet-append"):
        os.makedirs(f"{folder}/{case}", exist_ok=True)
    for version in range(COUNT):
        write_csv(f"{folder}/append/table-{version}.csv", rows[: 200_000 + 20_000 * version])
    edited = list(rows[:200_000])
    chance = random.Random(3)
    for version in range(COUNT):
        write_csv(f"{folder}/edits/table-{version}.csv", edited)
        for _ in range(200):
            at = chance.randrange(len(edited))
            edited[at] = row(1_000_000 + at * 31 + version)
    names = ["id", "amount", "score", "city"]
    for version in range(COUNT):
        part = rows[: 200_000 + 20_000 * version]
        columns = dict(zip(names, (list(column) for column in zip(*part))))
        table = pyarrow.table(columns)
        pyarrow.parquet.write_table(table, f"{folder}/parquet/table-{version}.parquet", row_group_size=50_000)
        pyarrow.parquet.write_table(
            table, f"{folder}/parquet-append/table-{version}.parquet", row_group_size=50_000, compression="zstd"
        )


def row(number):
    chance = random.Random(number)
    return (number, round(chance.lognormvariate(3, 1), 2), chance.random(), chance.choice(["Bern", "Genf", "Basel"]))


def write_csv(path, rows):
    with open(path, "w", newline="") as file:
        csv.writer(file).writerows(rows)


def main():
    folder, *cases = sys.argv[1:]
    for case in cases or ["full", "frozen", "lora", "bf16", "tables"]:
        if case == "full":
            train(folder, "full", 3e-4)
        elif case == "frozen":
            # The embedding and the first half of the layers stay as they are.
            frozen = ("0.", "1.layers.0.", "1.layers.1.", "1.layers.2.")
            train(folder, "frozen", 3e-4, freeze=lambda name: name.startswith(frozen))
        elif case == "lora":
            train_lora(folder)
        elif case == "bf16":
            train(folder, "bf16", 1e-5, cast="bfloat16")
        elif case == "tables":
            tables(folder)
        else:
            sys.exit(f"no case {case}")


if __name__ == "__main__":
    main()
