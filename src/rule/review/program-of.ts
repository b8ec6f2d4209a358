/** `sshd[7]: `, `postfix/smtpd: `, `(systemd): `: the name of a program, and perhaps the number of its process. */
const TAG = /^([\w./()+@-]{1,48})(?:\[[^\]]{0,20}\])?:/;

/** The program that a message names at its start; '' where it names none. */
export function programOf(text: string): string {
  return TAG.exec(text)?.[1] ?? '';
}
