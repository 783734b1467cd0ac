/** Detects a training that goes wrong. */

import { type Message, message } from '../../../shared/messages/message.ts'
import { wordsIn } from '../../../shared/messages/words.ts'
import { requireRows } from '../../platform/array-bounds.ts'

/** Number of steps between two checks for problems that no loss shows. */
export const watchEvery = 25

/** How often a phase may go back to its last good checkpoint before the training is given up. */
export const restartLimit = 3

/** A training cannot continue as it is. `why` says what was seen: a message of the topic `reason`. */
export class Diverged extends Error {
  readonly why: Message

  constructor(why: Message) {
    super(wordsIn('en').text('reason', why))
    this.why = why
  }
}

/** Mean over pixels of the standard deviation over pictures; `pictures` are [count, ...]. */
export function spreadOf(pictures: Float32Array, count: number): number {
  requireRows(pictures, count, 'Pictures')
  const pixels = pictures.length / count
  let sum = 0
  for (let pixel = 0; pixel < pixels; pixel++) {
    let mean = 0
    for (let i = 0; i < count; i++) mean += pictures[i * pixels + pixel] / count
    let variance = 0
    for (let i = 0; i < count; i++) variance += (pictures[i * pixels + pixel] - mean) ** 2 / count
    sum += Math.sqrt(variance)
  }
  return sum / pixels
}

/** Generated pictures whose spread is below this share of that of the photographs count as all the same. */
const collapsedShare = 0.01

/** The problem of generated pictures compared with a batch of photographs; null where there is none. */
export function collapseOf(
  generated: { pictures: Float32Array; count: number },
  real: { pictures: Float32Array; count: number },
): Message | null {
  const spread = spreadOf(generated.pictures, generated.count)
  if (!Number.isFinite(spread)) return message('pictures-not-numbers')
  const wanted = spreadOf(real.pictures, real.count)
  if (spread >= collapsedShare * wanted) return null
  return message('pictures-alike', { spread: spread.toPrecision(2), photographs: wanted.toPrecision(2) })
}
