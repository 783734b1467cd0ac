import { rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { importFolder } from '../../../../src/main/features/import/import-folder.ts'
import { freshWorkspace } from '../../store/stocked-workspace.ts'
import { photograph, writeFolder } from './photographs.ts'

it('imports 2,000 photographs in the memory that 1,000 take', async () => {
  const folder = join(resolve('node_modules/.cache'), `fanoscope-memory-${process.pid}`)
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (let i = 0; i < 2000; i += 100) {
    const names = Array.from({ length: 100 }, (_, k) => i + k)
    const files = await Promise.all(
      names.map(async (n) => [`good/${n}.png`, await photograph(n, 120, 80)] as const),
    )
    await writeFolder(folder, Object.fromEntries(files))
  }
  const peaks = [0, 0]
  const report = await importFolder(freshWorkspace(), {
    folder,
    dataset: 'parts',
    onProgress({ done }) {
      const half = done <= 1000 ? 0 : 1
      peaks[half] = Math.max(peaks[half] ?? 0, process.memoryUsage.rss())
    },
  })
  expect(report.imported).toBe(2000)
  const [first = 0, second = 0] = peaks
  expect(second / first).toBeLessThan(1.1)
})
