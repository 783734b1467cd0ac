import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  listCheckpoints,
  readNewestCheckpoint,
  writeCheckpoint,
} from '../../../../src/main/engine/training/checkpoint.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'

const tensors = (value: number) => ({ w: { shape: [2], data: Float32Array.from([value, -value]) } })

/** Checkpoints at steps 10, 20 and 30. */
async function three(): Promise<string> {
  const folder = join(temporaryFolder(), 'checkpoints')
  for (const step of [10, 20, 30])
    await writeCheckpoint(folder, step, { tensors: tensors(step), state: { step } })
  return folder
}

/** Changes one byte in the middle of the last value. */
function flipByte(file: string): void {
  const bytes = readFileSync(file)
  bytes[bytes.length - 3] = (bytes[bytes.length - 3] ?? 0) ^ 0x10
  writeFileSync(file, bytes)
}

const damages: [string, (file: string) => void][] = [
  ['with a changed byte', flipByte],
  ['that is cut off', (file) => truncateSync(file, 40)],
  ['that is empty', (file) => truncateSync(file, 0)],
  [
    'that is a folder',
    (file) => {
      rmSync(file)
      mkdirSync(file)
    },
  ],
]

describe('checkpoints', () => {
  it('are kept two at a time, newest first', async () => {
    expect(listCheckpoints(await three())).toEqual(['000000030.safetensors', '000000020.safetensors'])
  })

  it('give back the newest', async () => {
    const notices: string[] = []
    const read = await readNewestCheckpoint(await three(), (notice) => notices.push(notice))
    expect(read).toEqual({ tensors: tensors(30), state: { step: 30 } })
    expect(notices).toEqual([])
  })

  it.each(damages)('pass over one %s for the one before, and say so by its name', async (_, damage) => {
    const folder = await three()
    damage(join(folder, '000000030.safetensors'))
    const notices: string[] = []
    const read = await readNewestCheckpoint(folder, (notice) => notices.push(notice))
    expect(read).toEqual({ tensors: tensors(20), state: { step: 20 } })
    expect(notices).toEqual([expect.stringContaining('000000030.safetensors')])
  })

  it('go on from the one before where the newest is gone', async () => {
    const folder = await three()
    rmSync(join(folder, '000000030.safetensors'))
    expect((await readNewestCheckpoint(folder, () => undefined))?.state).toEqual({ step: 20 })
  })

  it('are an error that names every file where none is whole', async () => {
    const folder = await three()
    for (const name of readdirSync(folder)) flipByte(join(folder, name))
    await expect(readNewestCheckpoint(folder, () => undefined)).rejects.toMatchObject({
      code: 'checkpoint-corrupt',
      message: expect.stringMatching(/checkpoints.*000000030\.safetensors.*000000020\.safetensors/),
      remedy: expect.stringContaining('backup'),
    })
  })

  it('are none where there is no folder, and half-written ones do not count', async () => {
    const folder = temporaryFolder()
    expect(await readNewestCheckpoint(join(folder, 'none'), () => undefined)).toBeNull()
    writeFileSync(join(folder, '.writing-1'), 'half')
    expect(await readNewestCheckpoint(folder, () => undefined)).toBeNull()
  })
})
