/** What stands in front of each record of auditd, in its log and where its dispatcher sends it on. */
const HEAD = /^(?:node=(\S+) )?type=(\S+) msg=audit\((\d{1,12})\.(\d{1,3}):(\d{1,20})\): ?/;

/** The head of a record, taken apart. */
export interface AuditRecord {
  readonly node: string | null;
  /** As in `SYSCALL`, or `UNKNOWN[1340]` where auditd is older than the kernel. */
  readonly type: string;
  /** ms since 1970. */
  readonly time: number;
  /** The same in all records of an event, and in no other event: its node, time and serial number. */
  readonly event: string;
  /** What stands behind the head: fields, and behind 0x1d what auditd knew of them (`log_format = ENRICHED`). */
  readonly body: string;
}

/** Takes a record of the audit log apart; null: it is none. */
export function readAuditRecord(line: string): AuditRecord | null {
  const found = HEAD.exec(line);
  if (!found) return null;
  const [head, node = null, type = '', seconds = '', fraction = '', serial = ''] = found;
  const time = Number(seconds) * 1000 + Number(fraction.padEnd(3, '0'));
  return { node, type, time, event: `${node ?? ''} ${time} ${serial}`, body: line.slice(head.length) };
}

/**
 * Whether a record is the last of its event: the title of the process, or a record that stands alone, as those of
 * programs do (`USER_LOGIN`). The kernel's numbers are 1300 to 2099 (audit.h); auparse(3) asks the same.
 */
export function endsEvent(type: string): boolean {
  return type === 'PROCTITLE' || type === 'EOE' || !IN_EVENTS.test(type);
}

/** Types that stand beside others in an event: those of the kernel, LOGIN among them, but none about labelled networks. */
const IN_EVENTS =
  /^(?:LOGIN|SYSCALL|PATH|IPC|SOCKETCALL|CONFIG_CHANGE|SOCKADDR|CWD|EXECVE|IPC_SET_PERM|MQ_\w+|KERNEL_OTHER|FD_PAIR|OBJ_PID|TTY|BPRM_FCAPS|CAPSET|MMAP|NETFILTER_\w+|SECCOMP|FEATURE_CHANGE|REPLACE|KERN_MODULE|FANOTIFY|TIME_\w+|BPF|EVENT_LISTENER|URINGOP|OPENAT2|DM_\w+|AVC|AVC_PATH|SELINUX_ERR|MAC_(?:POLICY_LOAD|STATUS|CONFIG_CHANGE)|APPARMOR(?:_\w+)?|ANOM_(?:PROMISCUOUS|ABEND|LINK|CREAT)|INTEGRITY_\w+|LANDLOCK_\w+|UNKNOWN\[(?:1[3-9]|20)\d\d\])$/;
