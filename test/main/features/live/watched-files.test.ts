/** Cameras that write in different ways, each step by step, and a clock that only the test moves. */
import { createHash } from 'node:crypto'
import {
  closeSync,
  ftruncateSync,
  futimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import type { Writing } from '../../../../src/main/features/live/file-writers.ts'
import { standardTimes } from '../../../../src/main/features/live/readiness.ts'
import {
  createWatchedFiles,
  type Taking,
  type WatchedFilesOptions,
} from '../../../../src/main/features/live/watched-files.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { bitmapPart, grayBitmap } from './bitmap.ts'

const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** A watched folder that is looked at when the test says so. */
function watched(options: Partial<Pick<WatchedFilesOptions, 'knownAs'>> = {}) {
  const folder = join(temporaryFolder(), 'camera')
  mkdirSync(folder)
  let now = 1_000_000
  /** What the system tells of who writes. */
  let writing: Writing = 'unknown'
  let answer: Taking | null = null
  const told: { file: string; sha256: string; isCut: boolean; isFinal: boolean; doubtfulTail: number }[] = []
  const lost: string[] = []
  const files = createWatchedFiles({
    folder,
    knownAs: () => null,
    times: standardTimes,
    clock: () => now,
    askWriters: async (paths) => new Map(paths.map((path) => [path, writing])),
    signal: new AbortController().signal,
    ...options,
  })
  async function look(noticed: readonly string[] = []): Promise<void> {
    const names = readdirSync(folder)
    lost.push(...files.keepOnly(new Set(names)))
    await files.look(names, new Set(noticed))
    for (const file of await files.ready()) {
      const sha256 = hash(readFileSync(join(folder, file.file)))
      if (answer === null) {
        const { isCut, isFinal, doubtfulTail } = file
        told.push({ file: file.file, sha256, isCut, isFinal, doubtfulTail })
      }
      files.settle(file, answer ?? { sha256 })
    }
  }
  return {
    path: (name: string) => join(folder, name),
    told,
    lost,
    unfinished: () => files.unfinished(),
    look,
    tells(next: Writing) {
      writing = next
    },
    answers(next: Taking | null) {
      answer = next
    },
    /** So many milliseconds pass, with looks as often as a running watch makes them. */
    async pass(milliseconds: number, noticed: readonly string[] = []) {
      const end = now + milliseconds
      await look(noticed)
      while (now < end) {
        now = Math.min(end, now + standardTimes.settle)
        await look()
      }
    },
    /** What the pictures of these parts are told as, each once and whole. */
    whole: (parts: Record<string, Buffer> | [string, Buffer][]) =>
      (Array.isArray(parts) ? parts : Object.entries(parts)).map(([file, bytes]) => ({
        file,
        sha256: hash(bytes),
        isCut: false,
      })),
  }
}
type Watched = ReturnType<typeof watched>

const plain = (told: Watched['told']) => told.map(({ file, sha256, isCut }) => ({ file, sha256, isCut }))

const samples = (number: number) => ({
  raw: { width: 48, height: 48, channels: 1 } as const,
  data: Uint8Array.from({ length: 48 * 48 }, (_, i) => 50 + ((i * i + number * 13) % 180)),
})

async function partOf(kind: string, number: number): Promise<Buffer> {
  if (kind === 'bmp') return bitmapPart(number, 48)
  const { raw, data } = samples(number)
  const picture = sharp(data, { raw }).toColourspace('b-w')
  switch (kind) {
    case 'png':
      return picture.png().toBuffer()
    case 'jpg':
      return picture.jpeg().toBuffer()
    case 'webp':
      return picture.webp().toBuffer()
    default:
      return picture.tiff({ compression: 'none' }).toBuffer()
  }
}

const kinds = ['bmp', 'png', 'jpg', 'tif', 'webp']

interface Steps {
  steps: number
  pause: number
  /** The full size is reserved first. */
  isReserved?: boolean
  /** The time, in seconds, that is set after each step. */
  keep?: number
  between?: () => void
}

async function write(
  camera: Watched,
  name: string,
  bytes: Buffer,
  { steps, pause, isReserved = false, keep, between }: Steps,
): Promise<void> {
  const file = openSync(camera.path(name), 'w')
  const setTime = (): void => {
    if (keep !== undefined) futimesSync(file, keep, keep)
  }
  try {
    if (isReserved) ftruncateSync(file, bytes.length)
    setTime()
    const length = Math.ceil(bytes.length / steps)
    for (let step = 0; step < steps; step++) {
      const part = bytes.subarray(step * length, (step + 1) * length)
      writeSync(file, part, 0, part.length, step * length)
      setTime()
      between?.()
      await camera.pass(pause)
    }
  } finally {
    closeSync(file)
  }
  setTimes(camera.path(name), keep)
}

function setTimes(path: string, keep: number | undefined): void {
  if (keep !== undefined) utimesSync(path, keep, keep)
}

describe('a part is told of once, from its whole picture', () => {
  it.each(kinds)('where a %s comes in many pieces', async (kind) => {
    const camera = watched()
    const part = await partOf(kind, 1)
    await write(camera, `part.${kind}`, part, { steps: 20, pause: 100 })
    await camera.pass(5000)
    expect(plain(camera.told)).toEqual(camera.whole({ [`part.${kind}`]: part }))
  })

  it.each(kinds)('where the writer of a %s pauses for eight seconds in the middle', async (kind) => {
    const camera = watched()
    const part = await partOf(kind, 2)
    await write(camera, `part.${kind}`, part, { steps: 2, pause: 8000 })
    await camera.pass(5000)
    expect(plain(camera.told)).toEqual(camera.whole({ [`part.${kind}`]: part }))
  })

  it.each(kinds)('where the size of a %s is reserved before the bytes come', async (kind) => {
    const camera = watched()
    const part = await partOf(kind, 3)
    await write(camera, `part.${kind}`, part, { steps: 8, pause: 500, isReserved: true })
    await camera.pass(5000)
    expect(plain(camera.told)).toEqual(camera.whole({ [`part.${kind}`]: part }))
  })

  it.each(kinds)('where the size of a %s is reserved and the writer pauses for long', async (kind) => {
    const camera = watched()
    const part = await partOf(kind, 4)
    await write(camera, `part.${kind}`, part, { steps: 3, pause: 15_000, isReserved: true })
    await camera.pass(5000)
    expect(plain(camera.told)).toEqual(camera.whole({ [`part.${kind}`]: part }))
  })

  it.each(kinds)('where neither size nor time of a %s moves while it is written', async (kind) => {
    const camera = watched()
    const part = await partOf(kind, 5)
    const steps = { steps: 8, pause: 500, isReserved: true, keep: 1_700_000_000 }
    await write(camera, `part.${kind}`, part, steps)
    await camera.pass(5000)
    expect(plain(camera.told)).toEqual(camera.whole({ [`part.${kind}`]: part }))
  })

  it.each([-86_400, 1, 315_532_800, 2_147_483_648, 4_354_819_200])(
    'where its time is %d seconds after 1970',
    async (keep) => {
      const camera = watched()
      const part = await partOf('png', 6)
      await write(camera, 'part.png', part, { steps: 1, pause: 0, keep })
      await camera.pass(5000)
      expect(plain(camera.told)).toEqual(camera.whole({ 'part.png': part }))
    },
  )

  it('where it is written under another name first', async () => {
    const camera = watched()
    const part = await partOf('bmp', 7)
    await write(camera, '.part.bmp.tmp', part, { steps: 5, pause: 200 })
    renameSync(camera.path('.part.bmp.tmp'), camera.path('part.bmp'))
    await camera.pass(5000)
    expect(plain(camera.told).filter(({ file }) => file === 'part.bmp')).toEqual(
      camera.whole({ 'part.bmp': part }),
    )
  })

  it('where three hundred come at once', async () => {
    const camera = watched()
    const parts: [string, Buffer][] = Array.from({ length: 300 }, (_, i) => [
      `burst_${String(i).padStart(3, '0')}.bmp`,
      bitmapPart(i),
    ])
    for (const [name, part] of parts) writeFileSync(camera.path(name), part)
    await camera.pass(2000)
    const byName = (a: { file: string }, b: { file: string }): number => (a.file < b.file ? -1 : 1)
    expect(plain(camera.told).sort(byName)).toEqual(camera.whole(parts))
  })

  it('where a program that has ended its work on it is known to', async () => {
    const camera = watched()
    camera.tells('closed')
    const dark = grayBitmap(32, 32, (_, y) => (y < 24 ? 90 : 0))
    writeFileSync(camera.path('dark.bmp'), dark)
    await camera.pass(6000)
    expect(plain(camera.told)).toEqual(camera.whole({ 'dark.bmp': dark }))
  })
})

describe('a part whose size was reserved', () => {
  it.each(kinds)(
    'is not told of between two chunks of a %s that are written by two openings',
    async (kind) => {
      const camera = watched()
      camera.tells('closed')
      const part = await partOf(kind, 11)
      await write(camera, `part.${kind}`, part, { steps: 4, pause: 3000, isReserved: true })
      await camera.pass(6000)
      expect(plain(camera.told)).toEqual(camera.whole({ [`part.${kind}`]: part }))
    },
  )
})

describe('names that a camera uses again', () => {
  const ring = async (camera: Watched, pause: number, keep?: number, noticed = false) => {
    const parts: [string, Buffer][] = Array.from({ length: 12 }, (_, i) => [
      `cam_${i % 4}.bmp`,
      bitmapPart(100 + i),
    ])
    for (const [name, part] of parts) {
      writeFileSync(camera.path(name), part)
      setTimes(camera.path(name), keep)
      await camera.pass(pause, noticed ? [name] : [])
    }
    await camera.pass(3000)
    return parts
  }

  it('are each time another part', async () => {
    const camera = watched()
    const parts = await ring(camera, 1000)
    expect(plain(camera.told)).toEqual(camera.whole(parts))
  })

  it('are so where the time of the file does not move', async () => {
    const camera = watched()
    const parts = await ring(camera, 1000, 1_700_000_000)
    expect(plain(camera.told)).toEqual(camera.whole(parts))
  })

  it('are so where the system gives notice of each', async () => {
    const camera = watched()
    const parts = await ring(camera, 1000, 1_700_000_000, true)
    expect(plain(camera.told)).toEqual(camera.whole(parts))
  })

  it('are so where the picture is the same again and the file was written', async () => {
    const camera = watched()
    const part = bitmapPart(1)
    for (let i = 0; i < 3; i++) {
      rmSync(camera.path('cam.bmp'), { force: true })
      writeFileSync(camera.path('cam.bmp'), part)
      await camera.pass(2000)
    }
    expect(camera.told).toHaveLength(3)
  })
})

describe('a file that was told of is not told of again', () => {
  it('where it gets another name', async () => {
    const camera = watched()
    writeFileSync(camera.path('new.bmp'), bitmapPart(1))
    await camera.pass(2000)
    renameSync(camera.path('new.bmp'), camera.path('part 1.bmp'))
    await camera.pass(5000)
    expect(camera.told.map(({ file }) => file)).toEqual(['new.bmp'])
  })

  it('where its time is set after it was written', async () => {
    const camera = watched()
    writeFileSync(camera.path('part.bmp'), bitmapPart(1))
    await camera.pass(2000)
    setTimes(camera.path('part.bmp'), 1_600_000_000)
    await camera.pass(5000)
    expect(camera.told).toHaveLength(1)
  })

  it('where an earlier process did so', async () => {
    const part = bitmapPart(1)
    const camera = watched({ knownAs: () => ({ sha256: hash(part) }) })
    writeFileSync(camera.path('part.bmp'), part)
    await camera.pass(5000)
    writeFileSync(camera.path('part.bmp'), bitmapPart(2))
    await camera.pass(5000)
    expect(plain(camera.told)).toEqual(camera.whole({ 'part.bmp': bitmapPart(2) }))
  })
})

describe('an unfinished file', () => {
  const cut = async (kind: string) => {
    const part = await partOf(kind, 9)
    return part.subarray(0, Math.floor(part.length / 2))
  }

  it.each(kinds)('of the kind %s is named, then given up, and told of once', async (kind) => {
    const camera = watched()
    writeFileSync(camera.path(`cut.${kind}`), await cut(kind))
    await camera.pass(11_000)
    expect(camera.unfinished()).toEqual([])
    await camera.pass(20_000)
    expect(camera.unfinished()).toEqual([`cut.${kind}`])
    expect(camera.told).toEqual([])
    await camera.pass(120_000)
    expect(camera.told).toMatchObject([{ file: `cut.${kind}`, isCut: true, isFinal: true }])
    expect(camera.unfinished()).toEqual([])
  })

  it('that nobody writes any more is given up sooner', async () => {
    const camera = watched()
    camera.tells('closed')
    writeFileSync(camera.path('cut.png'), await cut('png'))
    await camera.pass(16_000)
    expect(camera.told).toMatchObject([{ file: 'cut.png', isCut: true }])
  })

  it('that a program still holds is never given up', async () => {
    const camera = watched()
    camera.tells('open')
    writeFileSync(camera.path('cut.png'), await cut('png'))
    await camera.pass(600_000)
    expect(camera.told).toEqual([])
    expect(camera.unfinished()).toEqual(['cut.png'])
    const part = await partOf('png', 9)
    writeFileSync(camera.path('cut.png'), part)
    await camera.pass(3000)
    expect(plain(camera.told)).toEqual(camera.whole({ 'cut.png': part }))
    expect(camera.unfinished()).toEqual([])
  })

  it('that vanishes was no part', async () => {
    const camera = watched()
    for (const kind of kinds) writeFileSync(camera.path(`vanish.${kind}`), (await cut(kind)).subarray(0, 50))
    await camera.pass(600)
    for (const kind of kinds) rmSync(camera.path(`vanish.${kind}`))
    await camera.pass(200_000)
    expect(camera.told).toEqual([])
    expect(camera.lost).toEqual([])
  })

  it('whose picture cannot be read is waited for, and what is said of it then is final', async () => {
    const camera = watched()
    camera.answers('doubtful')
    writeFileSync(camera.path('part.bmp'), bitmapPart(1))
    await camera.pass(15_000)
    camera.answers(null)
    await camera.pass(4000)
    expect(camera.told).toEqual([])
    await camera.pass(4000)
    expect(camera.told).toMatchObject([{ file: 'part.bmp', isFinal: true }])
  })

  it('that was found whole and vanishes before it was taken is told of as lost', async () => {
    const camera = watched()
    camera.answers('doubtful')
    writeFileSync(camera.path('part.bmp'), bitmapPart(1))
    await camera.pass(1000)
    rmSync(camera.path('part.bmp'))
    await camera.pass(1000)
    expect(camera.lost).toEqual(['part.bmp'])
  })

  it('of zeros only is not taken for a black picture', async () => {
    const camera = watched()
    writeFileSync(camera.path('part.bmp'), Buffer.alloc(5000))
    await camera.pass(30_000)
    expect(camera.told).toEqual([])
  })
})

describe('pictures that end in black', () => {
  const dark = (number: number, rows: number): Buffer =>
    grayBitmap(32, 32, (x, y) => (y < 32 - rows ? 60 + ((x + y + number) % 90) : 0))

  it('are waited for until it is clear that no more comes, and not any more once that is usual', async () => {
    const camera = watched()
    for (let i = 0; i < 3; i++) {
      writeFileSync(camera.path(`part ${i}.bmp`), dark(i, 6))
      await camera.pass(15_000)
      expect(camera.told).toHaveLength(i)
      await camera.pass(10_000)
      expect(camera.told).toHaveLength(i + 1)
    }
    writeFileSync(camera.path('part 3.bmp'), dark(3, 6))
    await camera.pass(500)
    // A person is told of those about which nothing was known.
    expect(camera.told.map(({ doubtfulTail }) => doubtfulTail)).toEqual([192, 192, 192, 0])
  })

  it('that end in more black than usual are still waited for', async () => {
    const camera = watched()
    for (let i = 0; i < 3; i++) writeFileSync(camera.path(`part ${i}.bmp`), dark(i, 6))
    await camera.pass(25_000)
    expect(camera.told).toHaveLength(3)
    writeFileSync(camera.path('half.bmp'), dark(4, 16))
    await camera.pass(10_000)
    expect(camera.told.map(({ file }) => basename(file))).not.toContain('half.bmp')
  })
})
