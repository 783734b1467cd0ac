/** What `rename` and `remove` are about: a dataset, a run, or a defect type of a dataset. */
import { WrongUse } from '../../command-line/wrong-use.ts'

export type What =
  | { kind: 'dataset'; text: string }
  | { kind: 'run'; text: string }
  | { kind: 'type'; type: string; dataset: string }

export interface WhatOptions {
  dataset?: string | undefined
  run?: string | undefined
  type?: string | undefined
}

export function whatOf({ dataset, run, type }: WhatOptions): What {
  if (type !== undefined && dataset !== undefined && run === undefined) return { kind: 'type', type, dataset }
  if (type === undefined && run === undefined && dataset !== undefined)
    return { kind: 'dataset', text: dataset }
  if (type === undefined && dataset === undefined && run !== undefined) return { kind: 'run', text: run }
  throw new WrongUse('Give one of --dataset, --run, or --type with its --dataset.')
}
