import { rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it, onTestFinished } from 'vitest'
import { importFolder } from '../../../../src/main/features/import/import-folder.ts'
import { freshWorkspace } from '../../store/stocked-workspace.ts'
import { photograph, writeFolder } from './photographs.ts'

const [width, height] = [120, 80]

/** What JavaScript holds once all that nothing refers to is gone: unlike resident memory it depends on no allocator. */
function bytesHeld(): number {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect !== 'function') throw new TypeError('V8 gives no way to collect garbage.')
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

it('imports 2,000 photographs in the memory that 1,000 take', async () => {
  const folder = join(resolve('node_modules/.cache'), `fanoscope-memory-${process.pid}`)
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (let i = 0; i < 2000; i += 100) {
    const names = Array.from({ length: 100 }, (_, k) => i + k)
    const files = await Promise.all(
      names.map(async (n) => [`good/${n}.png`, await photograph(n, width, height)] as const),
    )
    await writeFolder(folder, Object.fromEntries(files))
  }
  const held: number[] = []
  const report = await importFolder(freshWorkspace(), {
    folder,
    dataset: 'parts',
    onProgress({ done }) {
      if (done >= 1000 * (held.length + 1)) held.push(bytesHeld())
    },
  })
  expect(report.imported).toBe(2000)
  const [first = Number.NaN, second = Number.NaN] = held
  // The few that are being read at either moment make a difference of some bytes for each of the thousand between.
  expect((second - first) / 1000).toBeLessThan((width * height) / 10)
})
