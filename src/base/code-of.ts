/** The code that the system, or a library, gave an error (`ENOENT`); undefined where it has none. */
export function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
