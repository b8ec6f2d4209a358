# A machine of its own in a folder: Debian by debootstrap, with its own systemd in namespaces of its own, and no network.
# Sourced by run.sh. Needs root, debootstrap, unshare, nsenter and a cgroup2 file system.

MIRROR=${MIRROR:-http://deb.debian.org/debian}

# make_machine FOLDER SUITE NODE_PACKAGE: what tayori meets on a small server. NODE_PACKAGE: empty where the suite has one
# that is new enough.
make_machine() {
  local folder=$1 suite=$2 node=$3
  local packages=systemd,systemd-sysv,dbus,adduser,rsyslog,procps,lsb-release
  [ -n "$node" ] || packages+=,nodejs
  debootstrap --variant=minbase --include=$packages "$suite" "$folder" "$MIRROR" >"$folder.log" 2>&1 || {
    tail -5 "$folder.log"
    return 1
  }
  printf '#!/bin/sh\nexit 101\n' >"$folder/usr/sbin/policy-rc.d" # nothing is started in a folder
  chmod 755 "$folder/usr/sbin/policy-rc.d"
  echo 'postfix postfix/main_mailer_type select Local only' | chroot "$folder" debconf-set-selections
  in_folder "$folder" apt-get -q install -y --no-install-recommends postfix >>"$folder.log" 2>&1
  if [ -n "$node" ]; then
    cp "$node" "$folder/root/nodejs.deb"
    in_folder "$folder" dpkg -i /root/nodejs.deb >>"$folder.log" 2>&1
  fi
  rm "$folder/usr/sbin/policy-rc.d"
  chroot "$folder" postconf -e inet_interfaces=loopback-only inet_protocols=ipv4
}

# in_folder FOLDER COMMAND...: without its systemd, as in a container image that is being built.
in_folder() {
  local folder=$1
  shift
  env -i PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C chroot "$folder" "$@"
}

# boot FOLDER: starts its systemd, and waits until it is up. Sets MACHINE, the number of that process.
boot() {
  local folder=$1 cgroups
  cgroups=$(findmnt -n -o TARGET -t cgroup2 | head -1)
  CGROUP=$cgroups/tayori-test-deb-$$
  mkdir "$CGROUP"
  (
    echo "$BASHPID" >"$CGROUP/cgroup.procs"
    exec unshare --mount --pid --fork --uts --ipc --net --cgroup --kill-child=SIGKILL \
      bash "${BASH_SOURCE[0]%/*}/enter-machine.sh" "$folder"
  ) >"$folder.boot" 2>&1 &
  UNSHARED=$!
  for ((second = 0; second < 60; second++)); do
    sleep 1
    MACHINE=$(pgrep -P $UNSHARED) || continue
    case $(inside systemctl is-system-running 2>/dev/null) in running | degraded) return 0 ;; esac
  done
  cat "$folder.boot"
  return 1
}

# inside COMMAND...: in the machine that runs.
inside() {
  nsenter -t "$MACHINE" -a env -i PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C \
    TERM=dumb SYSTEMD_PAGER= "$@"
}

# The end of the machine; all that runs in it ends with its first process.
shut_down() {
  [ -z "${UNSHARED:-}" ] || kill -KILL "$UNSHARED" 2>/dev/null || true
  wait "${UNSHARED:-}" 2>/dev/null || true
  UNSHARED=
  for ((tries = 0; tries < 50; tries++)); do
    [ -d "${CGROUP:-/nonexistent}" ] || return 0
    find "$CGROUP" -depth -type d -exec rmdir {} + 2>/dev/null || sleep 0.1
  done
}
