import { renderLocation } from '../base/place.js';
import type { ExitCode, Io } from '../base/process/io.js';
import { escapeControl } from '../base/text/escape.js';
import { amount } from '../base/text/layout.js';
import { systemClock } from '../base/time/clock.js';
import type { Config } from '../config/config.js';
import { configPath, loadConfig } from '../config/load-config.js';
import { type Fault, renderFault } from '../config/read/fault.js';
import { isRoot, WHO_TO_BECOME } from '../daemon/privileges.js';
import type { Letter } from '../letter/letter.js';
import { TemplateFault } from '../letter/render/template.js';
import type { Rule } from '../rule/rule.js';
import { expandGlob } from '../source/file/expand-glob.js';
import { canReadJournal } from '../source/journal/can-read-journal.js';
import { exposureOf } from '../store/folder/private-folder.js';
import { defaultStateFolder } from '../store/folder/state-folder.js';
import { checkCertificates } from './check-certificates.js';
import { checkLogs } from './check-logs.js';
import { checkNotes } from './check-notes.js';

/** `tayori check`: prints everything that can be found in a config without running it. */
export async function check(options: { readonly config: string | undefined }, io: Io): Promise<ExitCode> {
  const path = configPath(options.config);
  const config = loadConfig(path, io, 'all');
  if (!config) {
    io.stderr.write(`${path}: not used; correct the errors above\n`);
    return 1;
  }
  // Only here: -C, which runs at each reload, needs neither them nor what they load.
  const { checkRules } = await import('./check-rules.js');
  const { checkSamples } = await import('./check-samples.js');
  const onJournal = await notesOnJournal(config);
  const hasJournal = config.journalFallback.value && onJournal.length > 0;
  const now = systemClock.now();
  const certificates = checkCertificates(config, now);
  const found = [
    ...certificates,
    ...checkSamples(config),
    ...checkNotes(config, now),
    ...checkRules(config.rules),
    ...checkLogs(config, hasJournal),
  ];
  const faults = found.map(renderFault);
  const notes = [...notesOnUser(config), ...notesOnState(config, io), ...onJournal];
  for (const line of [...faults, ...notes]) io.stderr.write(`${escapeControl(line)}\n`);
  if (!(await areTemplatesSound(config, io))) {
    io.stderr.write(
      `${path}: sound except for the templates; until they are corrected, letters use the built-in template\n`,
    );
    return 1;
  }
  if (certificates.some(isError)) {
    io.stderr.write(
      `${path}: sound except for the certificates; tayori does not start until they are corrected\n`,
    );
    return 1;
  }
  io.stdout.write(`${path}: sound. ${summary(config)}\n`);
  return 0;
}

/** Notes that depend on the current user: uid and gid only matter to a daemon that root starts. */
function notesOnUser({ files, uid, gid }: Config): string[] {
  if (isRoot())
    return uid.value
      ? []
      : [`${files[0]}:1:1: notice: no user to become, so root cannot start tayori; ${WHO_TO_BECOME}`];
  const places = [uid, gid].flatMap(({ place }) => place ?? []);
  return places.map(
    (place) => `${renderLocation(place)}: notice: this only takes effect when root starts tayori`,
  );
}

/** Notes on a state that exists already. */
function notesOnState({ files, state }: Config, { env }: Io): string[] {
  const exposure = exposureOf(state.value ?? defaultStateFolder(env));
  const place = state.place ? renderLocation(state.place) : `${files[0]}:1:1`;
  return exposure === null ? [] : [`${place}: warning: ${exposure}`];
}

/** Where no log of the config is here, but a journal that this user can read. */
async function notesOnJournal({ files, logfiles, journals, journalFallback }: Config): Promise<string[]> {
  const hasLog = logfiles.some(({ value }) => expandGlob(value).length > 0);
  if (hasLog || logfiles.length === 0 || journals.length > 0) return [];
  if (!(await canReadJournal(null, systemClock))) return [];
  const place = journalFallback.place ?? logfiles[0]?.place;
  const at = place ? renderLocation(place) : `${files[0]}:1:1`;
  return journalFallback.value
    ? [`${at}: notice: no log of the config is here; this machine's journal is read instead`]
    : [
        `${at}: notice: no log of the config is here, but this machine has a journal; write set journal to read it`,
      ];
}

/** `-C`, as Tenshi has it: silent when all is well. */
export async function checkSilently(
  options: { readonly config: string | undefined },
  io: Io,
): Promise<ExitCode> {
  const config = loadConfig(configPath(options.config), io, 'errors');
  if (!config) return 1;
  const certificates = checkCertificates(config, systemClock.now()).filter(isError);
  for (const fault of certificates) io.stderr.write(`${renderFault(fault)}\n`);
  return (await areTemplatesSound(config, io)) && certificates.length === 0 ? 0 : 1;
}

function isError({ severity }: Fault): boolean {
  return severity === 'error';
}

/**
 * Whether each template can render a full letter and an empty one. The daemon would use the built-in template instead
 * of a faulty one, and mention it in its letters: no reason not to start, but one to report here.
 */
async function areTemplatesSound({ templates, webhooks, language }: Config, io: Io): Promise<boolean> {
  if (templates.length + webhooks.length === 0) return true;
  const { renderPost } = await import('../letter/post/make-post.js');
  const { renderWith } = await import('../letter/render/render-html.js');
  const { sampleLetter } = await import('../letter/build/sample-letter.js');
  const full = sampleLetter({ language: language.value });
  const bare = sampleLetter({ language: language.value, parts: null, hosts: [], notes: [], proposals: null });
  let sound = true;
  const tried = [
    ...templates.map(({ path }) => ({ path, render: (letter: Letter) => renderWith(path, letter) })),
    ...webhooks.map(({ template: path }) => ({
      path,
      render: (letter: Letter) => renderPost(path, letter, { body: null, messageId: '<check@localhost>' }),
    })),
  ];
  for (const { path, render } of tried)
    try {
      for (const letter of [full, bare]) await render(letter);
    } catch (error) {
      if (!(error instanceof TemplateFault)) throw error;
      sound = false;
      io.stderr.write(`${renderFault(faultOf(path, error))}\n`);
    }
  return sound;
}

function faultOf(file: string, { message, line, column }: TemplateFault): Fault {
  return {
    severity: 'error',
    code: 'bad-template',
    place: { file, line, column },
    seen: message,
    instead: '"tayori manual tenshi.conf" lists under TEMPLATES the values that a template gets',
  };
}

/** `check` opens nothing; FIFOs and the like are named if there are any. */
function summary(config: Config): string {
  const { files, logfiles, fifos, listen, redisQueues, journals, commands, queues, rules } = config;
  const receivers = [
    [fifos.length, 'FIFO', 'FIFOs'],
    [listen.length, 'listener', 'listeners'],
    [redisQueues.length, 'Redis list', 'Redis lists'],
    [journals.length, 'journal', 'journals'],
    [commands.length, 'command', 'commands'],
  ] as const;
  const counts = [
    [files.length, 'file', 'files'],
    [logfiles.length, 'log', 'logs'],
    ...receivers.filter(([n]) => n > 0),
    [queues.length, 'queue', 'queues'],
    [countRules(rules), 'rule', 'rules'],
  ] as const;
  return counts.map(([n, one, many]) => amount(n, one, many)).join(', ');
}

function countRules(rules: readonly Rule[]): number {
  return rules.reduce((sum, rule) => sum + (rule.kind === 'group' ? countRules(rule.rules) : 1), 0);
}
