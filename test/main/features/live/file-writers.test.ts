/** Who writes to a file, as the system tells it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { askWriters } from '../../../../src/main/features/live/file-writers.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'

const cannotTell = process.platform !== 'linux' && process.platform !== 'win32'

/** A process that has opened the file until the test ends. */
async function holding(path: string, flags: 'r' | 'r+'): Promise<void> {
  const program = `require('node:fs').openSync(process.argv[1], process.argv[2])
    console.log('open')
    setInterval(() => undefined, 1000)`
  const child = spawn(process.execPath, ['-e', program, path, flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill())
  await once(child.stdout, 'data')
}

describe.skipIf(cannotTell)('a file that another process has opened', () => {
  it('to write to it is told as open', async () => {
    const path = join(temporaryFolder(), 'part.bmp')
    writeFileSync(path, 'x')
    await holding(path, 'r+')
    expect(Object.fromEntries(await askWriters([path]))).toEqual({ [path]: 'open' })
  })

  it.skipIf(process.platform === 'win32')('to read it is not', async () => {
    const path = join(temporaryFolder(), 'part.bmp')
    writeFileSync(path, 'x')
    await holding(path, 'r')
    expect((await askWriters([path])).get(path)).not.toBe('open')
  })
})
