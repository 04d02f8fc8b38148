#!/usr/bin/env bash
# Installs the servers that nobody here wrote: `test/servers/install.sh [FOLDER]`. An S3 server (Versity's gateway, by
# go), a Git LFS server (giftless, by pip), and what serves git over http and ssh (nginx with fcgiwrap, and OpenSSH, by
# apt). Nothing but the folder changes, so it needs no root; what cannot be had is told in a line, and the suites that
# need it say so and are skipped.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=${1:-${MLV_SERVERS:-node_modules/.cache/mlv-servers}}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

# Debian's packages are unpacked and not installed: nothing of theirs starts by itself.
from_debian() {
  local program=$1 state="$folder/apt"
  shift
  if PATH="$PATH:/usr/sbin:$folder/debian/usr/sbin" command -v "$program" >/dev/null; then return; fi
  local apt=(apt-get -qq -o "Dir::State::Lists=$state/lists" -o "Dir::Cache=$state/cache" -o "APT::Sandbox::User=")
  mkdir -p "$state/lists/partial" "$state/cache/archives/partial" "$state/packages" "$folder/debian"
  [ -e "$state/updated" ] || { "${apt[@]}" update && touch "$state/updated"; } || return
  (cd "$state/packages" && "${apt[@]}" download "$@") || return
  for package in "$state"/packages/*.deb; do dpkg-deb -x "$package" "$folder/debian" || return; done
  rm -f "$state"/packages/*.deb
  echo "$program: unpacked"
}
if command -v apt-get >/dev/null; then
  from_debian nginx nginx || echo 'nginx: cannot be had'
  from_debian fcgiwrap fcgiwrap libfcgi0ldbl || echo 'fcgiwrap: cannot be had'
  from_debian sshd openssh-server libwrap0 || echo 'sshd: cannot be had'
  rm -rf "$folder/apt"
  # An sshd that root starts leaves its rights to a user of this name, which Debian's package makes.
  if [ "$(id -u)" = 0 ] && ! id sshd >/dev/null 2>&1; then
    useradd --system --no-create-home --home-dir /run/sshd --shell /usr/sbin/nologin sshd || echo 'sshd: has no user'
  fi
fi

if command -v go >/dev/null && [ ! -x "$folder/versitygw" ]; then
  started=$SECONDS
  GOBIN="$folder" go install github.com/versity/versitygw/cmd/versitygw@v1.8.0 &&
    echo "versitygw: built in $((SECONDS - started)) s" || echo 'versitygw: cannot be had'
fi
if [ ! -x "$folder/giftless/bin/python" ]; then
  # Its package names none of what it imports.
  python3 -m venv "$folder/giftless" &&
    "$folder/giftless/bin/python" -m pip --disable-pip-version-check install --quiet \
      giftless==0.6.2 flask flask-classful flask-marshmallow 'marshmallow<4' webargs python-dotenv 'pyjwt<2.10' pyyaml figcan \
      cachetools cryptography python-dateutil typing-extensions ||
    { rm -rf "$folder/giftless" && echo 'giftless: cannot be had'; }
fi
echo "servers in $folder"
