#!/bin/sh
# Three programs that stand in for sendmail(8), one letter with three recipients, a server that refuses the second at
# RCPT (550) and accepts the others. sysexits.h has 67 (EX_NOUSER) for this; none of them ends with it:
#
#   msmtp 1.8.23 (Debian 12)  65, EX_DATAERR
#   esmtp 1.2    (Debian 12)  70, EX_SOFTWARE
#   ssmtp 2.64   (Debian 12)  1
#
# All three give the letter to nobody, also not to the two whom the server accepted. So a caller learns from the status
# neither that one address is wrong nor which: to serve the others, it has to run the program once for each recipient.
set -eu
work=$(mktemp -d); trap 'kill $server 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"

get() { # PACKAGE=VERSION ...: unpacked here, not installed
  for package; do apt-get download "$package" >/dev/null 2>&1 || { echo "cannot download $package" >&2; exit 2; }; done
  for file in ./*.deb; do dpkg -x "$file" root; rm "$file"; done
}
get msmtp=1.8.23-1 libgsasl18 libsecret-1-0 libntlm0 libidn12 libgssglue1 esmtp=1.2-18+b1 libesmtp6 ssmtp=2.64-11
LD_LIBRARY_PATH=$(find "$work/root" -name '*.so*' -exec dirname {} \; | sort -u | tr '\n' ':'); export LD_LIBRARY_PATH

npm init -y >/dev/null; npm install --silent smtp-server@3.18.1 >/dev/null
cat > server.cjs <<'JS'
const { SMTPServer } = require('smtp-server');
const { appendFileSync, writeFileSync } = require('node:fs');
const server = new SMTPServer({
  disabledCommands: ['AUTH', 'STARTTLS'],
  onRcptTo({ address }, _session, done) {
    if (!address.startsWith('gone')) return done();
    done(Object.assign(new Error('no such user'), { responseCode: 550 }));
  },
  onData(stream, session, done) {
    stream.resume();
    stream.on('end', () => {
      appendFileSync('served', session.envelope.rcptTo.map(({ address }) => address.split('@')[0]).join(' '));
      done();
    });
  },
});
server.listen(0, '127.0.0.1', () => writeFileSync('port', String(server.server.address().port)));
JS
node server.cjs & server=$!
while [ ! -s port ]; do sleep 0.1; done
port=$(cat port)

printf 'hostname = 127.0.0.1:%s\n' "$port" > esmtprc; chmod 600 esmtprc
printf 'mailhub=127.0.0.1:%s\nhostname=host.example.org\n' "$port" > ssmtp.conf
printf 'From: a@example.org\nSubject: test\n\nhello\n' > letter
to='ann@example.org gone@example.org bob@example.org'

run() { # NAME COMMAND...
  name=$1; shift; : > served; status=0
  "$@" < letter >/dev/null 2>&1 || status=$?
  echo "$name: status $status, served: $(cat served)" | sed 's/ $//'
}
{
  run msmtp "root/usr/bin/msmtp" --host=127.0.0.1 --port="$port" --from=a@example.org --auth=off --tls=off $to
  run esmtp "root/usr/bin/esmtp" -C esmtprc -f a@example.org $to
  run ssmtp "root/usr/sbin/ssmtp" -C"$work/ssmtp.conf" -fa@example.org $to
} > seen
cat seen
diff seen - <<'WANTED'
msmtp: status 65, served:
esmtp: status 70, served:
ssmtp: status 1, served:
WANTED
