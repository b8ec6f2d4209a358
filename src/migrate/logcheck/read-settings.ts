import { quote } from '../../base/text/quote.js';
import type { MigrationDraft } from '../migration.js';
import { readForeignFile } from '../read-foreign-file.js';

/** What logcheck.conf says that means something here. */
export interface LogcheckSettings {
  readonly level: 'paranoid' | 'server' | 'workstation';
  readonly to: string;
  readonly folder: string | null;
  readonly stateFolder: string | null;
  readonly usesCrackingIgnore: boolean;
  readonly subjects: { readonly attack: string; readonly violations: string; readonly unusual: string };
}

const DEFAULTS: LogcheckSettings = {
  level: 'server',
  to: 'root',
  folder: null,
  stateFolder: null,
  usesCrackingIgnore: false,
  subjects: { attack: 'Security Alerts', violations: 'Security Events', unusual: 'System Events' },
};

/** Settings without a counterpart, and why that is so; null: nothing is missed. */
const OTHERS: Readonly<Record<string, string | null>> = {
  DATE: null,
  TMP: null,
  FQDN: null,
  LOCKDIR: null,
  MIMEENCODING: null,
  ADDTAG: 'subjects are written behind set queue',
  INTRO: 'letters have no text of their own; set template writes one for HTML',
  MAILASATTACH: 'letters have no attachments',
  SORTUNIQ: 'equal messages are one line with a count anyway',
  SYSLOGSUMMARY: 'letters count by themselves',
};

/** The settings that lay somewhere, as in `REPORTLEVEL="server"`; the file is a shell script. */
export function readSettings(path: string, draft: MigrationDraft): LogcheckSettings {
  const file = readForeignFile(path);
  if (!file.ok) {
    draft.unreadable(path, file.reason);
    return DEFAULTS;
  }
  let settings = DEFAULTS;
  for (const { number, text } of file.lines) {
    if (/^\s*(?:#|$)/.test(text)) continue;
    const lost = (why: string): void => draft.remark('lost', { file: path, line: number }, quote(text), why);
    const [, name = '', ...values] =
      /^\s*(?:export\s+)?(\w+)=(?:"([^"$`\\]*)"|'([^']*)'|([^\s"'$`\\;|&]*))\s*(?:#.*)?$/.exec(text) ?? [];
    const value = values.find((one) => one !== undefined) ?? '';
    if (name === '') lost('it is more than NAME=VALUE, and no shell runs here');
    else if (name in OTHERS) {
      const why = OTHERS[name];
      if (typeof why === 'string' && !/^(?:0|no|)$/.test(value)) lost(why);
    } else {
      const changed = apply(settings, name, value);
      if (changed) settings = changed;
      else lost('nothing like it is known here');
    }
  }
  return settings;
}

function apply(settings: LogcheckSettings, name: string, value: string): LogcheckSettings | null {
  const { subjects } = settings;
  switch (name) {
    case 'REPORTLEVEL':
      return value === 'paranoid' || value === 'server' || value === 'workstation'
        ? { ...settings, level: value }
        : null;
    case 'SENDMAILTO':
      return /^[^\s,]+(?:[\s,]+[^\s,]+)*$/.test(value)
        ? { ...settings, to: value.replaceAll(/[\s,]+/g, ',') }
        : null;
    case 'RULEDIR':
      return value.startsWith('/') ? { ...settings, folder: value } : null;
    case 'STATEDIR':
      return value.startsWith('/') ? { ...settings, stateFolder: value } : null;
    case 'SUPPORT_CRACKING_IGNORE':
      return { ...settings, usesCrackingIgnore: value === '1' };
    case 'ATTACKSUBJECT':
      return { ...settings, subjects: { ...subjects, attack: value } };
    case 'SECURITYSUBJECT':
      return { ...settings, subjects: { ...subjects, violations: value } };
    case 'EVENTSSUBJECT':
      return { ...settings, subjects: { ...subjects, unusual: value } };
    default:
      return null;
  }
}
