import type { Redactor } from '../line/redactor.js';
import type { FileState } from '../source/file/log-status.js';
import type { Meta, SourcesNote } from '../store/ports/meta.js';

/** So many logs that cannot be read are noted for `tayori status`: a note is written whenever one of them changes. */
const MAX_UNREADABLE = 100;

/** How the sources are. */
interface Sources extends Pick<SourcesNote, 'turns' | 'inlets'> {
  readonly files: readonly FileState[];
}

/** Keeps in the state what `tayori status` tells of the sources. It is written when it changes. */
export class SourcesNotes {
  readonly #store: Pick<Meta, 'meta' | 'setMeta'>;
  readonly #redactor: Redactor | null;
  /** As JSON; '' before it is read. */
  #noted = '';

  /** `redactor`: masks what nobody may be told; null: nothing. */
  constructor(store: Pick<Meta, 'meta' | 'setMeta'>, redactor: Redactor | null) {
    this.#store = store;
    this.#redactor = redactor;
  }

  keep({ turns, inlets, files }: Sources): void {
    const plain = (text: string): string => this.#redactor?.text(text) ?? text;
    const note: SourcesNote = {
      turns,
      inlets: inlets.map((inlet) => ({ ...inlet, status: plain(inlet.status) })),
      unreadable: unreadableLogs(files),
    };
    this.#noted ||= JSON.stringify(this.#store.meta().sources);
    const text = JSON.stringify(note);
    if (text !== this.#noted) this.#store.setMeta('sources', note);
    this.#noted = text;
  }
}

/** Those that are there; that one is missing anybody can see. */
function unreadableLogs(files: readonly FileState[]): SourcesNote['unreadable'] {
  return files
    .flatMap(({ path, waiting }) =>
      waiting === null || waiting === 'missing' ? [] : [{ path, reason: waiting }],
    )
    .map(({ path, reason }) => ({
      path,
      reason: reason === 'same-file' ? 'the same file as another log' : reason,
    }))
    .slice(0, MAX_UNREADABLE);
}
