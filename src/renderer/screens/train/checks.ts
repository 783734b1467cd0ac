/** What can be told before a training starts, from what the dataset holds. */
import type { TrainingNotice, TrainingOutlook } from '../../../shared/training.ts'

export interface Check {
  kind:
    | 'no-normals'
    | 'fewer-than-batch'
    | 'few-normals'
    | 'no-validation'
    | 'few-validation'
    | 'unlabeled'
    | 'slow'
    | 'memory'
    | TrainingNotice['code']
  /** `stop`: main would refuse the training. */
  tone: 'stop' | 'warn' | 'info'
  count: number
}

/** What is mended where the photographs are. */
const kindsOfDataset: readonly Check['kind'][] = [
  'no-normals',
  'few-normals',
  'no-validation',
  'few-validation',
  'unlabeled',
]
export const isOfDataset = ({ kind }: Check): boolean => kindsOfDataset.includes(kind)

/** A generator that has learned from fewer parts takes harmless variation for defects. */
const fewNormals = 40
/** Main's own bound: fewer, and a percentile says little. */
const fewValidation = 10
/** Steps on a processor without a GPU that take hours. */
const manySteps = 20_000

/** Of the memory that is free a training may take this much, and leaves the rest to the desktop. */
const memoryShare = 0.9

export function checksFor(
  outlook: Pick<TrainingOutlook, 'counts' | 'notices' | 'memoryBytes' | 'freeBytes'>,
  training: { batch: number; steps: number; gpu: boolean | null },
): Check[] {
  const { train, validation, unlabeled } = outlook.counts
  const checks: Check[] = []
  if (train === 0) checks.push({ kind: 'no-normals', tone: 'stop', count: unlabeled })
  else if (train < training.batch)
    checks.push({ kind: 'fewer-than-batch', tone: 'stop', count: training.batch })
  else if (train < fewNormals) checks.push({ kind: 'few-normals', tone: 'warn', count: train })
  if (validation === 0) checks.push({ kind: 'no-validation', tone: 'warn', count: 0 })
  else if (validation < fewValidation)
    checks.push({ kind: 'few-validation', tone: 'warn', count: validation })
  for (const { code, count } of outlook.notices) {
    const isOrder = code === 'mixed-sizes' || code === 'overlap-unknown'
    if (train > 0) checks.push({ kind: code, tone: isOrder ? 'info' : 'warn', count })
  }
  if (outlook.memoryBytes > memoryShare * outlook.freeBytes)
    checks.push({ kind: 'memory', tone: 'warn', count: 0 })
  if (unlabeled > 0 && train > 0) checks.push({ kind: 'unlabeled', tone: 'info', count: unlabeled })
  if (training.gpu === false && training.steps >= manySteps) {
    checks.push({ kind: 'slow', tone: 'info', count: training.steps })
  }
  return checks
}
