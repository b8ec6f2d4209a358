import { renderLocation } from '../base/place.js';
import { differenceOf } from '../base/text/definition-difference.js';
import { escapeControl } from '../base/text/escape.js';
import { amount } from '../base/text/layout.js';
import { listNames } from '../base/text/list-names.js';
import { showRecipient } from '../base/text/web-address.js';
import { describeDuration } from '../base/time/duration.js';
import type { CourierEvent } from '../mail/courier.js';
import type { SourceEvent } from '../source/source-event.js';
import { describeAhead } from './describe-ahead.js';
import type { DaemonEvent } from './event.js';

/** An event in one line for people. Control characters of untrusted text in it are escaped. */
export function describeEvent(event: DaemonEvent): string {
  return escapeControl(describe(event));
}

function describe(event: DaemonEvent): string {
  switch (event.kind) {
    case 'source':
      return describeSource(event.event);
    case 'mail':
      return describeMail(event.event);
    case 'heartbeat-failed':
      return `the heartbeat to ${showRecipient(event.url)} fails: ${event.reason}; it is sent again at its next time`;
    case 'heartbeat-back':
      return `the heartbeat to ${showRecipient(event.url)} is taken again`;
    case 'second-way':
      return `letter [${event.queue}] could not be sent to ${showRecipient(event.instead)} (${event.reason}); it goes to ${showRecipient(event.address)} as well`;
    case 'fleet-away':
      return `the fleet ${event.address} cannot be used (${event.reason}); tayori counts on, pages go directly, and all else waits until it can be used`;
    case 'fleet-back':
      return `the fleet ${event.address} can be used again, after ${describeDuration(event.away)}`;
    case 'clock-wrong':
      return `the clock of this machine is ${describeAhead(event.ahead)}, by that of the fleet; letters go by the fleet's`;
    case 'clock-right':
      return 'the clock of this machine is right again, by that of the fleet';
    case 'name-taken':
      return `another node of the fleet is called ${event.node}; until one of them has another name (set node), the letters of this one wait, and its pages go directly`;
    case 'name-free':
      return `the name ${event.node} is free now; what waited is handed in`;
    case 'keys-forgotten':
      return `${amount(event.keys, 'key')} of windows and throttles of the fleet ${event.keys === 1 ? 'was' : 'were'} forgotten, because there were too many`;
    case 'hits-alone':
      return `${amount(event.hits, 'line')} of windows and throttles of the fleet ${event.hits === 1 ? 'was' : 'were'} counted on this machine alone, since the fleet could not be asked`;
    case 'queue-differs':
      return `the queue [${event.queue}] is defined differently on ${listNames(event.nodes)}, and until the configs agree there are two letters of it (${describeDifference(event)})`;
    case 'letter-taken':
      return `letter [${event.queue}] of the fleet is delivered by this node`;
    case 'letter-lost':
      return `letter [${event.queue}] of the fleet is delivered by another node now, since this one was not heard for too long`;
    case 'letters-given-back':
      return `${amount(event.letters, 'letter')} of the fleet ${event.letters === 1 ? 'is' : 'are'} left to other nodes (${event.reason})`;
    case 'letters-alone':
      return `${amount(event.letters, 'letter')} of the fleet ${event.letters === 1 ? 'goes' : 'go'} although the fleet has been away for ${describeDuration(event.away)}, and may come twice`;
    case 'sealed':
      return `letter [${event.letter.queue}] is made`;
    case 'unsealed':
      return `letter [${event.queue}] cannot be made (${event.reason}); its counts are kept, and tayori tries again`;
    case 'csv-failed':
      return `${event.reason}; these lines are not sent to it again`;
    case 'unresolved':
      return `cannot look up host names (${event.reason}); letters go without them for ten minutes`;
    case 'overrun':
      return `${renderLocation(event.place)}: the regex ${event.source} ran too long on a line and was stopped; it counts as no match there. Write it without backreferences and recursion, or begin it with ^`;
    case 'not-loaded':
      return `no letters can be made, since a part of the program cannot be loaded (${event.reason}). It was replaced while it runs: restart tayori; what is counted is kept until then`;
    case 'state-failed':
      return `the state cannot be written (${event.reason}); reading pauses until it can be written, nothing is lost`;
    case 'state-back':
      return 'the state can be written again; reading continues where it stopped';
    case 'state-restored':
      return 'the state was deleted; tayori has restored it, and nothing is lost. Stop tayori before you move its state';
    case 'overflowing':
      return 'the buffer for FIFOs and the network is full, because the state cannot be written; from now on lines are lost';
    case 'overflowed':
      return `${amount(event.lines, 'line')} from FIFOs or the network could not be counted and are lost`;
    case 'run-failed':
      return `the program of [${event.queue}] failed: ${event.command === '' ? '' : `${event.command}: `}${event.reason}; further failures stand in letters and in tayori status`;
    case 'runs-interrupted':
      return event.again
        ? `${amount(event.runs, 'program')} ran when the last tayori ended, and ${event.runs === 1 ? 'is' : 'are'} run again`
        : `${amount(event.runs, 'program')} ran when the last tayori ended, and may or may not have done ${event.runs === 1 ? 'its' : 'their'} work`;
    case 'snooze-ended':
      return `the entry ${event.id} of [${event.queue}] is no longer snoozed: ${event.why === 'time' ? 'its time is over' : 'it has grown tenfold'}`;
    case 'snooze-dropped':
      return `the entry ${event.id} is no longer snoozed: the config does not define its queue "${event.queue}" any more`;
    case 'orphaned':
      return `the queue "${event.queue}" holds ${amount(event.lines, 'line')}, but the config no longer defines it; ${
        event.mailed ? 'they are mailed by its last definition' : 'define it again to have them mailed'
      }`;
  }
}

