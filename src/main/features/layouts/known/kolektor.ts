/**
 * KolektorSDD and KolektorSDD2: each photograph has its mask beside it, Part0_label.bmp or 10000_GT.png; a photograph
 * whose mask marks nothing is good.
 */
import type { Recogniser } from './known-layout.ts'

export const kolektor: Recogniser = {
  name: 'kolektor',
  fits: ({ masksBeside, masksOfSameName, photographs }) =>
    masksBeside - masksOfSameName > 0 && masksBeside >= 0.9 * photographs,
}
