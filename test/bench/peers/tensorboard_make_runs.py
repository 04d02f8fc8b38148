"""Writes event files of long curves for TensorBoard, the values of `page-charts`: one folder a run. Not measured.

Usage: tensorboard_make_runs.py FOLDER CURVES_JSON RUNS

CURVES_JSON is a list of curves, each a list of values; run i has curve i modulo their number, as `loss`.
"""

import json
import shutil
import sys
from pathlib import Path

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.event_file_writer import EventFileWriter

folder, curves, runs = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text()), int(sys.argv[3])
for run in range(runs):
    into = folder / f"run-{run:03}"
    if run >= len(curves):
        shutil.copytree(folder / f"run-{run % len(curves):03}", into)
        continue
    writer = EventFileWriter(str(into))
    for step, value in enumerate(curves[run]):
        summary = Summary(value=[Summary.Value(tag="loss", simple_value=value)])
        writer.add_event(Event(step=step, wall_time=1_763_733_600 + step, summary=summary))
    writer.close()
