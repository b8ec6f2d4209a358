import { runCli } from '../support/run-cli.js';

/** What becomes of a line: the queue of its rule, and what the group `ip` took. */
export interface LineVerdict {
  readonly queue: string;
  readonly ip: string | null;
}

/** What `tayori test` says of lines of a log. */
export async function verdictsOf(
  config: string,
  log: string,
  lines: readonly string[],
): Promise<LineVerdict[]> {
  const { out } = await runCli(['test', '-c', config, '--log', log, '-'], `${lines.join('\n')}\n`);
  return out.split(/^(?=1\. The line$)/m).map((block) => ({
    queue: /^ {2}rule +\S+ {2}(\S+) /m.exec(block)?.[1] ?? '',
    ip: /^ {2}\$\d+ +ip +(?!took no part$)(\S+)(?: |$)/m.exec(block)?.[1] ?? null,
  }));
}
