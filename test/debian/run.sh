#!/bin/bash
# npm run test:deb [SUITE...]: the Debian package on machines of their own (see machine.sh): installed, used, upgraded,
# removed, purged, and run by the systemd of each suite. Unset: trixie (Node.js 20, systemd 257) and bookworm (systemd
# 252, which knows no OpenFile=; it gets the Node.js of this machine). Needs root and some minutes.
# SLOW=1 also waits until a daemon is restarted whose state folder was removed: ten minutes more.
set -eu
cd "$(dirname "$0")/../.."
. test/debian/machine.sh

for tool in debootstrap dpkg-deb unshare nsenter findmnt pgrep; do
  command -v "$tool" >/dev/null || { echo "test:deb: needs $tool" >&2 && exit 1; }
done
[ "$(id -u)" = 0 ] || { echo 'test:deb: needs root, for debootstrap and namespaces' >&2 && exit 1; }

WORK=$(mktemp -d "${TMPDIR:-/tmp}/tayori-deb-XXXXXX")
trap 'shut_down; rm -rf --one-file-system "$WORK"' EXIT
FAILED=0

# check SENTENCE COMMAND...: the command, now.
check() {
  local sentence=$1 said
  shift
  if said=$("$@" 2>&1); then
    echo "  ok      $sentence"
  else
    echo "  NOT OK  $sentence"
    echo "${said:-(nothing was said)}" | tail -30 | sed 's/^/          | /'
    FAILED=$((FAILED + 1))
  fi
}

# eventually SENTENCE COMMAND...: the command, within 40 s.
eventually() {
  local sentence=$1
  shift
  for ((tries = 0; tries < 80; tries++)); do
    "$@" >/dev/null 2>&1 && break
    sleep 0.5
  done
  check "$sentence" "$@"
}

not() { ! "$@"; }
# In the machine, by its shell.
sh_inside() { inside sh -c "$1"; }
# says PATTERN COMMAND...: the command's output has it.
says() {
  local pattern=$1 said
  shift
  said=$("$@" 2>&1) || true
  grep -qE -- "$pattern" <<<"$said" || { echo "$said" && return 1; }
}
journal() { inside journalctl -u tayori -o cat --no-pager; }
pid_of_tayori() { inside systemctl show -P MainPID tayori; }
status_of() { inside systemctl show -P "$1" tayori; }
letters() { sh_inside "cat /var/lib/tayori/Maildir/new/* 2>/dev/null" || true; }
mailbox() { sh_inside 'cat /var/mail/root 2>/dev/null' || true; }
log_test() { inside logger -t tayori-test "$1"; }
restart() { inside systemctl daemon-reload && inside systemctl restart tayori; }

# drop_in NAME LINES: for the unit; without LINES it is taken away.
drop_in() {
  local file=/etc/systemd/system/tayori.service.d/$1.conf
  if [ -n "${2:-}" ]; then
    sh_inside "mkdir -p ${file%/*} && printf '[Service]\n$2\n' > $file"
  else
    sh_inside "rm -f $file"
  fi
}

# configure LINES: the config as it was installed, with these lines before its rules.
configure() {
  printf '%s\n' "$1" | inside tee /root/lines >/dev/null
  sh_inside 'sed "/^## 4/r /root/lines" /root/sample.conf > /etc/tayori/tenshi.conf'
}

# A letter with a schedule, and one that goes at once; both of lines that nothing but this test writes.
RULES='report ^tayori-test: count
now_test ^tayori-test: at once'
NOW='set sleep 1
set queue now_test tayori@localhost root@localhost [now] NOW'

# packages_for FOLDER: the new package, and an older one whose config and rules differ.
packages_for() {
  local folder=$1 tree=$WORK/older
  cp "$NEW" "$folder/root/new.deb"
  rm -rf "$tree"
  dpkg-deb --raw-extract "$OLD" "$tree"
  sed -i '1s/.*/# tayori: the sample config of an older version/' "$tree/etc/tayori/tenshi.conf"
  echo '# of an older version' >>"$tree/etc/tayori/includes-active/10-storage.conf"
  dpkg-deb --root-owner-group --build "$tree" "$folder/root/old.deb" >/dev/null
}

