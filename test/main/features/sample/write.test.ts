import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defectTypes } from '../../../../src/main/features/sample/defects.ts'
import { type SampleSummary, writeSampleLine } from '../../../../src/main/features/sample/write.ts'

const plan = { seed: 7, trainCount: 6, testGoodCount: 4, perDefectCount: 2 }

let root: string
let written: SampleSummary

/** SHA-256 of each file, by its path inside the folder. */
async function fingerprint(dir: string): Promise<Record<string, string>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const hashes = await Promise.all(
    files.map(async (file) => [
      relative(dir, file).replaceAll('\\', '/'),
      createHash('sha256')
        .update(await readFile(file))
        .digest('hex'),
    ]),
  )
  return Object.fromEntries(hashes.sort())
}

async function gray(file: string): Promise<Uint8Array> {
  return sharp(file).raw().toBuffer()
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'fanoscope-sample-'))
  written = await writeSampleLine(join(root, 'line'), plan)
})

afterAll(async () => {
  await rm(root, { recursive: true, force: true })
})

describe('the sample line', () => {
  it('has the MVTec layout, one mask for each defective part and none for a good one', async () => {
    const files = Object.keys(await fingerprint(written.dir))
    const inside = (folder: string) => files.filter((file) => file.startsWith(`${folder}/`))
    expect(inside('train/good')).toHaveLength(6)
    expect(inside('test/good')).toHaveLength(4)
    for (const type of defectTypes) {
      const stems = inside(`test/${type}`).map((file) => file.slice(`test/${type}/`.length, -'.png'.length))
      expect(stems).toHaveLength(2)
      expect(inside(`ground_truth/${type}`)).toEqual(
        stems.map((stem) => `ground_truth/${type}/${stem}_mask.png`),
      )
    }
    expect(files).toHaveLength(6 + 4 + 5 * 2 * 2 + 1)
    expect(written.images).toEqual({
      trainGood: 6,
      testGood: 4,
      defects: { scratch: 2, dent: 2, stain: 2, chip: 2, burr: 2 },
    })
  })

  it('shows each part once: its number in production appears in one folder only', async () => {
    const files = Object.keys(await fingerprint(written.dir))
    const parts = files.filter((file) => /^(train|test)\//.test(file)).map((file) => file.split('/').at(-1))
    expect(new Set(parts).size).toBe(20)
    expect([...parts].sort()[0]).toBe('part-0001.png')
    expect([...parts].sort().at(-1)).toBe('part-0020.png')
  })

  it('says that it is synthetic, with its seed and licence', async () => {
    const text = await readFile(join(written.dir, 'README.txt'), 'utf8')
    expect(text).toContain('SYNTHETIC')
    expect(text).toContain('Seed: 7')
    expect(text).toContain('CC0')
    expect(written.synthetic).toBe(true)
  })

  it('is 8-bit gray PNG of 256 by 256, and masks hold 0 and 255 alone', async () => {
    for (const file of Object.keys(await fingerprint(written.dir))) {
      if (!file.endsWith('.png')) continue
      const path = join(written.dir, file)
      const { format, width, height, channels, depth } = await sharp(path).metadata()
      expect({ format, width, height, channels, depth }, file).toEqual({
        format: 'png',
        width: 256,
        height: 256,
        channels: 1,
        depth: 'uchar',
      })
      if (!file.endsWith('_mask.png')) continue
      const values = new Set(await gray(path))
      expect([...values].sort(), file).toEqual([0, 255])
    }
  })

  it('is the same, byte for byte, for the same seed, and another for another seed', async () => {
    const again = await writeSampleLine(join(root, 'again'), plan)
    const other = await writeSampleLine(join(root, 'other'), { ...plan, seed: 8 })
    const first = await fingerprint(written.dir)
    expect(await fingerprint(again.dir)).toEqual(first)
    const differing = Object.values(await fingerprint(other.dir)).filter((hash) =>
      Object.values(first).includes(hash),
    )
    expect(differing).toEqual([])
  })

  it('tells of each part as it is written', async () => {
    const seen: string[] = []
    await writeSampleLine(join(root, 'progress'), {
      seed: 1,
      trainCount: 3,
      testGoodCount: 0,
      perDefectCount: 0,
      onProgress: (done, total) => seen.push(`${done}/${total}`),
    })
    expect(seen).toEqual(['1/3', '2/3', '3/3'])
    expect(await readdir(join(root, 'progress'))).toEqual(['README.txt', 'train'])
  })
})

describe('a folder that the sample line cannot have', () => {
  const small = { seed: 1, trainCount: 1, testGoodCount: 0, perDefectCount: 0 }

  it('is refused when it holds anything, which is left as it was', async () => {
    const dir = join(root, 'taken')
    await mkdir(dir)
    await writeFile(join(dir, 'mine.txt'), 'mine')
    await expect(writeSampleLine(dir, small)).rejects.toMatchObject({ code: 'sample-target-not-empty' })
    expect(await readdir(dir)).toEqual(['mine.txt'])
  })

  it('is refused when it is a file', async () => {
    const file = join(root, 'a-file')
    await writeFile(file, 'x')
    await expect(writeSampleLine(file, small)).rejects.toMatchObject({ code: 'sample-target-not-empty' })
  })

  it('is refused when it would lie inside a file', async () => {
    const file = join(root, 'another-file')
    await writeFile(file, 'x')
    await expect(writeSampleLine(join(file, 'below'), small)).rejects.toMatchObject({
      code: 'sample-not-written',
    })
  })

  it('is taken when it exists and is empty', async () => {
    const dir = join(root, 'empty')
    await mkdir(dir)
    await writeSampleLine(dir, small)
    expect(await readdir(join(dir, 'train', 'good'))).toEqual(['part-0001.png'])
  })

  it('is not there at all when the writing was stopped half-way', async () => {
    const stop = new AbortController()
    const writing = writeSampleLine(join(root, 'stopped'), {
      seed: 1,
      trainCount: 50,
      onProgress: (done) => {
        if (done === 2) stop.abort(new Error('the operator stopped it'))
      },
      signal: stop.signal,
    })
    await expect(writing).rejects.toThrow('the operator stopped it')
    expect((await readdir(root)).filter((name) => name.includes('stopped'))).toEqual([])
  })

  it.each([{ seed: -1 }, { seed: 0.5 }, { trainCount: 0 }, { perDefectCount: -3 }])(
    'is not begun with %o',
    async (wrong) => {
      await expect(writeSampleLine(join(root, 'wrong'), wrong)).rejects.toMatchObject({
        code: 'sample-options',
      })
    },
  )
})
