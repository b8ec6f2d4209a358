import { type Block, config, sample, terms } from '../base/text/prose.js';
import type { Page, Section } from './page.js';

/** tayori-fleet(7): several machines that write one letter together. */
export function fleetPage(): Page {
  return {
    name: 'tayori-fleet',
    section: 7,
    title: 'several machines write one letter',
    volume: 'Miscellanea',
    sections: [
      { heading: 'DESCRIPTION', blocks: DESCRIPTION },
      NEEDS,
      TWO_LOGHOSTS,
      THIRTY_SITES,
      HUNDREDS,
      { heading: 'JOINING, LEAVING, CHANGING', blocks: [CHANGES] },
      { heading: 'HOW LARGE IT MAY BE', blocks: [SIZE, ...FIGURES] },
      { heading: 'WHEN SOMETHING DIES', blocks: [TROUBLES] },
      { heading: 'ONCE, OR TWICE', blocks: ONCE },
      { heading: 'EACH MACHINE ALONE', blocks: ALONE },
      { heading: 'WHAT TAYORI FLEET SHOWS', blocks: [SHOWN] },
      { heading: 'SEE ALSO', blocks: ['tayori(8), tenshi.conf(5), psql(1), pg_dump(1)'] },
    ],
  };
}

const DESCRIPTION: readonly Block[] = [
  'Without `set fleet` each tayori writes letters of its own. With it, the tayoris of several machines, the nodes of a fleet, meet in a PostgreSQL database and write together: one letter at noon, one page for a storm that hits them all. Any node may die.',
  'Each node reads its own logs and counts them in its own state, whether the database can be reached or not. When a letter is due, each hands in what it has counted: messages with their counts, not lines. One node, the editor, lays all of it beside the history of letters, which is in the database as well, and makes the letter; one node delivers it. Who is editor changes from letter to letter, and when an editor dies, another follows within a minute. Where `set queue` gives an address alone, the sender is shown as `tayori fleet`, whoever edits, and a thread (`set thread`) goes on over all editors; the header field X-tenshi-hostname and the end of the Message-ID name the editor.',
  'A letter waits for nodes that have not reported, for the time of `set fleet_wait` (2 minutes). Then it goes, names them and says since when they are silent. What they counted comes in a later letter, marked as late.',
];

const NEEDS: Section = {
  heading: 'WHAT IT NEEDS',
  blocks: [
    'PostgreSQL, in any version that is still maintained (the tests run 15), where all nodes reach it; one small database for the whole fleet. Made once, as its administrator:',
    sample('createuser --pwprompt tayori', 'createdb --owner tayori tayori'),
    'The first node makes the schema `tayori` in it. Where the user may create no schema, make an empty one: `CREATE SCHEMA tayori AUTHORIZATION tayori`. Nothing else in the database is touched; no extension is needed, and no right of an administrator. A line of pg_hba.conf lets the nodes in, with TLS and a password:',
    sample('hostssl tayori tayori 192.0.2.0/24 scram-sha-256'),
    'In the config of each node, the same lines:',
    config(
      'set fleet postgresql://tayori@db.example.org/tayori',
      'set fleet_password credential:fleet',
      'set timezone Europe/Berlin',
      'set mailserver smtp://mail.example.org',
      'set flush_on_signal off',
    ),
    'The certificate of the server must be for the name that stands in the URL. `?ca=` names the CA where it is your own; without it, those that Node.js trusts count. `credential:fleet` is what `LoadCredential=fleet:/etc/tayori/fleet.password` in the unit names; a FILE that only tayori may read will do as well.',
    'On the machine of the database itself HOST may be `localhost`, which goes without TLS: where pg_hba.conf has `hostssl` alone, add `?tls=required`, or name the Unix socket. A pooler in front of the database (PgBouncer) must be in session mode, since a node makes settings for its connection.',
    'The mail server must take letters from every node; a Maildir would be that of whichever node delivers. Nodes are told apart by the names of their hosts: see `set node`. With `set flush_on_signal on`, each restart of a node mails what that one alone has counted. `tayori check` tells what of this is missing.',
    'The database holds what letters say, so protect it as you protect logs. Back it up as any other (`pg_dump tayori`). Were it lost, nodes would make the schema anew, and go on. Gone would be the history of letters (`tayori fleet import` brings back what nodes knew before they joined), what had been handed in for a letter that was not made yet, and letters that no node had taken over. After an old backup is restored, letters made since may come again.',
    'A standby with streaming replication avoids both, if replication is synchronous (`synchronous_standby_names`): then what a node was told is taken is on both machines. An asynchronous standby lags behind: after a failover to it, what was taken in the last moments may be lost, and letters made in them may come again. While a synchronous standby is down, PostgreSQL takes nothing, so have two, or see to it that somebody hears of it: nodes do as when the database is away.',
  ],
};

