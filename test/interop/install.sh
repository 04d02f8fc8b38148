#!/usr/bin/env bash
# Makes the Python that the interop tests use: `test/interop/install.sh [FOLDER]`. About 3 GB are fetched, because the
# build of PyTorch on PyPI brings CUDA; uv fetches and unpacks at the same time, which takes half of pip's time.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=${1:-node_modules/.cache/mlv-interop}
started=$SECONDS

python3 -m venv "$folder"
"$folder/bin/python" -m pip --disable-pip-version-check install --quiet uv
"$folder/bin/uv" pip install --quiet --python "$folder/bin/python" \
  scikit-learn xgboost-cpu keras jax torch lightning 'transformers[torch]' tensorboard tensorboardX dvclive optuna 'ray[tune]'

"$folder/bin/uv" pip list --quiet --python "$folder/bin/python" 2>/dev/null |
  grep -E '^(scikit-learn|xgboost-cpu|keras|jax|torch|lightning|transformers|tensorboard|tensorboardx|dvclive|optuna|ray) '
echo "installed in $((SECONDS - started)) s"
