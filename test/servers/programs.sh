# Sourced by the scripts beside it: finds the programs that `install.sh` unpacked, after those of the machine.
servers=${MLV_SERVERS:-node_modules/.cache/mlv-servers}
mkdir -p "$servers"
servers=$(cd "$servers" && pwd)
export PATH="$PATH:/usr/sbin:$servers/debian/usr/sbin"
for libraries in "$servers"/debian/usr/lib/*-linux-gnu*; do
  export LD_LIBRARY_PATH="$libraries${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
done
