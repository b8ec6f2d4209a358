#!/bin/sh
# rsyslog's template for RFC 5424, RSYSLOG_SyslogProtocol23Format, and the same text that comes in twice: in the form of
# RFC 3164, "app: hello", and in the form of RFC 5424, whose MSG is "hello". What goes out is not the same: the blank
# behind the tag's colon counts as part of the first message, so its MSG is " hello".
#
#   rsyslog 8.2302.0 (Debian 12)  "app - - -  hello" (two blanks), "app - - - hello" (one)
#
# By RFC 5424, 6, one blank ends STRUCTURED-DATA and MSG may begin with another. So a receiver that keeps to the RFC sees
# two different messages, and a regex with "^hello" finds only the one from programs that speak RFC 5424 themselves.
set -eu
work=$(mktemp -d); trap 'kill $rsyslog 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
for package in rsyslog=8.2302.0-1+deb12u2 libestr0=0.1.11-1 libfastjson4=1.2304.0-1; do
  apt-get download "$package" >/dev/null 2>&1 || { echo "cannot download $package" >&2; exit 2; }
done
for file in ./*.deb; do dpkg -x "$file" root; done
modules=$(find "$work/root" -name imptcp.so); modules=${modules%/imptcp.so}
LD_LIBRARY_PATH=${modules%/rsyslog}; export LD_LIBRARY_PATH
cat > conf <<CONF
module(load="imptcp")
input(type="imptcp" path="$work/socket")
action(type="omfile" file="$work/out" template="RSYSLOG_SyslogProtocol23Format")
CONF
"$work/root/usr/sbin/rsyslogd" -n -M "$modules" -i "$work/pid" -f "$work/conf" 2>/dev/null & rsyslog=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do [ -S socket ] && break; sleep 0.5; done
perl -MIO::Socket::UNIX -e '
  my $socket = IO::Socket::UNIX->new(Peer => "socket") or die "cannot connect: $!";
  print $socket "<13>Nov 20 09:00:00 host app: hello\n";
  print $socket "<13>1 2026-11-20T09:00:00Z host app - - - hello\n";'
for _ in 1 2 3 4 5 6 7 8 9 10; do [ "$(grep -c hello out 2>/dev/null)" = 2 ] && break; sleep 0.5; done
sed 's/.* app/app/' out > seen
cat seen
diff seen - <<'WANTED'
app - - -  hello
app - - - hello
WANTED
