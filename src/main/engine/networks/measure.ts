import { elementAt } from '../../../shared/element-at.ts'
import type { Tensor } from '../tensorflow.ts'
import type { Normalization } from './batch-norm.ts'

/** How many batches statistics are measured on. */
export const statisticBatches = 32

/** Normalization that notes the statistics of every layer as tensors, named like the weights they become. */
export function observing(scope: string): { mode: Normalization; statistics: Record<string, Tensor> } {
  const statistics: Record<string, Tensor> = {}
  return {
    statistics,
    mode: {
      from: 'observed',
      observe(layer, mean, variance) {
        statistics[`${scope}/${layer}/mean`] = mean
        statistics[`${scope}/${layer}/variance`] = variance
      },
    },
  }
}

function statistic(batch: Record<string, Float32Array>, name: string, channel: number): number {
  const values = batch[name]
  if (values === undefined) throw new RangeError(`the statistics of a batch have no ${name}`)
  return elementAt(values, channel, `Channels of ${name}`)
}

/**
 * Statistics over several batches from those of each batch: the mean of the means, and the variance within
 * batches plus the variance between them.
 */
export function pooledStatistics(batches: Record<string, Float32Array>[]): Record<string, Float32Array> {
  const pooled: Record<string, Float32Array> = {}
  const average = (read: (batch: Record<string, Float32Array>) => number): number =>
    batches.reduce((sum, batch) => sum + read(batch), 0) / batches.length
  for (const [name, first] of Object.entries(batches[0] ?? {})) {
    if (!name.endsWith('/mean')) continue
    const varianceName = name.replace(/mean$/, 'variance')
    const mean = new Float32Array(first.length)
    const variance = new Float32Array(first.length)
    for (let c = 0; c < first.length; c++) {
      const center = average((batch) => statistic(batch, name, c))
      mean[c] = center
      variance[c] = average(
        (batch) => statistic(batch, varianceName, c) + (statistic(batch, name, c) - center) ** 2,
      )
    }
    pooled[name] = mean
    pooled[varianceName] = variance
  }
  return pooled
}

/** Statistics over the first batches of photographs. `observe` returns those of one batch. */
export async function statisticsOver(
  photographs: { next(): Promise<Float32Array> },
  observe: (x: Float32Array) => Record<string, Float32Array>,
): Promise<Record<string, Float32Array>> {
  const observed: Record<string, Float32Array>[] = []
  for (let i = 0; i < statisticBatches / 4; i++) observed.push(observe(await photographs.next()))
  return pooledStatistics(observed)
}
