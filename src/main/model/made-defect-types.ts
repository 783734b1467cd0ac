/** The kinds of defects that are made on normal photographs; the engine draws them (`engine/data/made-defects.ts`). */
export const madeDefectTypes = ['spot', 'scratch', 'stain', 'missing', 'paste'] as const
export type MadeDefectType = (typeof madeDefectTypes)[number]
