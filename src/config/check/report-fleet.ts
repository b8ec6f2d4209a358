import type { SourceLocation } from '../../base/place.js';
import { quote } from '../../base/text/quote.js';
import type { Config } from '../config.js';
import { isThisMachine } from '../directives/read-fleet.js';
import { checkFile, checkPasswordFile } from '../directives/read-login.js';
import type { Reporter } from '../read/report.js';
import { zoneOf } from '../zones.js';

/** Reports what concerns letters that several machines write together, and can only be seen after all lines are read. */
export function reportFleet(config: Config, report: Reporter): void {
  const { fleet } = config;
  if (fleet.value === null || fleet.place === null) return reportUnused(config, report);
  reportSecrets(config, fleet.place, report);
  reportZones(config, fleet.place, report);
  reportMaildir(config, fleet.place, report);
  reportFlush(config, fleet.place, report);
}

function reportUnused({ fleetPassword, node, fleetWait }: Config, report: Reporter): void {
  for (const { place } of [fleetPassword, node, fleetWait])
    if (place)
      report.warning(
        at(place),
        'this has no effect without set fleet',
        'write set fleet postgresql://HOST/DB, or remove the line',
        'ignored-directive',
      );
}

function reportSecrets({ fleet, fleetPassword }: Config, place: SourceLocation, report: Reporter): void {
  const { host, tls } = fleet.value ?? { host: '', tls: { kind: 'off' } };
  const isClear = tls.kind === 'off' && !isThisMachine(host);
  if (isClear && fleetPassword.place)
    report.error(
      at(place),
      'a password that would be sent in the clear',
      'remove tls=off, and name the CA with ca=FILE where it is your own',
      'clear-password',
    );
  else if (isClear)
    report.warning(
      at(place),
      `what the logs say would travel to ${quote(host)} in the clear`,
      'remove tls=off',
      'odd-address',
    );
  if (tls.kind === 'required') checkFile(tls.ca, 'the CA', place, report);
  if (fleetPassword.value && fleetPassword.place)
    checkPasswordFile(fleetPassword.value, 'the password', fleetPassword.place, report);
}

/** Letters of one queue that are due at different times on different nodes are different letters. */
function reportZones(config: Config, place: SourceLocation, report: Reporter): void {
  const local = config.queues.filter(
    ({ name, schedule }) => schedule.kind !== 'now' && zoneOf(name, config) === null,
  );
  const [first] = local;
  if (!first) return;
  const others = local.length > 1 ? ` and ${local.length - 1} more` : '';
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  report.notice(
    at(place),
    `the schedule of ${quote(first.name)}${others} goes by the time zone of each machine, and machines of different zones write letters of their own`,
    `write the same on each, such as set timezone ${timeZone}`,
    'odd-schedule',
  );
}

function reportMaildir({ mailserver }: Config, place: SourceLocation, report: Reporter): void {
  const seen = 'letters of the fleet would go to a Maildir of whichever machine delivers them';
  if (mailserver.value === null)
    report.warning(at(place), seen, 'name a mail server: set mailserver smtp://HOST', 'incomplete');
  else if (mailserver.value.kind === 'maildir' && mailserver.place)
    report.notice(
      at(mailserver.place),
      seen,
      'share the folder between them, or name a mail server',
      'odd-address',
    );
}

/** A letter of one machine alone at each of its restarts is what a fleet is to end. */
function reportFlush({ flushOnSignal }: Config, place: SourceLocation, report: Reporter): void {
  if (flushOnSignal.value)
    report.notice(
      at(flushOnSignal.place ?? place),
      'each stop and reload of a machine mails what it has counted alone',
      'write set flush_on_signal off',
      'odd-schedule',
    );
}

function at(place: SourceLocation): { readonly place: SourceLocation; readonly text: string } {
  return { place, text: '' };
}