function describeSource(event: SourceEvent): string {
  switch (event.kind) {
    case 'opened':
      return `${event.path}: followed from byte ${event.offset}${event.resumed ? ', where reading stopped' : ''}`;
    case 'missing':
      return event.skipped
        ? `${event.path}: not there, skipped`
        : `${event.path}: not there yet; it will be followed when it appears`;
    case 'unreadable':
      return `${event.path}: cannot be read (${event.reason}); tried again at every poll`;
    case 'rotated':
      return `${event.path}: rotated; reading the old file to its end and the new one from the start`;
    case 'truncated':
      return event.copy === null
        ? `${event.path}: truncated or replaced; no copy found, unread lines are lost; reading from the start, unless the old lines are written back`
        : `${event.path}: truncated or replaced; reading the old lines from ${event.copy}, then the log from the start`;
    case 'rewritten':
      return `${event.path}: rewritten with the lines that it held; reading continues at byte ${event.offset}`;
    case 'long-backlog':
      return `${event.path}: the rotated file ${event.at} is long and not fully read; the log is now read at the same time, so their lines are not in order`;
    case 'few-descriptors':
      return `there are more logs than may be open at once (${event.max}); they are opened in turns, and one that is deleted while it is closed cannot be read to its end. Raise the limit: LimitNOFILE= in the systemd unit, or ulimit -n`;
    case 'too-many-files':
      return `globs match more than ${event.max} files; the others are not read`;
    case 'backlog':
      return `${event.path}: ${event.at} was rotated before it was fully read; reading it from byte ${event.offset}`;
    case 'lost':
      return `${event.path}: rotated or deleted while it was not open, and not found; its unread lines are lost`;
    case 'tampered':
      return `${event.path}: ${event.how}, and the old file was not found (${event.what})`;
    case 'line-cut':
      return `${event.path}: a line of ${event.bytes} bytes was cut`;
    case 'entry-cut':
      return `${event.path}: ${amount(event.entries, 'entry', 'entries')} of too many lines; the rest of each stands as an entry of its own`;
    case 'same-file':
      return `${event.path}: the same file as ${event.as}; read once`;
    case 'unwatchable':
      return `${event.folder}: cannot be watched (${event.reason}); it is polled instead`;
    case 'receiver-open':
      return `${event.name}: open${event.again ? ' again' : ''}`;
    case 'no-fifo':
      return `${event.path}: not a FIFO (make one with mkfifo); tried again at every poll`;
    case 'receive-failed':
      return `${event.name}: ${event.reason}; it continues to receive`;
    case 'connection-trouble':
      return `${event.name}: ${event.reason}${event.more > 0 ? ` (and ${event.more} more like it)` : ''}`;
    case 'foreign-host':
      return `${event.name}: ${event.host}, by its certificate, sent a line of ${event.named}${event.more > 0 ? ` (and ${event.more} more like it)` : ''}; it counts as a line of ${event.host}`;
    case 'repeatable':
      return `${event.name}: ${event.of} went away before the answers to ${amount(event.messages, 'message')} were sure to have arrived; what is repeated of them is counted twice`;
    case 'certificate-kept':
      return `${event.reason}; the one that was read before stays in use. Let the user of tayori read it, or restart`;
    case 'dropped':
      return `${event.name}: ${amount(event.datagrams, 'datagram')} lost, because the receive buffer was full (a larger sysctl net.core.rmem_max lets more of them wait)`;
    case 'redis-failed':
      return `${event.name}: ${event.reason}; tried again until it works, nothing is lost`;
    case 'journal-failed':
      return `${event.name}: cannot be read: ${event.reason}; tried again until it works, from where reading stopped`;
    case 'journal-partial':
      return `${event.name}: only the messages of this user are shown; add it to the group systemd-journal or adm (usermod -aG systemd-journal USER) and restart`;
    case 'journal-said':
      return `${event.name}: journalctl says: ${event.text}`;
    case 'journal-gap':
      return `${event.name}: the entry where reading stopped is gone, vacuumed as it seems; read on from the oldest that is left${describeGap(event.lost)}`;
    case 'journal-damaged':
      return `${event.name}: an entry is damaged; it is passed over, as are others like it`;
    case 'journal-idle':
      return `${event.name}: not read, since a log of the config can be read`;
    case 'command-ended':
      return `${event.name}: ${event.reason}; it is started again; what it prints meanwhile is not seen`;
  }
}

