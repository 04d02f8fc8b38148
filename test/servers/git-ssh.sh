#!/usr/bin/env bash
# Serves the repositories below a folder over ssh on loopback until it is killed: `test/servers/git-ssh.sh PORT FOLDER
# ROOT`, by OpenSSH, for the user who starts it; the key is FOLDER/user. With LFS_PORT and LFS_SECRET it answers
# `git-lfs-authenticate` as a host does: with the LFS server of that port and a token for one repository.
# `test/servers/git-ssh.sh --check` ends with 0 when there is a server to start.
set -euo pipefail
cd "$(dirname "$0")/../.."
scripts=$PWD/test/servers
. test/servers/programs.sh
for program in sshd ssh-keygen git-shell; do command -v "$program" >/dev/null || exit 77; done
# Where root starts it, it wants a user to leave its rights to, and an empty folder.
if [ "$(id -u)" = 0 ]; then id sshd >/dev/null 2>&1 || exit 77; fi
[ "${1:-}" != --check ] || exit 0
if [ "$(id -u)" = 0 ]; then mkdir -p /run/sshd; fi
mkdir -p "$2"
folder=$(cd "$2" && pwd)
root=$(cd "$3" && pwd)
for key in host user; do ssh-keygen -q -t ed25519 -N '' -C '' -f "$folder/$key"; done

# What a host lets its users run: git's own commands, and the one that tells where large files are.
cat >"$folder/command" <<COMMAND
#!/usr/bin/env bash
echo "\$SSH_ORIGINAL_COMMAND" >>"$folder/commands.log"
case "\$SSH_ORIGINAL_COMMAND" in
'git-lfs-authenticate '*)
  mapfile -t words < <(xargs -n 1 <<<"\$SSH_ORIGINAL_COMMAND")
  repository=\${words[1]#"$root"/}
  repository=\${repository%.git}
  case "\${words[2]}" in upload) actions=read,write,verify ;; *) actions=read ;; esac
  [ -n "${LFS_PORT:-}" ] && [ -d "$root/\$repository.git" ] || { echo 'no such repository' >&2; exit 1; }
  token=\$("$scripts/lfs-token.sh" '${LFS_SECRET:-}' "obj:\$repository/*:\$actions")
  printf '{"href": "http://127.0.0.1:%s/%s.git/info/lfs", "header": {"Authorization": "Bearer %s"}, "expires_in": 3600}' \
    '${LFS_PORT:-}' "\$repository" "\$token"
  ;;
*) exec git-shell -c "\$SSH_ORIGINAL_COMMAND" ;;
esac
COMMAND
chmod 755 "$folder/command"
cat >"$folder/sshd_config" <<SSHD
ListenAddress 127.0.0.1:$1
HostKey $folder/host
AuthorizedKeysFile $folder/user.pub
ForceCommand $folder/command
SetEnv PATH=$PATH
AcceptEnv GIT_PROTOCOL
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
MaxStartups 100
PidFile none
LogLevel ERROR
SSHD
# It starts itself again for each connection, and wants its whole path for that.
exec "$(command -v sshd)" -D -e -f "$folder/sshd_config"
