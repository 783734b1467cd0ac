/**
 * Files of kinds that other programs are known to read wrongly: TIFF of cameras, odd PNG and JPEG. What is right is
 * said beside them, in EXPECTED.json: the SHA-1 of the pixels, or words of the refusal.
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { decodeImage } from '../../../src/main/images/decode.ts'
import { ImageRefusal } from '../../../src/main/images/refusal.ts'
import { wordsIn } from '../../../src/shared/messages/words.ts'

const cases = resolve('../shared/data/cases')
const isThere = existsSync(cases)
if (!isThere) console.log(`skipped: the cases of odd image files, because ${cases} is absent`)

const outcomes = z.enum(['ok', 'refused'])
const wantedSchema = z.record(
  z.string(),
  z.object({
    outcome: z.union([outcomes.transform((one) => [one]), z.array(outcomes)]),
    width: z.number().optional(),
    height: z.number().optional(),
    bitDepth: z.number().optional(),
    channels: z.number().optional(),
    sha1: z.string().optional(),
    mean: z.number().optional(),
    tolerance: z.number().default(3),
    /** Parts of the words of a warning, and of the refusal, and what that must not say. */
    warn: z.string().optional(),
    reason: z.string().default('.'),
    reasonNot: z.string().optional(),
  }),
)
type Wanted = z.infer<typeof wantedSchema>[string]

const english = wordsIn('en')

/** What the file came to, in the terms of what is wanted. */
async function read(file: string) {
  try {
    const { data, warnings, ...image } = await decodeImage(file)
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    return {
      outcome: 'ok' as const,
      ...image,
      sha1: createHash('sha1').update(bytes).digest('hex'),
      mean: Array.from(data).reduce((sum, value) => sum + value, 0) / data.length,
      warnings: warnings.map((warning) => `${warning.code} ${english.text('warning', warning)}`),
    }
  } catch (error) {
    if (!(error instanceof ImageRefusal)) throw error
    return { outcome: 'refused' as const, reason: `${error.code} ${english.text('failure', error, 'title')}` }
  }
}

function check(found: Awaited<ReturnType<typeof read>>, wanted: Wanted): void {
  expect(wanted.outcome).toContain(found.outcome)
  if (found.outcome === 'refused') {
    expect(found.reason).toMatch(new RegExp(wanted.reason, 'i'))
    if (wanted.reasonNot !== undefined) expect(found.reason).not.toMatch(new RegExp(wanted.reasonNot, 'i'))
    return
  }
  const { width, height, bitDepth, channels, sha1 } = wanted
  const stated = Object.entries({ width, height, bitDepth, channels, sha1 }).filter(
    ([, value]) => value !== undefined,
  )
  expect(found).toMatchObject(Object.fromEntries(stated))
  if (wanted.mean !== undefined) expect(Math.abs(found.mean - wanted.mean)).toBeLessThan(wanted.tolerance)
  if (wanted.warn !== undefined) {
    expect(found.warnings).toContainEqual(expect.stringMatching(new RegExp(wanted.warn, 'i')))
  }
}

const folders = [
  '16-tiff-depths',
  '18-tiff-thumbnail-page',
  '20-tiff-compressions',
  '23-png-odd',
  '24-jpeg-odd',
]

describe.skipIf(!isThere)('odd files', () => {
  for (const folder of isThere ? folders : []) {
    const wanted = wantedSchema.parse(JSON.parse(readFileSync(join(cases, folder, 'EXPECTED.json'), 'utf8')))
    for (const [file, how] of Object.entries(wanted)) {
      it(`${folder}: ${file} is ${how.outcome.join(' or ')}`, async () => {
        check(await read(join(cases, folder, file)), how)
      })
    }
  }

  it('reads the packed samples of a camera, not only their kind', async () => {
    for (const [bits, most] of [
      [10, 803],
      [12, 3212],
      [14, 12_848],
    ]) {
      const { data } = await decodeImage(join(cases, '16-tiff-depths', `packed${bits}.tif`))
      expect(Array.from(data).reduce((top, value) => Math.max(top, value), 0)).toBe(most)
    }
  })
})
