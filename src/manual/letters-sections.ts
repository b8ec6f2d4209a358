import { config, sample, terms } from '../base/text/prose.js';
import type { Section } from './page.js';

/** What stands in a letter beside the counts. */
export const NEWS: Section = {
  heading: 'NEWS AND VALUES',
  blocks: [
    'The first line of a letter says what it is for (see `set kind`): what happens, worst first, or what changed. Below it stand what is to be said of a storm, which time the letter covers, and how much. A report says there which hosts fell silent: those of which nearly every letter before had something, and this one has nothing. Then come the messages that are NEW, LOUDER, BACK or GONE, and those ON MANY HOSTS (see `set history` and `set louder`); then the hosts. The notes at the end say how many lines were read while the letter was counted; how many of them had no known prefix, how many were lost, and how many messages were logged more than five minutes before that time, since their lines came late; which lines no rule took, what was lost, and which letters came late or were refused. With `set letter plain` there are only the hosts and the notes.',
    'A message says when it was first and last written, with a bar that has a column for each hour: a dot for none, and blocks that rise with the count.',
    'A mask that had the same value in each line shows it in its place. Of the other masks, a line below the message says what they hid: `40 users (root 311, admin 204, oracle 97, 37 more)`. A group is called by its name in the regex (`(?<user>\\S+)`), else by what its values look like. Ports, processes, ids, times and sizes are not told. Addresses that more than one message of a letter names stand once BY ADDRESS, the most frequent first, with what was said of each. A NEW message with masks shows its first line as it was logged, too. The text part has the values of news and, under UNDER THE MASK behind the hosts, of the most frequent routine; the HTML part has those of every message, and `tayori digest --format json` has all values of all masks.',
    terms(
      ['Up to 50 different values of a group', 'They are counted exactly.'],
      [
        'More than 50',
        'The most frequent are named, with counts that are never too high, and about how many there were: `about 1,200 users (root 311, admin 204, ...)`.',
      ],
      [
        'Long values',
        'A value is cut at 200 characters. Values are kept for 5,000 messages of a letter; the notes say what found no room.',
      ],
      [
        'Repeats and escalations',
        'A line that was only repeated (`last message repeated 5 times`), or that an escalation counted, adds no values. Such counts are `at least`.',
      ],
    ),
    '`set values QUEUE off` keeps no values of a queue: neither its letters nor the state have them.',
  ],
};

/** What templates are given: `dataOf` in letter/render/render-html.ts makes it. */
export const TEMPLATES: Section = {
  heading: 'TEMPLATES',
  blocks: [
    '`set template QUEUE FILE` gives the HTML of the letters of a queue a form of your own, in Handlebars. Begin with a copy of `conf/templates/letter.hbs`. `tayori check` compiles it, tries it on a letter that has every part, and names errors with line and column. With an error in it, letters go out in the form that ships, and say so. A template is given:',
    terms(
      [
        '`language`, `queue`, `subject`, `title`, `status`',
        '`title` is the subject with the queue; `status` names the signal that made the letter.',
      ],
      [
        '`verdict`, `more`, `size`, `axis`',
        'The first line, the lines below it (a list), the line with time and size, and what a column of the bars stands for.',
      ],
      [
        '`parts`: `kind`, `title`, `color`, `items`',
        '`kind` is `new`, `louder`, `back`, `gone`, `shared` or `addresses`.',
      ],
      [
        '`items`: `count`, `message`, `details`, `original`',
        '`details`: hosts, and what is to be said of it; `original`: the first line of a new message.',
      ],
      [
        '`items` and `messages`: `when`, `bar`, `values`',
        'First and last time, the bar of its hours, and what its masks hid.',
      ],
      ['`hosts`: `title`, `messages`, `more`', 'The hosts; `more` says what a limit left out.'],
      [
        '`sections`: `title`, `size`, `parts`, `hosts`',
        'The queues of the letter (`set section`), each with its own; a letter of one queue is one section without a title, and BY ADDRESS is one behind several. `parts` and `hosts` beside them have all of it for simple templates, with the titles of sections in front of theirs.',
      ],
      [
        '`proposals`: `title`, `rules`',
        'Proposed rules (`set suggest`), each of several lines that should stand as they are.',
      ],
      ['`messages`: `count`, `message`', 'The messages of a host.'],
      ['`items` and `messages`: `id`', 'By which `tayori explain` and `tayori snooze` find it.'],
      ['`notes`; `words.count`, `words.message`', 'The notes at the end; headings for columns.'],
    ),
    'All of it is there in every letter, and is empty where nothing is known. `{{...}}` escapes log text; `{{{...}}}` is refused.',
  ],
};

