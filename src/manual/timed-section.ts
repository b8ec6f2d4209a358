import { config, terms } from '../base/text/prose.js';
import type { Section } from './page.js';

const { raw } = String;

/** What `set window`, `throttle`, `follows`, `mutes`, `gather` and `exempt` mean together. */
export const TIMED_RULES: Section = {
  heading: 'RULES THAT COUNT IN TIME',
  blocks: [
    'Six directives stand between the rules and a queue. They change nothing for the other queues of a rule: these get each line as ever. This config tells an address that fails to log in for the third time within a day, and everything in the report of noon:',
    config(
      'set queue block logs@example.org me@example.org [now]',
      'set queue report logs@example.org me@example.org [30 12 * * *]',
      'set window block 3 24h by ip',
      'set exempt ip 127.0.0.0/8 10.0.0.0/8 192.168.0.0/16',
      raw`block,report ^sshd: Invalid user (?<user>\S+) from (?<ip>\S+)`,
    ),
    'The letter of the queue block has `sshd: Invalid user ______ from ______ (3 within 1 d: ip 192.0.2.1)`, with the count, the first and the last time of these hits, and names further hosts that they came from. The address stands there unmasked; with `set values block off` it does not.',
    terms(
      [
        'Keys',
        'Each key counts by itself: the texts of the named groups of the rule, before they are masked, or the host where the directive names no group. All rules of a queue count together, each under its own groups of these names. If a group took no part, or the rule has none of that name, the host stands in its place; `check` says so. A group may lie within another one. A longer key than 200 characters is remembered by a hash.',
      ],
      [
        'Time',
        'That of the line; that of reading where the line names none. A line from the future counts as of now, so that no wrong clock disables a key. A window reaches from the latest hit of its key back over TIME, both ends included. A line from before that is late: it does not count, and `tayori status` says how many there were.',
      ],
      [
        'Order',
        'For each queue of a line, from left to right: `exempt`, then `follows`, then the window. What passes is a message of the queue: it counts for the `follows` and `mutes` of other queues. Then `throttle`, `mutes` and `gather` say whether it makes a page. If none does, it goes with the next page; a signal that mails all queues mails it, too. While a storm of `set fold` goes on, that alone decides when pages go.',
      ],
      ['Escalation', 'For `a,b:3` and a window on b, each time that the rule reaches 3 is one hit.'],
      [
        'Repeats',
        'A line that a `repeat` rule reads counts as often as it says, at its own time: nine repeats fill a window of 3 three times. If it quotes no message, it has the key of the last line of its host.',
      ],
      [
        'Groups of rules, trash',
        'Only the rule that takes the line has groups that count; those of the regexes of `group` and `group_host` do not. What a `trash` rule takes counts nowhere.',
      ],
      [
        'Restarts and reloads',
        'What is remembered is committed together with the counts, so that a restart or a crash forgets no hit and counts none twice. A reload may change N and TIME. With another `by` a directive begins anew.',
      ],
      [
        'In a fleet',
        'With the word fleet at its end (`set window block 3 24h by ip fleet`) a directive counts the hits of all machines together; the others count on each machine by itself. A line then waits until the database of the fleet has counted it, and makes a page with the next turn. The texts of the named groups travel there. While the fleet cannot be used, lines wait for a minute; then their machine counts them by itself, and says so behind the message: what it knows of other machines is nothing. So do all but the last 50,000 lines that wait. A window and a throttle of one queue are both of the fleet, or neither.',
      ],
      [
        'Limits',
        'Each directive remembers 100,000 keys and 400,000 hits. Beyond that it forgets the key whose last hit is the longest ago. `tayori status` shows how many keys there are, and how many were forgotten.',
      ],
    ),
  ],
};
