#!/usr/bin/env bash
# Serves the repositories below a folder over http on loopback until it is killed: `test/servers/git-http.sh PORT FOLDER
# ROOT`, by nginx, fcgiwrap and `git http-backend`; pushes are taken. The user is `ada`, the password `testpassword`.
# With LFS_PORT and LFS_SECRET the LFS server of that port, started with that secret, is at `.../REPOSITORY.git/info/lfs`.
# `test/servers/git-http.sh --check` ends with 0 when there is a server to start.
set -euo pipefail
cd "$(dirname "$0")/../.."
. test/servers/programs.sh
for program in nginx fcgiwrap setpriv git; do command -v "$program" >/dev/null || exit 77; done
[ "${1:-}" != --check ] || exit 0
mkdir -p "$2"
folder=$(cd "$2" && pwd)
root=$(cd "$3" && pwd)
printf 'ada:{PLAIN}testpassword\n' >"$folder/users"

# One program a socket, so that each dies with this script: it becomes nginx.
sockets=()
for number in 1 2 3 4 5 6 7 8; do
  setpriv --pdeathsig KILL fcgiwrap -s "unix:$folder/cgi-$number" </dev/null &
  sockets+=("server unix:$folder/cgi-$number;")
done
lfs=
if [ -n "${LFS_PORT:-}" ]; then
  token=$(test/servers/lfs-token.sh "$LFS_SECRET" 'obj:*')
  # The password is checked here, and the LFS server checks the token; what it hands out carries tokens of its own.
  lfs="
    location ~ /info/lfs/objects/storage {
      proxy_pass http://127.0.0.1:$LFS_PORT;
    }
    location ~ /info/lfs/ {
      auth_basic git;
      auth_basic_user_file $folder/users;
      proxy_set_header Authorization 'Bearer $token';
      proxy_set_header Host \$http_host;
      proxy_pass http://127.0.0.1:$LFS_PORT;
    }"
fi
cat >"$folder/nginx.conf" <<NGINX
daemon off;
# Alone it is what is killed, and leaves no worker behind.
master_process off;
pid $folder/nginx.pid;
error_log stderr warn;
events { worker_connections 1024; }
http {
  access_log $folder/access.log;
  client_body_temp_path $folder/body;
  proxy_temp_path $folder/proxy;
  fastcgi_temp_path $folder/fastcgi;
  uwsgi_temp_path $folder/uwsgi;
  scgi_temp_path $folder/scgi;
  client_max_body_size 0;
  proxy_set_header Host \$http_host;
  upstream git { least_conn; ${sockets[*]} }
  server {
    listen 127.0.0.1:$1;
    location / {
      auth_basic git;
      auth_basic_user_file $folder/users;
      fastcgi_pass git;
      fastcgi_read_timeout 300s;
      fastcgi_param SCRIPT_FILENAME $(git --exec-path)/git-http-backend;
      fastcgi_param GIT_PROJECT_ROOT $root;
      fastcgi_param GIT_HTTP_EXPORT_ALL 1;
      fastcgi_param GIT_PROTOCOL \$http_git_protocol;
      fastcgi_param PATH_INFO \$uri;
      fastcgi_param QUERY_STRING \$query_string;
      fastcgi_param REQUEST_METHOD \$request_method;
      fastcgi_param CONTENT_TYPE \$content_type;
      fastcgi_param CONTENT_LENGTH \$content_length;
      fastcgi_param HTTP_CONTENT_ENCODING \$http_content_encoding;
      fastcgi_param REMOTE_USER \$remote_user;
      fastcgi_param REMOTE_ADDR \$remote_addr;
    }$lfs
  }
}
NGINX
for number in 1 2 3 4 5 6 7 8; do
  until [ -S "$folder/cgi-$number" ]; do sleep 0.05; done
done
exec nginx -e stderr -p "$folder" -c "$folder/nginx.conf"
