/** Records as auditd writes them, with `log_format = ENRICHED` where 0x1d stands in them. */
const at = (type: string, serial: number, body: string, time = '1796018400.053'): string =>
  `type=${type} msg=audit(${time}:${serial}): ${body}`;

export const record = at;

export const SYSCALL =
  'arch=c000003e syscall=59 success=yes exit=0 a0=55d0c8 a1=55d0d0 a2=0 a3=8 items=1 ppid=4100 pid=4242 auid=1000 uid=0 tty=pts0 ses=3 comm="sh" exe="/usr/bin/dash" key=(null)';

/** `sh -c 'echo "hi" > /tmp/a'`, run with sudo in `/home/opc/my dir`. */
export const EVENT: readonly string[] = [
  at('SYSCALL', 101, `${SYSCALL}\x1dARCH=x86_64 SYSCALL=execve AUID="opc" UID="root"`),
  at('EXECVE', 101, 'argc=3 a0="sh" a1="-c" a2=6563686F2022686922203E202F746D702F61'),
  at('CWD', 101, 'cwd=2F686F6D652F6F70632F6D7920646972'),
  at('PATH', 101, 'item=0 name="/bin/sh" inode=12 ouid=0 nametype=NORMAL\x1dOUID="root"'),
  at('PROCTITLE', 101, 'proctitle=7368002D63006563686F2022686922203E202F746D702F61'),
];

export const EVENT_TEXT =
  'audit: SYSCALL arch=x86_64 syscall=execve success=yes exit=0 a0=55d0c8 a1=55d0d0 a2=0 a3=8 items=1 ppid=4100 pid=4242 auid=opc uid=root tty=pts0 ses=3 comm="sh" exe="/usr/bin/dash" key=(null) EXECVE argc=3 a0="sh" a1="-c" a2="echo \\"hi\\" > /tmp/a" CWD cwd="/home/opc/my dir" PATH item=0 name="/bin/sh" inode=12 ouid=root nametype=NORMAL PROCTITLE proctitle="sh -c echo \\"hi\\" > /tmp/a"';

export const hex = (text: string | Buffer): string => Buffer.from(text).toString('hex').toUpperCase();
