/** Something that fails, and works again: told once each way. */
export class Trouble {
  readonly #onFailed: (reason: string) => void;
  readonly #onOpen: (again: boolean) => void;
  #reason: string | null = null;
  #opened = false;

  /** `onOpen` hears when it works first, and (`again`) after each trouble. */
  constructor(onFailed: (reason: string) => void, onOpen: (again: boolean) => void) {
    this.#onFailed = onFailed;
    this.#onOpen = onOpen;
  }

  /** In words; null while it works. */
  get reason(): string | null {
    return this.#reason;
  }

  get hasOpened(): boolean {
    return this.#opened;
  }

  begin(reason: string): void {
    if (this.#reason === null) this.#onFailed(reason);
    this.#reason = reason;
  }

  end(): void {
    const again = this.#reason !== null;
    if (again || !this.#opened) this.#onOpen(again);
    this.#reason = null;
    this.#opened = true;
  }
}
