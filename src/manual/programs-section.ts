import { sample, terms } from '../base/text/prose.js';
import type { Section } from './page.js';

const { raw } = String;

/** What `set exec` means, and how programs are given what strangers have written. */
export const PROGRAMS: Section = {
  heading: 'PROGRAMS THAT ACT',
  blocks: [
    '`set exec` runs a program for each message of a queue. This config blocks an address for a day at its third failed login:',
    sample(
      'set window block 3 24h by ip',
      'set exempt ip 127.0.0.0/8 10.0.0.0/8 192.168.0.0/16',
      'set exec block /usr/sbin/nft add element inet tayori blocked { {{ip}} }',
      raw`block ^sshd: Invalid user .* from (?<ip>[\d.]+)(?: port \d+)?$`,
    ),
    '`conf/examples/swatch.conf` is the whole of it, with letters. `tayori exec-test QUEUE LINE` shows what would run, word by word. `tayori try`, `tayori digest` and `tayori preview` run nothing.',
    terms(
      [
        'Arguments',
        'ARGS is cut at blanks; each word is one argument, and no shell reads it. In a word stand `{{NAME}}` for what the named group of the rule matched, `{{host}}` for the host, `{{message}}` for the text of the line, and `{{count}}` for how many hits the run stands for: those that filled a window, the repeats of a line, the number that an escalation has reached, else 1. Nothing is masked. Where a line says that the last one was repeated, the groups are those of that one. Standard input is the line as it was read.',
      ],
      [
        'What strangers write',
        'Whoever can make your machine log something writes these values. Control characters are escaped as letters show them (`\\x1b`), in arguments, not in the line on standard input. A program does not run, and that is told, if a value is missing or empty; if an argument would begin with a `-` that comes from a value, unless `--` stands before it; if a value would lead out of a folder by `..`; or if an argument is longer than 100,000 bytes. Let the group match no more than what it is to be, and anchor the rule: `from (?<ip>[\\d.]+)$`, not `from (?<ip>\\S+)`, which a user named `x from 0.0.0.0/0` would fill.',
      ],
      [
        'nft',
        'It joins its arguments and reads them as its own language: a value with `}` or `;` is a command to it. So take `[\\d.]+` for elements of the type ipv4_addr, and a queue of its own with `[\\da-f:]+` for those of ipv6_addr. Sets without `flags interval` refuse `0.0.0.0/0`; those with a timeout unblock by themselves.',
      ],
      [
        'fail2ban-client',
        '`fail2ban-client set JAIL banip {{ip}}` takes one value as one argument. Its socket is for root: see below.',
      ],
      [
        'Scripts',
        'Write `"$1"`, in quotes, never `$1`, nor `eval` or `sh -c` with a value in it. To programs that know it, give `--` before a value: `set exec page /usr/local/bin/sms -- {{message}}`. As a part of an argument, `--user={{user}}`, a value cannot become an option.',
      ],
      [
        'Which hits',
        'What passes `set exempt`, `set follows` and `set window`, and then makes a page by `set throttle` and `set mutes`. What these two hold back runs nothing, then or later. Without any of them each line of the queue runs the program. Lines of tayori about programs run none.',
      ],
      [
        'Once',
        'A hit is committed together with how far its log was read, and is noted as started, on the disk, before the program starts. So a crash loses no hit, and no program runs twice for one. If tayori or the machine ends between start and end, the program may or may not have done its work: the next start tells that. With `set exec_repeat on` it runs again instead, which suits programs that may run twice. Hits that wait run after the next start, by the config that is in force then. A hit of a queue that has no program any more is not run, and that is told.',
      ],
      [
        'What is told',
        'Each end is a line of tayori, `tayori: program of [QUEUE] ran` or `failed`, `was not run`, `was interrupted`, with the command and the beginning of what it printed; see LINES OF TAYORI. Rules sort it, and the letters of QUEUE, where it has any, have it in any case. If nobody has it, the notes of the next letters tell it. With `set values QUEUE off` it has neither command nor output. `set gather QUEUE 10s` lets the message and the end go in one letter. `tayori status` shows what waits and runs, how many ended how, and the last trouble; `--json` has the last 20 ends of each queue with 2,000 bytes of output.',
      ],
      [
        'Limits',
        'A program that runs longer than `set exec_timeout`, or prints more than 1 MB, gets TERM, and KILL two seconds later, with all its children. Reading logs never waits for programs, nor does one queue for the program of another. 10,000 hits of a queue, or 32 MB of them, may wait, run, or have an end that is not told yet; further ones are left out, and that is told. A reload leaves running programs alone. A stop waits five seconds for them, then ends them; a child that has left its process group is left to itself.',
      ],
      [
        'Rights',
        'Programs run as the user of tayori, with its environment. That user may not change a firewall. The drop-in `nft.conf` for the unit gives tayori and its programs the capability to do so (CAP_NET_ADMIN), and nothing else:',
        sample(
          'cd /etc/systemd/system && mkdir -p tayori.service.d',
          'cp /usr/share/doc/tayori/examples/nft.conf tayori.service.d/',
          'systemctl daemon-reload && systemctl restart tayori',
        ),
        'sudo and other programs that become root need `NoNewPrivileges=no` and more: see `sendmail.conf` there.',
      ],
    ),
  ],
};
