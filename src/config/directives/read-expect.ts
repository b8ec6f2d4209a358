import { quote } from '../../base/text/quote.js';
import { isHostWord } from '../../line/host-name.js';
import { MAX_DURATION, readDuration } from '../read/read-duration.js';
import type { Reporter } from '../read/report.js';
import { reportRest } from '../read/report-rest.js';
import { type SourceText, splitWord } from '../read/source-text.js';
import type { Setting } from '../setting.js';
import type { Reader } from './directive.js';
import { readPath, refuse } from './value-kinds.js';

/** `set expect`: a log, host or queue that is not to be silent for so long. */
export interface ExpectConfig {
  /** `logs`: a glob, absolute. `named`: a queue, if the config defines one of that name, else a host. */
  readonly of:
    | { readonly kind: 'logs'; readonly glob: string }
    | { readonly kind: 'named'; readonly name: string };
  /** ms */
  readonly time: number;
}

const FORM = 'write set expect GLOB|HOST|QUEUE TIME, such as set expect /var/log/mail.log 2h';

export const expect: Reader<Setting<ExpectConfig>> = {
  grammar: 'GLOB|HOST|QUEUE TIME',
  read(text, report) {
    const { word, rest } = splitWord(text);
    if (word.text === '' || rest.text === '')
      return refuse(report, text, word.text === '' ? 'no value' : `nothing after ${quote(word.text)}`, FORM);
    const { word: time, rest: more } = splitWord(rest);
    reportRest(more, report);
    const of = readSubject(word, report);
    const milliseconds = readTime(time, report);
    if (!of || milliseconds === undefined) return undefined;
    return { value: { of, time: milliseconds }, place: text.place };
  },
};

function readSubject(word: SourceText, report: Reporter): ExpectConfig['of'] | undefined {
  if (word.text.includes('/')) {
    const glob = readPath(word, report);
    return glob === undefined ? undefined : { kind: 'logs', glob };
  }
  if (isHostWord(word.text)) return { kind: 'named', name: word.text };
  return refuse(report, word, `${quote(word.text)} as a host or queue`, FORM);
}

function readTime(word: SourceText, report: Reporter): number | undefined {
  const time = readDuration(word.text) ?? 0;
  if (time > 0 && time <= MAX_DURATION) return time;
  return refuse(
    report,
    word,
    `${quote(word.text)} as a time`,
    'write a number with s, m, h or d: 90m, 2h, 1d',
  );
}