# The tree with its modules, as `npm install -g .` leaves it: README's part "Elsewhere" begins with that.
source_for() {
  local tree=$1/opt/tayori
  mkdir -p "$1/opt"
  rm -rf "$WORK/unpacked"
  dpkg-deb --extract "$NEW" "$WORK/unpacked"
  cp -r "$WORK/unpacked/usr/lib/tayori" "$tree"
  cp -r dist conf includes-active package.json "$tree/"
  mkdir -p "$1/usr/local/bin"
  ln -s /opt/tayori/dist/main.js "$tree/link" # not on the path yet: the package comes first
  sed -n '/^### Elsewhere/,/^### The config/p' README.md | sed -n '/^```sh/,/^```/p' |
    grep -vE '^```|^npm |^setfacl ' >"$tree/readme.sh" ||
    { echo 'test:deb: README.md has no commands under "### Elsewhere"' >&2 && exit 1; }
}

without_systemd() {
  echo "$1, in a folder where no systemd runs:"
  local root=$WORK/$1
  check 'it is installed, and nothing is started' in_folder "$root" dpkg -i /root/old.deb
  check 'the state folder is of tayori, for nobody else' \
    says '^700 tayori tayori$' in_folder "$root" stat -c '%a %U %G' /var/lib/tayori
  check 'the program runs, and finds its config' \
    says '^/etc/tayori/tenshi.conf: sound\. ' in_folder "$root" tayori check
  check 'a letter of the sample log is made by the program as it is installed' \
    says 'sshd: Failed password' in_folder "$root" tayori digest /usr/lib/tayori/conf/sample.log
  check 'it is purged' in_folder "$root" dpkg --purge tayori
  check 'nothing is left but the account' not in_folder "$root" sh -c 'ls -d /var/lib/tayori /etc/tayori /usr/lib/tayori /usr/bin/tayori'
}

installed() {
  echo "$1, installed:"
  check 'dpkg installs it' inside dpkg -i /root/old.deb
  sh_inside 'cp /etc/tayori/tenshi.conf /root/sample.conf'
  check 'the service runs' says '^active$' inside systemctl is-active tayori
  check 'the service runs at the next boot' says '^enabled$' inside systemctl is-enabled tayori
  check 'the account is in adm' says '\(adm\)' inside id tayori
  check 'systemctl status says how it stands' says '^follows [1-9] of 6 logs; next letter: ' status_of StatusText
  check 'systemd finds nothing wrong with the unit, but for what an old one does not know' not says . \
    sh_inside "systemd-analyze verify --man=no tayori.service 2>&1 | grep -vE 'Unknown key.*(OpenFile|RestartSteps|RestartMaxDelaySec)'"
  check 'systemd-analyze security finds it exposed by 2.5 of 10 at most' \
    says 'exposure level for tayori.service: (1\.|2\.[0-5])' inside systemd-analyze security tayori
  check 'it has one power of root' says '^CapEff:\s0*400$' inside cat "/proc/$(pid_of_tayori)/status"
  case $1 in
  bookworm) check 'it has no socket of systemd' not says '^socket:' inside readlink "/proc/$(pid_of_tayori)/fd/3" ;;
  *) check 'systemd has connected its socket' says '^socket:' inside readlink "/proc/$(pid_of_tayori)/fd/3" ;;
  esac
}

used() {
  echo "$1, used:"
  configure "$NOW
$RULES"
  check 'a reload succeeds' inside systemctl reload tayori
  eventually 'the new config is in force' says 'the new config is in force' journal
  log_test 'at once 1'
  eventually 'a line that rsyslog writes becomes a letter in the Maildir' says 'Subject: NOW' letters
  check 'letters are for nobody else' says '^600 tayori$' sh_inside 'stat -c "%a %U" /var/lib/tayori/Maildir/new/*'
  log_test 'count me'
  eventually 'a line of a queue with a schedule is counted' says 'tayori-test: count me' inside tayori preview report
  inside systemctl reload tayori
  inside systemctl restart tayori
  check 'it is counted after a reload and a restart' says 'tayori-test: count me' inside tayori preview report
  check 'and was not mailed' not says 'Subject: Report' letters
  sh_inside 'echo "set frob" >> /etc/tayori/tenshi.conf'
  check 'a reload of a config with a fault fails' not inside systemctl reload tayori
  check 'and tells where the fault is' says 'tenshi.conf:[0-9]+:5: error: unknown directive "set frob"' journal
  check 'and the service runs on' says '^active$' inside systemctl is-active tayori
  inside systemctl stop tayori
  configure "$NOW
$RULES"
  check 'tayori check finds nothing wrong with what ships' says '^/etc/tayori/tenshi.conf: sound' inside tayori check
  check 'nor anything worth a word, but for logs that other systems have' \
    not says . sh_inside 'tayori check 2>&1 | grep -E "notice|warning" | grep -vE "the log .* is not there"'
  check 'root sees how things stand while it is stopped' says 'tayori is not running' inside tayori status
  check 'and it starts again' inside systemctl start tayori
}