const TWO_LOGHOSTS: Section = {
  heading: 'TWO LOGHOSTS FOR SAFETY',
  blocks: [
    'Two machines in two rooms receive syslog, so that one may burn. Each line must reach one of them, and not both: what both read is counted twice. So a sender has a first loghost and a second one; rsyslog takes the second while the first is away:',
    sample(
      'action(type="omfwd" target="loghost-a" port="514" protocol="tcp")',
      'action(type="omfwd" target="loghost-b" port="514" protocol="tcp"',
      '       action.execOnlyWhenPreviousIsSuspended="on")',
    ),
    'Give half of your senders the one order, the others the other. Over TCP the lines that are on their way when a loghost goes away are lost, as rsyslog does not learn that they did not arrive: a line or two. Where that is too much, let the senders write over RELP, with a queue on disk (LINES OF OTHER MACHINES in tenshi.conf(5)), to one address that moves to the other loghost when the first is gone (keepalived, or a failover address of your provider).',
    'What a loghost had counted and not handed in is on its disk, and comes with a letter when it runs again. If it burns, that is lost: what came since the last letter of each queue, and all that waited while the database was away. Its pages had gone at once.',
    'The configs of both loghosts are the same file:',
    config(
      'set listen tcp:0.0.0.0:514',
      'set fleet postgresql://tayori@db.example.org/tayori',
      'set fleet_password credential:fleet',
      'set timezone Europe/Berlin',
      'set mailserver smtp://mail.example.org',
    ),
    'The database is best on a third machine, or on one of the two with a synchronous standby on the other. When it is away, both go on counting, and pages still go out.',
  ],
};

const THIRTY_SITES: Section = {
  heading: 'THIRTY SITES',
  blocks: [
    'Each site has a machine that collects its logs, and the database is in the middle. Lines stay at the site; what travels is what letters need. A site whose line is cut goes on counting, and sends its pages itself if it reaches a mail server. A noon letter waits five minutes for it, then says that this site is missing.',
    config(
      'set node lyon',
      'set fleet postgresql://tayori@db.example.org/tayori',
      'set fleet_password credential:fleet',
      'set fleet_wait 5m',
      'set timezone Europe/Paris',
      'set mailserver smtp://mail.example.org',
      'set queue report logs@example.org you@example.org [30 12 * * *]',
    ),
    'Sites in several time zones need the same `set timezone`, or `set zone` for each queue: a queue that is due at noon here and at noon there makes two letters. A queue for one site alone (`set queue lyon ...` only there) is a letter of that site; no other node is waited for.',
  ],
};

const HUNDREDS: Section = {
  heading: 'HUNDREDS OF SERVERS',
  blocks: [
    'Each server reads its own journal, and no syslog travels. The same package and the same config on each, from whatever brings them there:',
    config(
      'set journal PRIORITY=0..4',
      'set fleet postgresql://tayori@db.example.org/tayori',
      'set fleet_password credential:fleet',
      'set timezone Etc/UTC',
      'set mailserver smtp://mail.example.org',
    ),
    'Each node holds one connection: let `max_connections` of PostgreSQL be larger than their number. Where nothing is due, a node asks every 15 seconds. A message of many hosts is one line of a letter, so what differs from server to server should be masked: `set automask` and `tayori suggest` are worth more here than anywhere.',
  ],
};

