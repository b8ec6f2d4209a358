/** A place in a file; lines and columns count from 1, columns in characters. */
export interface SourceLocation {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** `file:line:column`, the form editors jump to. */
export function renderLocation({ file, line, column }: SourceLocation): string {
  return `${file}:${line}:${column}`;
}
