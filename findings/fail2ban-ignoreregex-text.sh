#!/bin/sh
# A fail2ban filter with `prefregex` and an `ignoreregex` that names what stands in the prefix, `app: fail 192\.0\.2\.1$`.
# With three failregexes the line bans. With a fourth one, which matches nothing, the same line is ignored: only where
# there are at least three failregexes more than ignoreregexes is an ignoreregex asked of the whole line, too; otherwise
# of what prefregex left, alone.
#
#   fail2ban 1.0.2 (Debian 12)  3 failregexes: found, 4 failregexes: ignored
#
# So a failregex that is added or taken away may change what ignoreregex means; one for the content alone does not depend
# on it.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
cd "$work"
version=1.0.2-2
apt-get download "fail2ban=$version" >/dev/null 2>&1 || { echo "cannot download fail2ban=$version" >&2; exit 2; }
dpkg -x ./*.deb root
PYTHONPATH=$work/root/usr/lib/python3/dist-packages; export PYTHONPATH
printf '2026-11-20 10:00:00 app: fail 192.0.2.1\n' > log

verdict() { # FILE: what becomes of the line
  python3 root/usr/bin/fail2ban-regex --config root/etc/fail2ban "$work/log" "$work/$1" |
    sed -n 's/^Lines: 1 lines, \([0-9]\) ignored, \([0-9]\) matched.*/\1 ignored, \2 found/p'
}
filter() { # EXTRA REGEXES
  printf '[Definition]\nprefregex = ^\\s*app: <F-CONTENT>.+</F-CONTENT>$\nfailregex = ^fail <HOST>$\n            ^never a <HOST>$\n            ^never b <HOST>$\n'
  for extra; do printf '            %s\n' "$extra"; done
  printf 'ignoreregex = app: fail 192\\.0\\.2\\.1$\n'
}
filter > three.conf
filter '^never c <HOST>$' > four.conf
{ echo "3 failregexes: $(verdict three.conf)"; echo "4 failregexes: $(verdict four.conf)"; } > seen
cat seen
diff seen - <<'WANTED'
3 failregexes: 0 ignored, 1 found
4 failregexes: 1 ignored, 0 found
WANTED
