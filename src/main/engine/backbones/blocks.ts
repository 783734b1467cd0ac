/** The table of EfficientNet-Lite2. */

/** One stage of equal blocks: their number, kernel, stride of the first one, expansion, and channels in and out. */
type Stage = readonly [
  count: number,
  kernel: number,
  stride: number,
  expansion: number,
  from: number,
  to: number,
]

/** Lite2, from the table of its authors; filters are rounded to multiples of 8. */
const lite2: readonly Stage[] = [
  [1, 3, 1, 1, 32, 16],
  [3, 3, 2, 6, 16, 24],
  [3, 5, 2, 6, 24, 48],
  [4, 3, 2, 6, 48, 88],
  [4, 5, 1, 6, 88, 120],
  [5, 5, 2, 6, 120, 208],
  [1, 3, 1, 6, 208, 352],
]

export interface Block {
  stride: number
  expanded: boolean
  /** Whether the input is added to the output. */
  residual: boolean
}

const blocksOf = (stages: readonly Stage[]): Block[] =>
  stages.flatMap(([count, , stride, expansion, from, to]) =>
    Array.from({ length: count }, (_, at) => ({
      stride: at === 0 ? stride : 1,
      expanded: expansion !== 1,
      residual: at === 0 ? stride === 1 && from === to : true,
    })),
  )

/** The blocks, counted from 0. */
export const blocks: readonly Block[] = blocksOf(lite2)