const CHANGES = terms(
  [
    'Joining',
    'Add the lines, run `tayori check`, then `tayori fleet import`, then `systemctl reload tayori`. The import takes along what the state remembers of earlier letters, so that on the first day together nothing is NEW that was not. Do it on each machine that has written letters. Done again it changes nothing more.',
  ],
  [
    'Leaving',
    'Remove `set fleet` and reload: the machine mails itself what it had not handed in. Or stop tayori for good. Then `tayori fleet forget NODE` on any node, or letters go on to wait for it and to name it. What it has handed in is told all the same. A node that was forgotten and comes again is waited for again.',
  ],
  [
    'A new config on many nodes',
    'Bring it to one after the other, and reload. Letters of one queue are written together by those nodes that define it alike: schedule and zone, sender, recipients, subject, filter, sections, fold, hours and empty letters. While they differ there are two letters of that queue, each of which tells of the other, and neither calls anything gone; `tayori fleet` shows who has which. Rules may differ: a message is what a rule makes of it, on each node by its own. Where rules differ, one thing may stand in a letter as two messages.',
  ],
  [
    'A new version',
    'One node after the other. The first one of a new version renews the schema; nodes that are one version older work on. One that is too old for it says so, and counts on; its pages go directly, and its letters wait until it is upgraded.',
  ],
  [
    'A machine that is installed anew',
    'With the old name and a new state it goes on as that node, a minute after the old one was last heard of. Two machines that live at the same time under one name: the second is refused, and says so in its log, in `tayori status` and in a line of its own; its letters wait, its pages go directly. Give it another name with `set node`.',
  ],
  [
    'Another name',
    'A node that gets another name is a new one, and letters go on to wait for the old name: `tayori fleet forget` it.',
  ],
  [
    'A queue that goes',
    'Remove a queue from the configs when no letter of it waits (`tayori fleet` shows those). What nodes have handed in for a queue that no node has any more stays in the database, and comes when one has it again.',
  ],
);

/** Figures: `npm run bench -- fleet-size`. */
const SIZE: Block =
  'What is handed in grows with different messages, not with lines, and is gone from the database when its letter is made. What stays is the history: a row for each message and host, for the time of `set history`. Masks keep both small. The editor reads all that one letter is made of, so its time is what grows with the fleet; queues are made side by side, by different nodes. Each node asks a handful of questions every 15 seconds, and more often only while a letter is due.';

const FIGURES: readonly Block[] = [
  'A thousand servers with 10,000 different messages each, 10 million rows a day (a row is a message of a host), as ten such servers were measured and laid out for a thousand:',
  terms(
    [
      'What a letter remembers',
      '10,000 rows of each queue for each node that has counted, up to 50,000, the most frequent ones. Of 10 million that is next to nothing: what is NEW means little then, and each letter says how many it cannot remember. This ends first, at 500 servers of 100 messages each. Masks, and several queues instead of one, put it off.',
    ],
    [
      'What the history keeps',
      'A million rows, some 500 MB in the database; of more, those seen longest ago are forgotten. That is 20 letters of 50,000 rows that have nothing in common; what comes again takes no more.',
    ],
    [
      'The time of the editor',
      'Some 12 seconds of one processor for 100,000 rows, so 20 minutes for 10 million; on a busy machine twice that and more. Its memory hardly grows with the fleet: some 250 MB.',
    ],
    [
      'What waits for a letter',
      '270 bytes for each row: 2.7 GB for 10 million, and 5 GB of write-ahead log a day.',
    ],
    ['Connections', 'One for each node, of 2 MB each: 2 GB for a thousand.'],
    [
      'Questions',
      '70 a second of a thousand nodes at rest, a third of one processor of PostgreSQL. While a letter waits for the last of them, each node asks once per `set sleep`: 200 a second and two processors with the 5 seconds that it is by itself, so let a thousand nodes sleep longer.',
    ],
  ),
];

