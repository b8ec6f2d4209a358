/** The members that match the text so far. */
export class Findings {
  found: readonly number[];
  sure: ReadonlySet<number>;

  constructor(
    found: readonly number[],
    sure: ReadonlySet<number>,
    readonly halved: boolean,
  ) {
    this.found = found;
    this.sure = sure;
  }

  has(member: number): boolean {
    return this.found.includes(member);
  }

  find(member: number, forSure: boolean): void {
    if (!this.has(member)) this.found = [...this.found, member].sort((a, b) => a - b);
    if (forSure && !this.halved) this.sure = new Set([...this.sure, member]);
  }

  keep(wanted: (member: number) => boolean): void {
    if (this.found.every(wanted)) return;
    this.found = this.found.filter(wanted);
    this.sure = new Set([...this.sure].filter(wanted));
  }

  key(): string {
    return `${this.found.map((member) => (this.sure.has(member) ? member : ~member)).join()};${this.halved}`;
  }
}
