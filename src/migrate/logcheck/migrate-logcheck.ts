import { dirname, join } from 'node:path';
import { MigrationDraft as Draft, type MigrationDraft, type MigrationResult } from '../migration.js';
import { kindOfPath } from '../read-foreign-file.js';
import { PrefixCutter } from '../regex/cut-prefix.js';
import { type Layer, layerFiles, plainLines } from './layers.js';
import { readSchedule } from './read-cron.js';
import { readLogs } from './read-logs.js';
import { readOffsets } from './read-offsets.js';
import { type LogcheckFile, RuleFileReader } from './read-rules.js';
import { type LogcheckSettings, readSettings } from './read-settings.js';

/** Where Debian's logcheck keeps how far it has read. */
const STATE_FOLDER = '/var/lib/logcheck';
const SYSTEM_FOLDER = '/etc/logcheck';

/** Folders of ignores by REPORTLEVEL, from the strictest on: each level has those before it, too. */
const LEVELS = ['paranoid', 'server', 'workstation'] as const;

/** Files of logcheck 1.1.1, before Debian made folders of them; egrep -i reads the first two. */
const OLD_FILES = {
  attack: ['logcheck.hacking', 'logcheck.cracking'],
  violations: ['logcheck.violations'],
  violationsIgnore: ['logcheck.violations.ignore'],
  ignore: ['logcheck.ignore'],
} as const;

/** Carries over a folder such as `/etc/logcheck`. */
export function migrateLogcheck(path: string): MigrationResult {
  const draft = new Draft();
  const conf = join(path, 'logcheck.conf');
  const settings =
    kindOfPath(conf) === 'file' ? readSettings(conf, draft) : readSettings('/dev/null', new Draft());
  const folder =
    settings.folder !== null && kindOfPath(settings.folder) === 'folder' && path === SYSTEM_FOLDER
      ? settings.folder
      : path;
  const files = new FolderReader(folder, draft);
  if (!files.hasRules)
    return {
      ok: false,
      reason: `${path} is no folder of logcheck: it has no violations.d, ignore.d.server or the like`,
    };
  addHead(draft, path, settings);
  addRules(draft, files, settings);
  for (const name of ['header.txt', 'footer.txt'])
    if (kindOfPath(join(folder, name)) === 'file')
      draft.remark(
        'lost',
        { file: join(folder, name), line: 0 },
        '',
        'letters have no text of their own; set template writes one for HTML',
      );
  return { ok: true, migration: draft.finish() };
}

function addHead(draft: MigrationDraft, path: string, settings: LogcheckSettings): void {
  const { paths, journal } = readLogs(path, draft);
  draft.add('', ...paths.map((log) => `set logfile ${log}`), ...(journal ? ['set journal'] : []));
  if (journal && paths.length > 0)
    draft.remark(
      'note',
      { file: path, line: 0 },
      '',
      'logs and journal are both read, as by logcheck: what stands in both is counted twice; remove one of them',
    );
  const state = settings.stateFolder ?? (path === SYSTEM_FOLDER ? STATE_FOLDER : null);
  if (state !== null) draft.add(...readOffsets(state, paths, draft));
  const schedule = readSchedule(join(dirname(path), 'cron.d', 'logcheck'), draft);
  const { to, subjects } = settings;
  draft.add(
    '',
    '# logcheck hands its mail to the mail server of this machine.',
    'set mailserver localhost',
    `set queue attack root@localhost ${to} [${schedule}] ${subjects.attack}`,
    `set queue violations root@localhost ${to} [${schedule}] ${subjects.violations}`,
    `set queue unusual root@localhost ${to} [${schedule}] ${subjects.unusual}`,
    '',
    '# Rules that logcheck has for [pid] need the line as it is.',
    'set hidepid off',
  );
}

function addRules(draft: MigrationDraft, files: FolderReader, settings: LogcheckSettings): void {
  const attack: Layer = {
    queue: 'attack',
    raise: files.read(['cracking.d'], OLD_FILES.attack, true),
    ignore: settings.usesCrackingIgnore ? files.read(['cracking.ignore.d'], []) : [],
  };
  addLayer(draft, 'cracking.d', attack);
  addLayer(draft, 'violations.d', {
    queue: 'violations',
    raise: files.read(['violations.d'], OLD_FILES.violations, true),
    ignore: files.read(['violations.ignore.d'], OLD_FILES.violationsIgnore).map(asLocal),
  });
  const levels = LEVELS.slice(0, LEVELS.indexOf(settings.level) + 1);
  draft.add('', `# REPORTLEVEL ${settings.level}: what is usual.`);
  for (const level of levels)
    for (const file of files.read([`ignore.d.${level}`], [`logcheck.ignore.${level}`]))
      addFile(draft, `ignore.d.${level}`, file, plainLines(file, 'trash'));
  for (const file of files.read(['ignore.d'], OLD_FILES.ignore))
    addFile(draft, 'ignore.d', file, plainLines(file, 'trash'));
  draft.add('', '# All else is unusual.', 'unusual .*');
}

/** The one file of ignores that logcheck 1.1.1 has is for all violations. */
function asLocal(file: LogcheckFile): LogcheckFile {
  return file.name === 'logcheck.violations.ignore' ? { ...file, name: 'local' } : file;
}

function addLayer(draft: MigrationDraft, folder: string, layer: Layer): void {
  const files = layerFiles(layer);
  if (files.length > 0) draft.add('', `# Lines that ${folder} reports.`);
  for (const { file, lines } of files) addFile(draft, folder, file, lines);
}

function addFile(draft: MigrationDraft, folder: string, file: LogcheckFile, lines: readonly string[]): void {
  draft.addFile(`rules/${folder}/${file.name}.conf`, [`# From ${file.path}`, '', ...lines]);
}

/** The rule files of one folder of logcheck. */
class FolderReader {
  readonly #folder: string;
  readonly #reader: RuleFileReader;

  constructor(folder: string, draft: MigrationDraft) {
    this.#folder = folder;
    this.#reader = new RuleFileReader(draft, new PrefixCutter());
  }

  /** Whether anything of it is rules of logcheck. */
  get hasRules(): boolean {
    const folders = ['cracking.d', 'violations.d', 'ignore.d', ...LEVELS.map((level) => `ignore.d.${level}`)];
    return (
      folders.some((name) => kindOfPath(join(this.#folder, name)) === 'folder') ||
      Object.values(OLD_FILES)
        .flat()
        .some((name) => kindOfPath(join(this.#folder, name)) === 'file')
    );
  }

  /** Those of the folders and old files that are there. */
  read(folders: readonly string[], oldFiles: readonly string[], ignoresCase = false): LogcheckFile[] {
    const inFolders = folders
      .map((name) => join(this.#folder, name))
      .filter((path) => kindOfPath(path) === 'folder');
    const old = oldFiles
      .map((name) => join(this.#folder, name))
      .filter((path) => kindOfPath(path) === 'file');
    return [
      ...inFolders.flatMap((path) => this.#reader.readFolder(path)),
      ...old.flatMap((path) => this.#reader.readFile(path, ignoresCase)),
    ];
  }
}
