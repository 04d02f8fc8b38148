#!/usr/bin/env bash
# Serves S3 on loopback until it is killed: `test/servers/s3.sh PORT FOLDER`, with the key `testkey` and the secret
# `testsecret`. `test/servers/s3.sh --check` ends with 0 when there is a server to start.
set -euo pipefail
cd "$(dirname "$0")/../.."
server=${MLV_SERVERS:-node_modules/.cache/mlv-servers}/versitygw
[ -x "$server" ] || server=$(command -v versitygw) || exit 77
[ "${1:-}" != --check ] || exit 0
mkdir -p "$2"
export ROOT_ACCESS_KEY=testkey ROOT_SECRET_KEY=testsecret
exec "$server" --port "127.0.0.1:$1" --quiet posix "$2"
