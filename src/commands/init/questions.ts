import { createInterface, type Interface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Io } from '../../base/process/io.js';

/** Whether somebody sits there who could answer. */
export function isTerminal({ stdin }: Io): boolean {
  return 'isTTY' in stdin && stdin.isTTY === true;
}

/** The terminal was closed, or the questions were called off (Ctrl-C, Ctrl-D). */
export class CalledOff extends Error {}

/** Asks on a terminal. */
export class Questions {
  readonly #io: Io;
  readonly #lines: Interface;
  readonly #ended: Promise<never>;
  #hides = false;

  constructor(io: Io) {
    this.#io = io;
    const output = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        if (!this.#hides) io.stdout.write(chunk.toString());
        done();
      },
    });
    this.#lines = createInterface({ input: io.stdin, output, terminal: true });
    this.#ended = new Promise((_, reject) => {
      this.#lines.once('close', () => reject(new CalledOff('called off')));
    });
    this.#ended.catch(() => {}); // closed when nothing is asked any more
  }

  /** Asks until the answer is taken. `usual`: what an empty one stands for; `doubt`: why one is not taken. */
  async ask(
    question: string,
    usual: string | null,
    doubt: (answer: string) => string | null,
  ): Promise<string> {
    for (;;) {
      const typed = await this.#answer(`${question}${usual === null ? '' : ` [${usual}]`}: `);
      const answer = typed.trim() || usual || '';
      const reason = doubt(answer);
      if (reason === null) return answer;
      this.#io.stdout.write(`  ${reason}\n`);
    }
  }

  /** The same, and what is typed is not shown. */
  async askHidden(question: string): Promise<string> {
    this.#io.stdout.write(`${question}: `);
    this.#hides = true;
    try {
      return await this.#answer('');
    } finally {
      this.#hides = false;
      this.#io.stdout.write('\n');
    }
  }

  close(): void {
    this.#lines.close();
  }

  #answer(question: string): Promise<string> {
    return Promise.race([this.#lines.question(question), this.#ended]);
  }
}
