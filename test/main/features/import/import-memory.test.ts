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
  // What is being read at a moment comes and goes with buffers of a megabyte, what is held stays: so of the moments
  // before a thousand photographs, and before two thousand, the one counts at which least was in memory.
  const held = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  let measured = 0
  const report = await importFolder(freshWorkspace(), {
    folder,
    dataset: 'parts',
    onProgress({ done }) {
      const at = Math.ceil(done / 1000) - 1
      if (done % 1000 < 500 && done % 1000 !== 0) return
      if (done < measured + 40) return
      measured = done
      held[at] = Math.min(held[at] ?? Number.NaN, bytesHeld())
    },
  })
  expect(report.imported).toBe(2000)
  const [first = Number.NaN, second = Number.NaN] = held
  expect((second - first) / 1000).toBeLessThan((width * height) / 10)
})
