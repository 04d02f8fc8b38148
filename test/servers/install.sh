#!/usr/bin/env bash
# Installs the servers that nobody here wrote: `test/servers/install.sh [FOLDER]`. An S3 server (Versity's gateway, by
# go) and a Git LFS server (giftless, by pip). Without them the suites that need them say so and are skipped.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=${1:-${MLV_SERVERS:-node_modules/.cache/mlv-servers}}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

if command -v go >/dev/null && [ ! -x "$folder/versitygw" ]; then
  started=$SECONDS
  GOBIN="$folder" go install github.com/versity/versitygw/cmd/versitygw@v1.8.0
  echo "versitygw: built in $((SECONDS - started)) s"
fi
if [ ! -x "$folder/giftless/bin/python" ]; then
  python3 -m venv "$folder/giftless"
  # Its package names none of what it imports.
  "$folder/giftless/bin/python" -m pip --disable-pip-version-check install --quiet \
    giftless==0.6.2 flask flask-classful flask-marshmallow 'marshmallow<4' webargs python-dotenv 'pyjwt<2.10' pyyaml figcan \
    cachetools cryptography python-dateutil typing-extensions
fi
echo "servers in $folder"
