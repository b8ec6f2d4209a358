/** How many times a property is tried: TAYORI_FUZZ=100 makes each a hundred times as many. fast-check prints the seed. */
export function runs(usual: number): { readonly numRuns: number } {
  return { numRuns: Math.ceil(usual * Number(process.env.TAYORI_FUZZ ?? 1)) };
}
