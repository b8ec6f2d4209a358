#!/bin/sh
# A folder with the journals of two machines, as systemd-journal-remote keeps them. `journalctl --follow --merge` shows
# entries in the order of their times, and never one that is older than the last one shown: what a machine sends late,
# because it or its network was away, is in the folder and is not followed. Reading the folder at once shows it.
#
#   systemd 252.39 (Debian 12)  followed: "a at 200", "a at 300"; read at once: "b at 100, sent late", "a at 200", "a at 300"
#
# So whoever follows a loghost's journals with one journalctl and one cursor loses late entries: each file of a machine
# needs a reader and a cursor of its own.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
cd "$work"
version=252.39-1~deb12u2
for package in systemd systemd-journal-remote libsystemd-shared; do
  apt-get download "$package=$version" >/dev/null 2>&1 || { echo "cannot download $package=$version" >&2; exit 2; }
done
for file in ./*.deb; do dpkg -x "$file" root; done
LD_LIBRARY_PATH=$(dirname "$(find "$work/root" -name 'libsystemd-shared-*.so')"); export LD_LIBRARY_PATH
journalctl="$work/root/bin/journalctl"
remote=$(find "$work/root" -name systemd-journal-remote -type f -perm -u+x)

logs="$work/logs"; mkdir "$logs"
entry() { # NAME SECONDS TEXT: one entry of a machine, in the export format, into the file of that machine
  id=$(printf '%032d' 0 | tr 0 "$1")
  printf '__REALTIME_TIMESTAMP=%s000000\n__MONOTONIC_TIMESTAMP=%s000000\n_BOOT_ID=%s\n_MACHINE_ID=%s\nMESSAGE=%s\n\n' \
    $((1795000000 + $2)) "$2" "$id" "$id" "$3" |
    "$remote" --split-mode=none --output="$logs/remote-$1.journal" - >/dev/null 2>&1
}
entry a 200 'a at 200'
"$journalctl" -D "$logs" --follow --merge -n all -o cat > followed 2>/dev/null & follower=$!
sleep 2
entry b 100 'b at 100, sent late'
sleep 2
entry a 300 'a at 300'
sleep 3
kill $follower; wait $follower 2>/dev/null || true
{ echo 'followed:'; cat followed; echo 'read at once:'; "$journalctl" -D "$logs" --merge -o cat 2>/dev/null; } > seen
cat seen
diff seen - <<'WANTED'
followed:
a at 200
a at 300
read at once:
b at 100, sent late
a at 200
a at 300
WANTED
