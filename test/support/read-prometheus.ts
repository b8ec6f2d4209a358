/** A metric as Prometheus reads it. */
export interface Metric {
  readonly type: string;
  readonly help: string;
  /** Labels as JSON in their order, and the value. */
  readonly samples: ReadonlyMap<string, number>;
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const SAMPLE =
  /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*",?)*)\})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|NaN|[+-]Inf)$/;

/**
 * Reads the text format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats) as strictly as node_exporter does:
 * HELP and TYPE once and before the samples, those of a metric together, none twice, a newline at the end. Throws.
 */
export function readPrometheus(text: string): Map<string, Metric> {
  if (!text.endsWith('\n')) throw new Error('no newline at the end');
  const metrics = new Map<string, { type: string; help: string; samples: Map<string, number> }>();
  let current = '';
  for (const line of text.slice(0, -1).split('\n')) {
    const [, word, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (word === 'HELP') {
      if (!NAME.test(name) || metrics.has(name)) throw new Error(`HELP again, or of no name: ${line}`);
      metrics.set(name, { type: '', help: rest, samples: new Map() });
      current = name;
    } else if (word === 'TYPE') {
      const metric = metrics.get(name);
      if (name !== current || !metric || metric.type !== '') throw new Error(`TYPE out of place: ${line}`);
      metric.type = rest;
    } else readSample(line, current, metrics.get(current)?.samples ?? new Map());
  }
  return metrics;
}

function readSample(line: string, current: string, samples: Map<string, number>): void {
  const [, name, labels = '', value] = SAMPLE.exec(line) ?? [];
  if (name === undefined || name !== current) throw new Error(`no sample of ${current}: ${line}`);
  const read = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label = '', text = '']) => [
    label,
    text.replace(/\\(.)/g, (_, one: string) => (one === 'n' ? '\n' : one)),
  ]);
  const key = JSON.stringify(Object.fromEntries(read));
  if (samples.has(key)) throw new Error(`twice: ${line}`);
  samples.set(key, Number(value));
}