watched() {
  echo "$1, watched:"
  drop_in watchdog 'WatchdogSec=3s\nRestartSec=1s'
  restart
  sleep 12
  check 'signs of life come in time' says '^0$' status_of NRestarts
  check 'the service manager can be notified' not says 'cannot notify the service manager' journal
  inside kill -STOP "$(pid_of_tayori)"
  eventually 'a daemon whose event loop does not turn is restarted' says '^1$' status_of NRestarts
  eventually 'and works' says '^active$' inside systemctl is-active tayori
  if [ "${SLOW:-}" = 1 ]; then
    inside rm -r /var/lib/tayori
    for ((second = 0; second < 600 && $(status_of NRestarts) < 2; second++)); do sleep 1; done
    check 'a daemon whose state folder was removed is restarted' says '^2$' status_of NRestarts
    check 'it says why' says 'no poll of the logs has ended for 5 min' journal
    eventually 'and works, with a folder anew' says '^follows [1-9]' status_of StatusText
  fi
  drop_in watchdog
  restart
}

loosened() {
  echo "$1, with what configs ask for:"
  configure "$NOW
set listen 127.0.0.1:514
$RULES"
  restart
  inside logger -n 127.0.0.1 -P 514 -d -t tayori-test 'at once by UDP'
  eventually 'syslog over UDP is received at port 514' says 'at once by UDP' letters

  printf '%s\n' 'file=$(mktemp) && cat > "$file" && cat "$file" && echo "journal: $(journalctl -n 1 -o cat --no-pager | wc -l)"' |
    inside tee /etc/tayori/filter >/dev/null
  configure "$NOW
set filter now_test /bin/sh /etc/tayori/filter
$RULES"
  restart
  log_test 'at once through a filter'
  eventually 'a filter works that makes a file in /tmp' says 'at once through a filter' letters
  check 'and that reads the journal' says 'journal: 1' letters

  configure "$NOW
set csv [now] /bin/cat >> /var/tmp/report.csv
csv ^tayori-test: count
$RULES"
  restart
  log_test 'count for csv'
  eventually 'a program that writes where it may not is told of' says 'Read-only file system|cannot create /var/tmp/report.csv' journal
  drop_in write 'ReadWritePaths=/var/tmp'
  restart
  log_test 'count for csv again'
  eventually 'a drop-in lets it' says 'count for csv again' inside cat /var/tmp/report.csv
  drop_in write

  configure "$NOW
set mailserver sendmail:/usr/sbin/sendmail
$RULES"
  restart
  check 'a sendmail program that is to become another group is told of' \
    says '/usr/sbin/sendmail cannot send: it must change its user or group' journal
  log_test 'at once by sendmail'
  eventually 'and a letter waits' says 'root@localhost +waiting for' inside tayori status
  sh_inside 'mkdir -p /etc/systemd/system/tayori.service.d && cp /usr/share/doc/tayori/examples/sendmail.conf /etc/systemd/system/tayori.service.d/'
  restart
  eventually 'the drop-in that ships lets it' says 'at once by sendmail' mailbox
  drop_in sendmail
  restart

  configure "$NOW
set mailserver localhost
$RULES"
  restart
  log_test 'at once by SMTP'
  eventually 'a mail server on this machine gets letters by SMTP' says 'at once by SMTP' mailbox
}

upgraded() {
  echo "$1, upgraded:"
  inside gpasswd -d tayori adm >/dev/null
  inside systemctl stop postfix
  log_test 'at once, and waits'
  log_test 'count over the upgrade'
  eventually 'a letter waits' says 'waiting for' inside tayori status
  eventually 'and a count' says 'count over the upgrade' inside tayori preview report
  check 'dpkg upgrades it, with a config that was edited' \
    sh_inside 'dpkg --force-confdef --force-confold -i /root/new.deb < /dev/null'
  check 'it is the new version' says "^$VERSION\$" inside tayori --version
  check 'the service runs' says '^active$' inside systemctl is-active tayori
  check 'the edited config is as it was' says 'set mailserver localhost' inside cat /etc/tayori/tenshi.conf
  check 'the new one is beside it' says '# tayori: the sample config, ' inside cat /etc/tayori/tenshi.conf.dpkg-dist
  check 'rules that were not edited are new' not says 'older version' inside cat /etc/tayori/includes-active/10-storage.conf
  check 'the account was not put back into adm' not says '\(adm\)' inside id tayori
  check 'which the journal tells' says '/var/log/syslog: cannot be read .*EACCES' journal
  inside adduser --quiet tayori adm
  restart
  check 'the count is still there' says 'count over the upgrade' inside tayori preview report
  inside systemctl start postfix
  eventually 'the letter arrives' says 'at once, and waits' mailbox
  inside systemctl restart tayori
  check 'and none twice' not says . sh_inside 'grep -i "^message-id:" /var/mail/root | sort | uniq -d'
  inside systemctl disable --now tayori >/dev/null 2>&1
  check 'dpkg upgrades a service that was disabled' sh_inside 'dpkg -i /root/new.deb < /dev/null'
  check 'which stays off' says '^inactive$' inside systemctl is-active tayori
  inside systemctl enable --now tayori >/dev/null 2>&1
}

