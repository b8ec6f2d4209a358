#!/bin/sh
# SEC's SingleWithThreshold, three hits within three seconds. Hits come at 0, 2.2, 3.8 and 4.8 seconds, and name
# themselves. The first one has left the sliding window when the fourth completes the three. The action runs then, and
# its $1 is that of the first hit all the same: an event that is not among the three.
#
#   SEC 2.9.1 (Debian 12)  "fired with first"; the hits in the window are second, third and fourth
#
# So an action that blocks, or reports, what $1 names may act on an event that did not count. Only where the pattern's
# groups are part of `desc`, and so of the key, are they the same for all hits.
set -eu
work=$(mktemp -d); trap 'kill $sec 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
version=2.9.1-1.1
apt-get download "sec=$version" >/dev/null 2>&1 || { echo "cannot download sec=$version" >&2; exit 2; }
dpkg -x ./*.deb root
cat > rules <<'RULES'
type=SingleWithThreshold
ptype=RegExp
pattern=hit (\S+)
desc=three hits
action=write - fired with $1
window=3
thresh=3
RULES
: > log
perl root/usr/bin/sec --conf=rules --input=log --tail --nointevents --log=sec.log > seen & sec=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do grep -q 'Opening input file' sec.log 2>/dev/null && break; sleep 0.5; done
echo 'hit first' >> log; sleep 2.2
echo 'hit second' >> log; sleep 1.6
echo 'hit third' >> log; sleep 1
echo 'hit fourth' >> log; sleep 2
cat seen
echo 'fired with first' | diff seen -