const TROUBLES = terms(
  [
    'A node dies',
    'Letters go without it, and say so in their first lines. What it had counted since the last letter is in its state on its disk, and comes with a letter when it runs again; what its logs say meanwhile is read then, as always. If its disk is lost, so is that; pages had gone at once.',
  ],
  [
    'The editor dies',
    'Its lease ends after a minute at most, and another node makes the letter, of the same counts. One that only hangs, and wakes up later, finds that it is the editor no more: its letter is dropped before anybody sees it.',
  ],
  [
    'The node that delivers dies',
    'Another takes the letter over after a minute, with the same Message-ID and the same bytes, for those recipients who have not got it.',
  ],
  [
    'The database is away, read-only or full',
    'Nodes count on, for days if need be. Letters on a schedule wait. Pages (`[now]`) go out from each node directly, with a note that they may come twice. A line of tayori, `tayori status` and the journal say so, once, and again when it is over; then what waited is handed in, and told as late.',
  ],
  [
    'The network is cut',
    'For the nodes that do not reach the database it is away; for the others, those nodes are missing.',
  ],
  [
    'A node cannot reach the mail server',
    'It gives letters of the fleet back, so that another one delivers them. Where all are cut off from their mail server, letters wait, as without a fleet.',
  ],
  [
    'A clock is wrong',
    'Due times go by the clock of the database. A node whose clock is more than a minute off is told, in the letter, too; the times of its lines are as its logs say.',
  ],
  [
    'The database is that of somebody else, or of a newer tayori; the password is wrong',
    'The same as when it is away, and the reason says which it is. A schema `tayori` that is not ours is never touched.',
  ],
);

const ONCE: readonly Block[] = [
  terms(
    [
      'Exactly once',
      'Each line is counted in one letter: counts are handed in under the number of their edition, and what came twice, after a crash, is taken once. A letter is made once, and enters the history once: the one transaction that seals it also drops what it was made of, and only the editor of the moment can end it.',
    ],
    [
      'At least once',
      'The mail itself: when a node or the mail server dies between the last byte and the answer, the letter is sent again, with the same Message-ID, by which mail readers know it. The same holds for URLs and for `set filter`. Pages that went directly while the database was away: another node may have seen the same, and both have paged; or what was handed in with the last word before the cut is told once more. A letter that a node was delivering when the database went away for more than a quarter of an hour: it is tried on there, and another node may have sent it, too.',
    ],
    [
      'Never',
      'No letter stays away because its editor died, and no count is lost because a process, a machine or the database died at the wrong moment. What is lost is what a disk takes with it: that of a node what it had not handed in, that of the database what stands under WHAT IT NEEDS.',
    ],
  ),
];

const ALONE: readonly Block[] = [
  "`set csv`, `set exec`, `set follows`, `set mutes`, `set expect` and heartbeats are each node's own: they see the lines of that node alone. So do windows and throttles, unless their lines end in the word `fleet`. `tayori preview`, `digest` and `status` speak of their node, and `preview` compares with what that node remembers of its own letters; `tayori letters` has those that it delivered. `tayori explain` and `tayori snooze` take the IDs of all letters of the fleet, on any node; a snooze holds for the whole fleet as soon as its node has been in touch. What the signal USR2 mails is of that node alone, and the letter says so.",
];

const SHOWN = terms(
  [
    'Nodes',
    'Version; when it was last heard of (every 15 seconds; `silent` after a minute); how far its clock is off; how many queues it has; and since when a letter waits for it (`behind since`). One that is gone for good: `tayori fleet forget NODE`.',
  ],
  ['Editors', 'Who makes the next letter of a queue just now, and for how long it may take at most.'],
  [
    'Letters that wait',
    'Letters that are due and not made yet: how many parts have come, and whose are missing.',
  ],
  [
    'Outbox',
    'Letters that are made and not delivered to all, and who delivers them. `tayori status` of that node says what the mail server answered.',
  ],
  ['Queues that differ', 'Which nodes define a queue how. Let their configs agree.'],
);