/** Of two definitions of a queue what differs. */
function describeDifference(definitions: { readonly there: string; readonly here: string }): string {
  const { there, here } = differenceOf(definitions.there, definitions.here);
  return here === '' ? `there: ${there}` : `there: ${there}; here: ${here}`;
}

function describeGap(lost: number | null): string {
  if (lost === 0) return ', and nothing is missing in between';
  return lost === null
    ? '; what was between is lost'
    : `; ${lost === 1 ? '1 entry' : `${lost} entries`} between, not read yet, ${lost === 1 ? 'is' : 'are'} lost`;
}

function describeMail(event: CourierEvent): string {
  switch (event.kind) {
    case 'sent':
      return `letter [${event.queue}] is delivered to ${showRecipient(event.address)}`;
    case 'deferred':
      return `letter [${event.queue}] to ${showRecipient(event.address)} is deferred: ${event.reason}`;
    case 'rejected':
      return `letter [${event.queue}] to ${showRecipient(event.address)} is rejected, and kept: ${event.reason}`;
    case 'unreachable':
      return `mail cannot be sent (${event.reason}); letters wait, next try at ${new Date(event.again).toTimeString().slice(0, 8)}`;
    case 'reachable':
      return 'the mail server answers again';
    case 'unencrypted':
      return `letters are sent unencrypted: the mail server offers TLS, but ${event.reason}`;
    case 'evicted':
      return `${amount(event.letters, 'rejected letter')} deleted to make room for newer ones`;
  }
}
