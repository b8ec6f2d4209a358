import { renderLocation } from '../base/place.js';
import { escapeControl } from '../base/text/escape.js';
import type { CourierEvent } from '../mail/courier.js';
import type { SourceEvent } from '../source/source-event.js';
import type { DaemonEvent } from './event.js';

/** An event in one line for people. Foreign text in it cannot act on a terminal. */
export function describeEvent(event: DaemonEvent): string {
  return escapeControl(describe(event));
}

function describe(event: DaemonEvent): string {
  switch (event.kind) {
    case 'source':
      return describeSource(event.event);
    case 'mail':
      return describeMail(event.event);
    case 'sealed':
      return `letter [${event.letter.queue}] is made`;
    case 'unsealed':
      return `letter [${event.queue}] cannot be made (${event.reason}); its counts are kept, and it is tried again`;
    case 'csv-failed':
      return `${event.reason}; what it was given is not given again`;
    case 'unresolved':
      return `no names of hosts (${event.reason}); letters go without them for ten minutes`;
    case 'overrun':
      return `${renderLocation(event.place)}: the regex ${event.source} ran too long on a line, and counts as not matching there; write it without backreferences and recursion, or begin it with ^`;
    case 'state-failed':
      return `the state cannot be written (${event.reason}); reading waits until it can, nothing is lost`;
    case 'state-back':
      return 'the state can be written again; reading goes on where it stopped';
    case 'state-restored':
      return 'the state was deleted; it has been written anew from what is known, and nothing is lost. Stop tayori before you move its state';
    case 'overflowing':
      return 'more comes over FIFOs and the network than can be held until the state can be written; from now on lines are lost';
    case 'overflowed':
      return `${event.lines === 1 ? '1 line' : `${event.lines} lines`} that came over FIFOs or the network could not be counted and are lost`;
    case 'orphaned':
      return `${event.lines} lines stand in the queue "${event.queue}", which the config does not define any more; ${
        event.mailed ? 'they are mailed as it was last defined' : 'define it again to have them mailed'
      }`;
  }
}

function describeSource(event: SourceEvent): string {
  switch (event.kind) {
    case 'opened':
      return `${event.path}: followed from byte ${event.offset}${event.resumed ? ', where it was left' : ''}`;
    case 'missing':
      return event.skipped
        ? `${event.path}: not there, skipped`
        : `${event.path}: not there yet; it will be followed when it appears`;
    case 'unreadable':
      return `${event.path}: cannot be read (${event.reason}); tried again at every look`;
    case 'rotated':
      return `${event.path}: rotated; the new file is read from its beginning, the old one to its end`;
    case 'truncated':
      return event.copy === null
        ? `${event.path}: begun anew, and no copy of what it held is found: what was not read of that is lost; read from its beginning, unless it is filled again with what it held`
        : `${event.path}: begun anew; what it held before is read from ${event.copy}, then the log from its beginning`;
    case 'rewritten':
      return `${event.path}: written anew with what it held; read on from byte ${event.offset}`;
    case 'long-behind':
      return `${event.path}: ${event.at}, which was rotated away unread, is long; the log is read beside it from now on, so that their lines are not in order`;
    case 'few-descriptors':
      return `there are more logs than may be open at once (${event.most}); they are read by turns, and one that is deleted while it is closed cannot be read to its end. Raise the limit: LimitNOFILE= in the unit of systemd, or ulimit -n`;
    case 'too-many-files':
      return `globs find more than ${event.most} files; those beyond are not read`;
    case 'behind':
      return `${event.path}: ${event.at} was rotated away unread; read from byte ${event.offset}`;
    case 'lost':
      return `${event.path}: rotated away or deleted while it was not open, and not found; what was not read of it is lost`;
    case 'line-cut':
      return `${event.path}: a line of ${event.bytes} bytes was cut`;
    case 'same-file':
      return `${event.path}: the same file as ${event.as}; read once`;
    case 'unwatchable':
      return `${event.folder}: cannot be watched (${event.reason}); it is looked at now and then instead`;
    case 'inlet-open':
      return `${event.name}: open${event.again ? ' again' : ''}`;
    case 'no-fifo':
      return `${event.path}: no FIFO (make one with mkfifo); tried again at every look`;
    case 'receive-failed':
      return `${event.name}: ${event.reason}; it goes on receiving`;
    case 'dropped':
      return `${event.name}: datagrams lost because they came faster than they could be taken: ${event.datagrams} (a larger sysctl net.core.rmem_max lets more of them wait)`;
    case 'redis-failed':
      return `${event.name}: ${event.reason}; tried again and again, nothing is lost`;
    case 'journal-failed':
      return `${event.name}: cannot be read: ${event.reason}; tried again and again, from where reading stopped`;
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
      return `${event.name}: ${event.reason}; it is started again and again, and what it prints in between is not seen`;
  }
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
      return `letter [${event.queue}] is delivered to ${event.address}`;
    case 'put-off':
      return `letter [${event.queue}] to ${event.address} is put off: ${event.reason}`;
    case 'refused':
      return `letter [${event.queue}] to ${event.address} is refused for good, and kept: ${event.reason}`;
    case 'unreachable':
      return `mail cannot leave (${event.reason}); letters wait, next try at ${new Date(event.again).toTimeString().slice(0, 8)}`;
    case 'reachable':
      return 'the mail server answers again';
    case 'unencrypted':
      return `letters go to the mail server in the clear: it offers TLS, but ${event.reason}`;
    case 'dropped':
      return `${event.letters} letters that had been refused for good are let go, to make room for others`;
  }
}
