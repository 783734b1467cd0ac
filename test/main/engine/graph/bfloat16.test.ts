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
      hasBfloat16(processor(`model name\t: any\nflags\t\t: fpu avx512f ${flag} sse2\nbugs\t\t:\n`)),
    ).toBe(true)
  })

  it('is there with bf16 among the features of an ARM processor', () => {
    expect(hasBfloat16(processor('processor\t: 0\nFeatures\t: fp asimd bf16 sve\n'))).toBe(true)
  })

  it('is not there where no flag says so, or where nothing tells', () => {
    expect(hasBfloat16(processor('flags\t\t: fpu avx512f avx512_vnni\n'))).toBe(false)
    expect(hasBfloat16(join(temporaryFolder(), 'absent'))).toBe(false)
  })
})
