#!/usr/bin/env bash
# Serves Git LFS on loopback until it is killed: `test/servers/lfs.sh PORT FOLDER`, at `/TEAM/REPOSITORY.git/info/lfs`.
# Everyone may read and write; with LFS_SECRET, whoever has a token of `lfs-token.sh`.
# `test/servers/lfs.sh --check` ends with 0 when there is a server to start.
set -euo pipefail
cd "$(dirname "$0")/../.."
python=${MLV_SERVERS:-node_modules/.cache/mlv-servers}/giftless/bin/python
[ -x "$python" ] || exit 77
[ "${1:-}" != --check ] || exit 0
python=$(cd "$(dirname "$python")" && pwd)/python
mkdir -p "$2"
access='giftless.auth.allow_anon:read_write'
[ -z "${LFS_SECRET:-}" ] || access="{factory: giftless.auth.jwt:factory,
    options: {algorithm: HS256, private_key: '$LFS_SECRET', key_id: team}}"
cat >"$2/giftless.yaml" <<YAML
LEGACY_ENDPOINTS: false
AUTH_PROVIDERS:
  - $access
TRANSFER_ADAPTERS:
  basic:
    factory: giftless.transfer.basic_streaming:factory
    options:
      storage_class: giftless.storage.local_storage:LocalStorage
      storage_options:
        path: $2/objects
YAML
export GIFTLESS_CONFIG_FILE="$2/giftless.yaml"
exec "$python" -m flask --app giftless.wsgi_entrypoint run --host 127.0.0.1 --port "$1"
