import { describe, expect, it } from 'vitest'
import { instructionsIn, processor } from '../../../../src/main/features/doctor/processor.ts'

describe('instruction sets', () => {
  it('are read from the flags of Linux', () => {
    const flags = 'flags\t\t: fpu sse sse4_1 sse4_2 avx f16c fma avx2 avx512f avx512_vnni amx_tile'
    expect(instructionsIn(flags)).toEqual(['SSE4.2', 'AVX', 'FMA', 'AVX2', 'AVX-512', 'AVX-512 VNNI', 'AMX'])
  })

  it('are read from the features of an Arm processor', () => {
    expect(instructionsIn('Features\t: fp asimd evtstrm sve bf16')).toEqual(['NEON', 'SVE', 'BF16'])
  })

  it('are read from sysctl of macOS, where a feature can be there and off', () => {
    expect(
      instructionsIn(
        'machdep.cpu.features: FPU SSE4.2 AVX1.0 FMA\nmachdep.cpu.leaf7_features: AVX2\nhw.optional.avx512f: 0',
      ),
    ).toEqual(['SSE4.2', 'AVX', 'FMA', 'AVX2'])
    expect(instructionsIn('hw.optional.AdvSIMD: 1\nhw.optional.arm.FEAT_BF16: 0')).toEqual([])
    expect(instructionsIn('hw.optional.arm.AdvSIMD: 1\nhw.optional.arm.FEAT_BF16: 1')).toEqual([
      'NEON',
      'BF16',
    ])
  })

  it('are not part of a longer name', () => {
    expect(instructionsIn('flags : avx512_fp16 sve2')).toEqual([])
  })

  it('are asked of the system on Windows, and unknown where it does not answer', async () => {
    const asked: string[] = []
    const told = await processor(async (program) => {
      asked.push(program)
      return 'sse4_2\r\navx\r\navx2\r\n'
    }, 'win32')
    expect([asked, told.instructions]).toEqual([['powershell'], ['SSE4.2', 'AVX', 'AVX2']])
    expect((await processor(async () => null, 'win32')).instructions).toBeNull()
  })
})
