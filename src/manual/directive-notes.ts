import { type Block, config, terms } from '../base/text/prose.js';

const { raw } = String;

/** Where a new part begins in the list of directives: before which one, and what it is called. */
export const PARTS: Readonly<Record<string, string>> = {
  uid: 'The process',
  logfile: 'Where lines come from',
  state: 'What is kept, and when it is looked at',
  limit: 'How much a letter says',
  logprefix: 'From a line to a message',
  mailserver: 'Mail',
  queue: 'Queues and their letters',
};

/** What the manual says of a directive beyond its help, which `check` and the errors have, too. */
export const NOTES: Readonly<Record<string, readonly Block[]>> = {
  subject: [
    'In it, and in the subject of a queue, these stand for what the letter tells:',
    terms(
      ['`{{count}}`, `{{messages}}`, `{{hosts}}`', 'How many lines, different messages, and hosts.'],
      ['`{{host}}`', 'The host, when it is one alone, else how many there are: `3 hosts`.'],
      [
        '`{{new}}`, `{{louder}}`, `{{gone}}`',
        'How many messages are. `?` where there is nothing to compare with: in the first letter of a queue, in plain and in pager letters.',
      ],
      ['`{{worst}}`', 'The message that is worth most, shortened to 60 characters.'],
      ['`{{queue}}`', 'The queue, which is appended in any case.'],
    ),
    config('set subject {{new}} new, {{count}} lines of {{host}}'),
  ],
  thread: [
    'They name a mail that there is not as the one they answer (`References`). Some programs, such as Gmail, only put letters together whose subjects are the same, so leave placeholders out of them. Days are those of `set timezone`.',
  ],
  letters: [
    'They are kept packed, in the state, in which nobody but the user of tayori may read. The oldest make room; one of more than 5 MB is listed without its text.',
  ],
  uid: [
    'When root starts it without, tayori refuses. What only root may do comes first: the pid file, and ports below 1024. Then it becomes that user for good, with the groups of that user and none of those that root had, before it reads its state or a log; the state folder is handed over, where it holds nothing else. The user must be able to read the logs, and at each reload the config.',
  ],
  pidfile: [
    'A file that names a process that has died is replaced; while its tayori or Tenshi runs, a second one says so and ends. It is removed at the end, or emptied where that user may not remove it.',
  ],
  flush_on_signal: [
    'What a reload takes out of the config is mailed in any case, as it was. SIGUSR2 still mails all queues.',
  ],
  logfile: [
    'A file that is not there is awaited (see `tail_missing`). A file that is rotated away is read to its end, then the new one from its beginning; so is one that was copied and emptied, or packed by gzip (or by bzip2, xz or zstd where that program is installed), also while tayori was not running. It is looked for beside the log, beside what a link leads to, and in the folders in there, and counts only if it belongs to the owner of the log or to root and lies where nobody else may write. The same file under two names is read once: a name that stands here goes before one that a glob finds, and a real name before a link.',
    'A log that is written anew with the lines that it held (by rsync, `cp`, `sed -i` or an editor) is read on where reading stopped. What was lost because a log was emptied, replaced or deleted is told in the next letter of each queue. Where a glob finds more files than the process may open, they are read by turns; `LimitNOFILE=` in the unit of systemd raises the limit.',
    config('set logfile /var/log/syslog', 'set logfile /var/log/remote/*.log'),
  ],
  fifo: ['`mkfifo -m 600 /run/log.fifo` makes one. One that is not there is awaited.'],
  listen: [
    'A datagram is a message; one of several lines is as many. RFC 3164 and RFC 5424 are understood, and `<PRI>` is taken off. Bare text is taken as said now, by the machine that sent it. UDP promises nothing: how many datagrams the kernel had to drop is counted and told. `[::]` takes IPv4 too, unless another line listens there for IPv4. An address that cannot be had is told, and tayori does not start; at a reload the old config stays.',
    config('set listen 127.0.0.1:514', 'set listen [::1]:514'),
  ],
  redisqueue: [
    'Lines are taken from its head, in order, and wait in the list KEY:tayori until they are counted. Only one tayori may take lines from a list.',
  ],
  state: [
    'It is made when it is not there. It is for its owner alone (0700, its files 0600, whatever the umask), since it holds what the logs say: one that others may come into is closed to them at the start. Where it holds other things, or belongs to somebody else, tayori refuses to start instead. Only one tayori at a time can work on it; a second one says so and ends. Unset, it is `/var/lib/tayori` where that can be written, else `tayori` in `$XDG_STATE_HOME`, or in `~/.local/state`.',
  ],
  limit: [
    'Those that come most often stay (see `sort_order` for the other end). A letter never shows more than 10,000 messages, nor more than mail servers take; what is left out is told, too.',
  ],
  logprefix: [
    'It is found anywhere in the line unless `^` stands in front. A blank at the end of the line belongs to it. A prefix that matches without a group 1 drops the line, and `check` says so. For the log of a web server:',
    config(raw`set logprefix ^(\S+) \S+ \S+ \[[^\]]+\]\s`),
  ],
  mask: ['One word: it is text, in which `$1` and the like mean nothing.'],
  hidepid: [
    'So that the same words are the same message: `sshd[812]: hello` becomes `sshd: hello`. Rules see what is left, and are written for it.',
  ],
  mailserver: [
    terms(
      [
        'HOST[:PORT]',
        'SMTP, port 25 unless one is named, with TLS (STARTTLS) where the server offers it, whatever its certificate, and else in the clear. An address of IPv6 stands in brackets, here and in URLs.',
      ],
      [
        '`smtp://`[USER@]HOST[:PORT]',
        'The same, but a letter only leaves with STARTTLS and a sound certificate, unless HOST is this machine. `?tls=required`, `?tls=opportunistic` (as with HOST alone) or `?tls=off` behind it say otherwise.',
      ],
      [
        '`smtps://`[USER@]HOST[:PORT]',
        'TLS from the first byte, with a sound certificate, port 465 unless one is named.',
      ],
      [
        '`sendmail:`PATH',
        'A program that takes letters as sendmail(8) does: `sendmail:/usr/sbin/sendmail`. It is given each letter once for all recipients, and, when that fails, once for each of them (whom it had served all the same gets a second copy). Only the statuses 64, 65 and 67 of sysexits.h are refusals; it has half an hour.',
      ],
      [
        '`maildir:`PATH',
        'A folder that mail readers open. Without `set mailserver` it is Maildir in the state folder.',
      ],
    ),
    'Certificates are sound when they are for HOST and from somebody whom Node.js trusts, or whose own certificates are in the FILE of `?ca=`FILE. No password is sent without TLS and a sound certificate, but to this machine itself. In a URL `%40` stands for an `@` in USER. A password may also stand in the URL, as USER`:`PASSWORD, which `check` warns of.',
    config('set mailserver smtp://logs@mail.example.org:587', 'set mailpassword credential:mail'),
  ],
  mailtimeout: [
    'A server that scans a letter for viruses, or looks a recipient up elsewhere, takes its time; a client that does not wait gets the letter delivered again and again. A letter that takes more than five seconds keeps no other waiting, but those to the same recipients. Before its end a letter may take an hour in all. TERM, INT and HUP wait for half a minute, and for an answer as long as for a connection.',
  ],
  mailpassword: [
    'The newline at the end of the file is no part of the password. Nobody but the user that tayori runs as should be able to read it: `chmod 600`. A server that refuses the login is told of, and letters wait until it does not.',
  ],
  alias: [
    'An alias may lead to another alias. Without one, a name without a domain goes to the mail server as it is, which on another machine may know nobody of that name; `check` says so.',
    config('set alias root you@example.org'),
  ],
  queue: [
    terms(
      ['NAME', 'What rules call it: a word without `,` and `:`. Of two definitions the later holds.'],
      ['FROM', 'The sender, as it is to stand in the letter. One word.'],
      ['TO', 'The recipients, with commas and without blanks between them.'],
      [
        '`pager:`TO',
        'Makes the letter one for a pager or a phone: lines of `host,COUNT,message` and nothing else. Before one address it holds for all of the queue.',
      ],
      ['[CRON|now]', 'When letters go, in brackets: see SCHEDULES.'],
      ['SUBJECT', 'The rest of the line. The letter says `SUBJECT [NAME]`. None: that of `set subject`.'],
    ),
    config(
      'set queue report logs@example.org me@example.org [30 12 * * *] Report',
      'set queue alarm logs@example.org me@example.org,us@example.org [now]',
      'set queue page logs@example.org pager:phone@example.org [now]',
    ),
    'A queue named `noprefix` takes the lines without a known prefix, whole, under the host `[unprefixed logs]`. The names `trash`, `repeat`, `group`, `group_host`, `group_end`, `csv`, `set`, `include` and `includedir` mean something of their own.',
  ],
  filter: [
    'It reads the body on standard input. Nothing printed with status 0: nothing is sent, and the matter is settled. Nothing printed with another status: the letter is held, it is told, and the program is tried again. It has a minute; other letters do not wait for it. PATH is a whole path.',
    config('set filter report /usr/bin/head -n 200'),
  ],
  csv: [
    'The program gets lines of `host,"message",count` on standard input, a quotation mark in a message doubled (RFC 4180). ARGS may hold a redirection. It has ten minutes. When it fails that is told, and what it was given is not given again. Rules name the queue as they name any other. There is one such line: a second one is a fault.',
    config('set csv [0 6 * * mon] /bin/cat >> /var/tmp/week.csv'),
  ],
  fold: [
    'The first hit goes at once and begins a storm. Further hits are held for the first STEP, then for the second, and so on; the last one holds for all later pages. A page of a storm tells how much came since it began, when its first and last line were written, and which messages are new in it. When nothing has come for as long as the next page was to wait, the storm is over, and a note sums it up; a page that nothing came after gets none. A message that was not said in this storm goes at once, with all that is held. At each look 10,000 rows are looked over for that, and a storm remembers 1,000 messages and as many hosts; what is beyond them waits for its page, and is told as "at least".',
    'A storm goes on across a restart. A signal that mails all queues mails what is held, too. `tayori status` tells what is held and until when. In a pager letter the note at the end is one line: `*,418,it is over: 418 times on 3 hosts, 03:04 to 03:12`. The `*` stands for all hosts. Scripts for pager letters that cannot take it should read a queue that does not fold.',
    config('set queue alarm logs@example.org me@example.org [now] Alarm', 'set fold alarm 2m,10m,30m'),
  ],
  resolve: [
    'The heading is `host (name):` then. Names are looked up beside the work, and remembered until a reload; a resolver that does not answer holds up no letter.',
  ],
  threshold: [
    'The regex is tried on the message as the letter has it, masks included, when the letter is made. How many messages were left out is told. The queue must be defined above.',
    config(raw`set threshold report 5 ^sshd: Failed password`),
  ],
};
