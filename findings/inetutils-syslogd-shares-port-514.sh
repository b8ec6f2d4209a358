#!/bin/sh
# inetutils-syslogd forwards (`*.* @ADDRESS`) to a collector on UDP port 514. Where the collector runs on the same machine,
# on an address of its own, nothing is forwarded, and nothing says why: for each message syslogd binds a socket to port
# 514 of all addresses, which fails while anybody holds that port on any of them. From another machine it works.
#
#   inetutils-syslogd 2.4 (Debian 12)  collector on the same machine: 0 messages; on another one: 1
#
# So such a relay cannot be tried on one machine, and a second syslog daemon beside it silences it. The machines here are
# network namespaces, so this needs root.
set -eu
[ "$(id -u)" = 0 ] || { echo 'this needs root, for networks of its own' >&2; exit 2; }
work=$(mktemp -d); trap 'kill $syslogd $collector $elsewhere 2>/dev/null || true; rm -rf "$work"' EXIT
syslogd=; collector=; elsewhere=
cd "$work"
package=inetutils-syslogd=2:2.4-2+deb12u3
apt-get download "$package" >/dev/null 2>&1 || { echo "cannot download $package" >&2; exit 2; }
dpkg -x ./*.deb root

cat > collect.pl <<'PERL'
use IO::Socket::INET;
my ($address, $file) = @ARGV;
my $socket = IO::Socket::INET->new(Proto => 'udp', LocalAddr => $address, LocalPort => 514) or die "cannot listen: $!";
open my $out, '>', $file or die; $out->autoflush(1);
while ($socket->recv(my $message, 2000)) { print $out "$message\n" if $message =~ /disk fails/ }
PERL

forwarded() { # ADDRESS COMMAND: a syslogd, which COMMAND runs, gets one message and is to forward it to ADDRESS
  printf '*.*\t@%s\n' "$1" > syslog.conf
  $2 "$work/root/usr/sbin/syslogd" -n --no-klog -f syslog.conf -D none -p socket -P pid >/dev/null 2>&1 & syslogd=$!
  for _ in 1 2 3 4 5 6 7 8 9 10; do [ -S socket ] && break; sleep 0.3; done
  perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Type => SOCK_DGRAM, Peer => "socket")->send("<27>app: disk fails")'
  sleep 1
  kill $syslogd; wait $syslogd 2>/dev/null || true; rm -f socket
}

unshare --net sleep 60 & elsewhere=$!
sleep 0.5
in_it="nsenter --target $elsewhere --net"
$in_it ip link set lo up
$in_it perl collect.pl 127.0.0.2 same & collector=$!
sleep 0.5
forwarded 127.0.0.2 "$in_it"
kill $collector

ip link add found-here type veth peer name found-there netns $elsewhere
ip address add 198.18.7.1/30 dev found-here; ip link set found-here up
$in_it ip address add 198.18.7.2/30 dev found-there; $in_it ip link set found-there up
perl collect.pl 198.18.7.1 other & collector=$!
sleep 2
forwarded 198.18.7.1 "$in_it"

{ echo "same machine: $(wc -l < same)"; echo "another one: $(wc -l < other)"; } > seen
cat seen
diff seen - <<'WANTED'
same machine: 0
another one: 1
WANTED