/** How a sealed letter leaves. */
export const DELIVERY: Section = {
  heading: 'DELIVERY',
  blocks: [
    'tayori is a null client, as sSMTP was: it hands its letters to a mail server, and keeps each one, unchanged, until the server has accepted it for every recipient or refused it for good. The config of sSMTP becomes:',
    config(
      '# mailhub=mail.example.org:587, UseSTARTTLS=yes, AuthUser=logs',
      'set mailserver smtp://logs@mail.example.org:587',
      '# AuthPass=...: in a file of its own; under systemd as a credential',
      'set mailpassword credential:mail',
      '# root=you@example.org',
      'set alias root you@example.org',
      '# FromLineOverride=no',
      'set mailfrom logs@example.org',
      '# hostname=loghost.example.org',
      'set mailhelo loghost.example.org',
    ),
    'Password and CA file are read again for each letter, so a new one needs no restart. `tayori check` says when one is missing, or when everybody could read it. A credential comes from the unit (`systemctl edit tayori`): `LoadCredential=mail:/etc/tayori/mail.password`. Without systemd it is `set mailpassword /etc/tayori/mail.password`, a file with the password alone that only tayori may read.',
    terms(
      [
        'The server is away',
        'The letter waits in the state and is tried again after 5 seconds, then 15, 30 and so on, up to a quarter of an hour. When the server is back, the oldest letter goes first. SIGTERM, SIGUSR2 and a restart try all letters at once. Reading and counting never wait for mail.',
      ],
      [
        'The server is slow',
        'It has 5 minutes to greet and for each command, and 10 to take a letter (RFC 5321, 4.5.3.2); `set mailtimeout` is the time to connect alone. A letter that takes more than five seconds keeps no others waiting but those to the same recipients; up to three are under way at once. SIGTERM waits for half a minute at most.',
      ],
      [
        'A recipient is put off (4xx)',
        'Recipients get letters in their order, so later letters to the same address wait. When a letter was put off seven times, for nine minutes, or took more than a minute, others go past it, unless it was the recipient who was put off.',
      ],
      [
        'The sender has to mend something',
        'A login, a certificate, TLS that the server demands, the name in EHLO, the sender, a server that does not pass mail on: none of these is a refusal, whatever its code. Letters of that sender, or to that recipient, wait until it is mended; `tayori status` and the system log name the directive that mends it.',
      ],
      ['A quota or a rate is used up', 'Such as `550 5.4.5`, or a full mailbox: the letter waits for a day.'],
      [
        'Refused for good',
        'The letter is tried no more, and holds up nothing. The next letter that reaches somebody mentions it. The last hundred are kept: `tayori letters ID --send` sends one again, with a Message-ID of its own and X-tayori-resent in front, which says when, and the Message-ID that it had before.',
      ],
      [
        'A late letter',
        'begins with a header that it did not have when it was sealed, and the next letter of its queue mentions the delay among its notes:',
        sample('X-tayori-delayed: 3 h 12 min; connect ECONNREFUSED 192.0.2.25:25'),
      ],
    ),
    "Lines that the mail server logs about tayori's own letters are counted apart (as `own`) and come to no rule, else each letter would be news for the next. The notes of letters say how many there were. Lines with a Message-ID of ours count as such, and lines with the queue ids that the server gave our letters. Postfix, Exim, Sendmail and the programs that work beside them are known. In a fleet (`set fleet`) this holds for the letters of all nodes: their Message-IDs end in a code that only its nodes can make.",
    "A queue id is learned from the server's answer, and from the line that introduces a letter: that of Postfix's cleanup, Sendmail's `from=`, Exim's `<=`. It counts on one host, in lines of that server's programs, until the server is done with it, and for seven days at most. A line that names no id (`connect from`) goes to the rules as any other; so does Postfix's `client=` line, unless it is read at one time with the line that names the Message-ID. Whoever got a letter knows its Message-ID, and could write lines that hide behind it.",
  ],
};
