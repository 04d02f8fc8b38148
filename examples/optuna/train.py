"""A training that takes its parameters from mlv and logs with the protocol; it knows nothing of who chose them."""

import json
import os

with open(os.environ["MLV_PARAMS"]) as file:
    params = json.load(file)

weight, rate = 5.0, float(params["lr"])
with open(os.path.join(os.environ["MLV_RUN_DIR"], "log.jsonl"), "a", buffering=1) as log:
    for step in range(20):
        weight -= rate * 2 * (weight - 1) + float(params["decay"]) * weight
        log.write(json.dumps({"metric": "loss", "value": (weight - 1) ** 2, "step": step}) + "\n")
