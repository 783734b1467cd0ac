import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { hasBfloat16 } from '../../../../src/main/engine/graph/bfloat16.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'

function processor(text: string): string {
  const file = join(temporaryFolder(), 'cpuinfo')
  writeFileSync(file, text)
  return file
}

describe('bfloat16', () => {
  it.each(['avx512_bf16', 'amx_bf16'])('is there with %s among the flags of an x86 processor', (flag) => {
    expect(
      hasBfloat16(processor(`model name\t: any\nflags\t\t: fpu avx512f ${flag} sse2\nbugs\t\t:\n`), {}),
    ).toBe(true)
  })

  it('is there with bf16 among the features of an ARM processor', () => {
    expect(hasBfloat16(processor('processor\t: 0\nFeatures\t: fp asimd bf16 sve\n'), {})).toBe(true)
  })

  it('is not there where no flag says so, or where nothing tells', () => {
    expect(hasBfloat16(processor('flags\t\t: fpu avx512f avx512_vnni\n'), {})).toBe(false)
    expect(hasBfloat16(join(temporaryFolder(), 'absent'), {})).toBe(false)
  })

  // The values that oneDNN documents, from the oldest processor on.
  it.each([
    ...['SSE41', 'AVX', 'AVX2', 'AVX2_VNNI', 'AVX2_VNNI_2', 'AVX512_CORE', 'AVX512_CORE_VNNI'].map(
      (value) => ({ value, there: false }),
    ),
    ...['AVX512_CORE_BF16', 'AVX512_CORE_FP16', 'AVX512_CORE_AMX', 'AVX512_CORE_AMX_FP16'].map((value) => ({
      value,
      there: true,
    })),
    { value: 'avx2', there: false },
    { value: 'DEFAULT', there: true },
    { value: 'no value that oneDNN knows', there: true },
    { value: '', there: true },
  ])('is there: $there, where oneDNN is held back to "$value"', ({ value, there }) => {
    const file = processor('flags\t\t: fpu avx512f avx512_bf16\n')
    expect(hasBfloat16(file, { ONEDNN_MAX_CPU_ISA: value })).toBe(there)
  })

  it('is not there on a processor without it, whatever oneDNN is held back to', () => {
    const file = processor('flags\t\t: fpu avx2\n')
    expect(hasBfloat16(file, { ONEDNN_MAX_CPU_ISA: 'AVX512_CORE_BF16' })).toBe(false)
  })
})
