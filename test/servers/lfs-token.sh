#!/usr/bin/env bash
# Prints a token for the LFS server that `lfs.sh` started with a secret: `test/servers/lfs-token.sh SECRET SCOPE`, a
# JSON Web Token (RFC 7519) for an hour. A scope is giftless's: `obj:team/churn/*:read`.
set -euo pipefail
encode() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
claims=$(printf '{"sub":"ada","exp":%d,"scopes":["%s"]}' $(($(date +%s) + 3600)) "$2" | encode)
unsigned="$(printf '{"alg":"HS256","typ":"JWT","kid":"team"}' | encode).$claims"
printf '%s.%s' "$unsigned" "$(printf %s "$unsigned" | openssl dgst -sha256 -hmac "$1" -binary | encode)"