removed() {
  echo "$1, removed and purged:"
  log_test 'count over the removal'
  eventually 'a line is counted' says 'count over the removal' inside tayori preview report
  check 'dpkg removes it' inside dpkg -r tayori
  check 'nothing runs' not inside pgrep -u tayori
  check 'the program is gone' not inside ls -d /usr/lib/tayori /usr/bin/tayori /usr/lib/systemd/system/tayori.service
  check 'state and config are kept' inside ls /var/lib/tayori/tayori.db /etc/tayori/tenshi.conf
  check 'dpkg installs it again' sh_inside 'dpkg -i /root/new.deb < /dev/null'
  check 'the service runs' says '^active$' inside systemctl is-active tayori
  check 'and goes on with what it had' says 'count over the removal' inside tayori preview report
  sh_inside 'echo secret > /etc/tayori/mail.password'
  check 'dpkg purges it, and asks nothing' sh_inside 'dpkg -P tayori < /dev/null'
  check 'the state is gone' not inside ls -d /var/lib/tayori
  check 'of the config only what the administrator has added is left, and no password' \
    says '^/etc/tayori:filter$' sh_inside 'echo "/etc/tayori:$(cd /etc/tayori && echo $(find . -type f -printf "%f\n" | sort))"'
  check 'no link to the unit is left' not sh_inside 'find /etc/systemd /var/lib/systemd | grep tayori.service$'
  check 'the account stays, for files elsewhere' inside id tayori
}

by_hand() {
  echo "$1, without the package, by README:"
  inside mv /opt/tayori/link /usr/local/bin/tayori
  sh_inside 'rm -r /etc/tayori'
  check 'the commands of README work' sh_inside 'cd /opt/tayori && sh -ex readme.sh'
  check 'they are not few' says '^[6-9]$' inside grep -c . /opt/tayori/readme.sh
  check 'the service runs' says '^active$' inside systemctl is-active tayori
  check 'it is the program of the tree' says '^/usr/local/bin/tayori$' sh_inside 'command -v tayori'
  check 'systemctl status says how it stands' says '^follows [1-9] of 6 logs; ' status_of StatusText
  check 'a reload succeeds' inside systemctl reload tayori
}

echo 'the package:'
npm run -s deb -- --out "$WORK" >/dev/null
node dist/package/build-deb.js --out "$WORK/old" --version 0.0.1 >/dev/null
NEW=$(echo "$WORK"/tayori_*.deb) OLD=$(echo "$WORK"/old/tayori_*.deb)
VERSION=$(dpkg-deb -f "$NEW" Version)
if command -v lintian >/dev/null; then
  check 'lintian finds no error' lintian --allow-root --fail-on error "$NEW"
else
  echo '  skipped lintian, which is not installed'
fi

# What equivs(1) makes, in short: a package nodejs that holds the node of this machine.
node_package() {
  local tree=$WORK/nodejs
  mkdir -p "$tree/DEBIAN" "$tree/usr/bin"
  cp "$(node -p process.execPath)" "$tree/usr/bin/node"
  printf '%s\n' 'Package: nodejs' "Version: $(node -p process.versions.node)-test" \
    "Architecture: $(dpkg --print-architecture)" 'Maintainer: test <test@packages.invalid>' \
    'Description: the node of another machine' >"$tree/DEBIAN/control"
  dpkg-deb --root-owner-group -Zgzip --build "$tree" "$WORK/nodejs.deb" >/dev/null
  echo "$WORK/nodejs.deb"
}

[ $# -gt 0 ] || set -- trixie bookworm
for suite in "$@"; do
  node=
  [ "$suite" != bookworm ] || node=$(node_package)
  make_machine "$WORK/$suite" "$suite" "$node"
  packages_for "$WORK/$suite"
  source_for "$WORK/$suite"
  without_systemd "$suite"
  boot "$WORK/$suite"
  for story in installed used watched loosened upgraded removed by_hand; do $story "$suite"; done
  shut_down
done
[ "$FAILED" = 0 ] || { echo "test:deb: $FAILED checks failed" >&2 && exit 1; }
echo 'test:deb: all is well'
