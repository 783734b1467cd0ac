import { describe, expect, it } from 'vitest'
import { nvidiaGpus } from '../../../../src/main/features/doctor/graphics.ts'

describe('GPUs', () => {
  it('are those that the driver lists', async () => {
    const listed = 'NVIDIA H100 80GB HBM3, 550.54.15, 81559\nNVIDIA RTX A2000, 550.54.15, 6138\n'
    expect(await nvidiaGpus(async () => listed)).toEqual([
      { name: 'NVIDIA H100 80GB HBM3', driver: '550.54.15', memoryBytes: 81559 * 2 ** 20 },
      { name: 'NVIDIA RTX A2000', driver: '550.54.15', memoryBytes: 6138 * 2 ** 20 },
    ])
  })

  it('are none where there is no driver, or it only complains', async () => {
    expect(await nvidiaGpus(async () => null)).toEqual([])
    expect(await nvidiaGpus(async () => 'No devices were found\n')).toEqual([])
  })
})
