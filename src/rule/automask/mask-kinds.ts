/** What `set automask` masks, in the order in which the manual names it. */
export const MASK_KINDS = ['number', 'address', 'hex', 'id', 'uuid', 'time', 'path'] as const;

export type MaskKind = (typeof MASK_KINDS)[number];
