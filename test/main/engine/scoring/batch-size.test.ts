import { describe, expect, it } from 'vitest'
import { scoringBatch } from '../../../../src/main/engine/scoring/batch-size.ts'

describe('the scoring batch', () => {
  it('is 64 tiles where they are small', () => {
    expect(scoringBatch({ size: 64, width: 32 })).toBe(64)
    expect(scoringBatch({ size: 32, width: 8 })).toBe(64)
  })

  it('is smaller for networks whose tiles need more memory, and never nothing', () => {
    // 4 * 64 * 64 * 256 * 4 bytes = 16 MiB a tile.
    expect(scoringBatch({ size: 128, width: 256 })).toBe(8)
    expect(scoringBatch({ size: 1024, width: 256 })).toBe(1)
  })
})
