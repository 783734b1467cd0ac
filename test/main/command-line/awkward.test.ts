/** The files that an importer meets in a factory, through `import --json`. */
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { temporaryFolder } from '../store/temporary-folder.ts'
import { documents } from './documents.ts'
import { fanoscope } from './fanoscope.ts'

const awkward = resolve('../shared/data/awkward')
const expectedSchema = z.record(
  z.string(),
  z.object({ outcome: z.enum(['ok', 'refused', 'duplicate']), reason: z.string().optional() }),
)

describe.skipIf(!existsSync(awkward))('import --json of the awkward folder', () => {
  it('tells of each file what is expected of it', async () => {
    const { code, document } = await fanoscope([
      'import',
      awkward,
      '--dataset',
      'awkward',
      '--workspace',
      join(temporaryFolder(), 'w'),
      '--json',
    ])
    expect(code).toBe(0)
    const report = documents.import.parse(document())
    const refused = new Map(report.refused.map(({ file, reason }) => [file, reason]))
    const duplicates = new Map(report.duplicates.map(({ file, of }) => [file, of]))
    const expected = expectedSchema.parse(JSON.parse(readFileSync(join(awkward, 'expected.json'), 'utf8')))
    for (const [file, { outcome, reason = '' }] of Object.entries(expected)) {
      if (outcome === 'refused') expect(refused.get(file)).toContain(reason)
      else expect(refused.has(file)).toBe(false)
      if (outcome === 'duplicate') expect(duplicates.get(file)).toBe('gray.png')
    }
    // Three files that are "ok" have the bytes of gray.png as well: read, and not counted twice.
    const read = Object.values(expected).filter(({ outcome }) => outcome !== 'refused').length
    expect(report.imported + duplicates.size).toBe(read)
  })
})
