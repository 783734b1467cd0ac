import { describe, expect, it } from 'vitest'
import { measureMemory } from '../../../../bench/memory.ts'
import { provider } from '../../../../src/main/engine/tensorflow.ts'
import { wordsIn } from '../../../../src/shared/messages/words.ts'

const reason =
  process.platform !== 'linux'
    ? ' (needs the figures that Linux keeps of a process)'
    : provider.backend !== 'tensorflow'
      ? ` (${wordsIn('en').text('reason', provider.why)})`
      : ''

describe.skipIf(reason !== '')(`the engine${reason}`, () => {
  it('scores 5,000 tiles in the memory that 500 take', async () => {
    const [few, many] = await measureMemory({ tiles: [500, 5000], size: 32, width: 4, side: 100 })
    expect([few?.tiles, many?.tiles]).toEqual([504, 5004])
    expect((many?.peakBytes ?? Number.NaN) / (few?.peakBytes ?? Number.NaN)).toBeLessThan(1.1)
  })
})
