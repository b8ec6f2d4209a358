const { raw } = String;

/** A whole config, a log, and the letter that comes of them: a test holds the manual to it. */
export const EXAMPLE = {
  config: [
    'set logfile /var/log/auth.log',
    'set hidepid on',
    'set queue report logs@example.org me@example.org [30 12 * * *] Report',
    'set queue misc   logs@example.org me@example.org [35 12 * * *] Unknown',
    '',
    '# ssh: masked is what differs from line to line and does not matter',
    'group ^sshd:',
    'trash  ^sshd: Connection closed by',
    raw`report ^sshd: Invalid user \S+ from (\S+) port (\d+)`,
    'group_end',
    '',
    '# all that no rule above knows',
    'misc .*',
  ],
  log: [
    'Nov 20 10:00:00 web sshd[812]: Invalid user admin from 192.0.2.7 port 4711',
    'Nov 20 10:00:02 web sshd[815]: Invalid user admin from 192.0.2.9 port 991',
    'Nov 20 10:00:03 web sshd[815]: Connection closed by 192.0.2.9 port 991',
  ],
  letter: ['web:', '    2: sshd: Invalid user admin from ______ port ______'],
} as const;
