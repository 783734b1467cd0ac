import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { watchFolder } from '../../../../src/main/features/live/watch-folder.ts'
import type { ArrivedFile } from '../../../../src/main/store/live.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'

/** A watch whose files are told as they come. */
function watching(known: ReadonlySet<string> = new Set()) {
  const folder = join(temporaryFolder(), 'camera')
  mkdirSync(folder)
  const abort = new AbortController()
  const told: ArrivedFile[] = []
  const found: string[][] = []
  const problems: (string | null)[] = []
  let wake: () => void = () => undefined
  const begin = () => {
    const ended = watchFolder({
      folder,
      signal: abort.signal,
      knownAs: ({ file }) => (known.has(file) ? { sha256: null } : null),
      onProblem: (problem) => problems.push(problem),
      onFound: (files) => found.push(files.map(({ file }) => file)),
      async onWhole(file) {
        told.push(file)
        wake()
        return { sha256: null }
      },
      times: { settle: 20, every: 20 },
    })
    onTestFinished(async () => {
      abort.abort()
      await ended
    })
  }
  const count = async (wanted: number): Promise<ArrivedFile[]> => {
    while (told.length < wanted) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    return told
  }
  return { folder, begin, count, told, found, problems }
}

describe('a watched folder', () => {
  it('tells of what lies there already, and of what comes later, each once', async () => {
    const { folder, begin, count } = watching()
    writeFileSync(join(folder, 'a.png'), 'aaaa')
    begin()
    await count(1)
    writeFileSync(join(folder, 'b.jpg'), 'bb')
    writeFileSync(join(folder, 'partial'), 'cccccc')
    renameSync(join(folder, 'partial'), join(folder, 'c.png'))
    const told = await count(3)
    expect(told.map(({ file }) => file).sort()).toEqual(['a.png', 'b.jpg', 'c.png'])
    expect(told.find(({ file }) => file === 'c.png')?.bytes).toBe(6)
  })

  it('tells of all that are whole before it begins with the first', async () => {
    const { folder, begin, count, found } = watching()
    for (const name of ['a.png', 'b.png', 'c.png']) writeFileSync(join(folder, name), name)
    begin()
    await count(1)
    expect(found.flat().sort()).toEqual(['a.png', 'b.png', 'c.png'])
    await count(3)
  })

  it('waits until a file has stopped growing', async () => {
    const { folder, begin, count } = watching()
    begin()
    const file = join(folder, 'slow.png')
    writeFileSync(file, 'x')
    for (let i = 0; i < 20; i += 1) {
      appendFileSync(file, 'x')
      await new Promise((resolve) => setImmediate(resolve))
    }
    const [told] = await count(1)
    expect(told?.bytes).toBe(21)
  })

  it('leaves out what is known, what is empty, and what is no photograph', async () => {
    const { folder, begin, count } = watching(new Set(['known.png']))
    for (const name of ['known.png', 'notes.txt', '.hidden.png', 'last.png']) {
      writeFileSync(join(folder, name), 'x')
    }
    writeFileSync(join(folder, 'empty.png'), '')
    begin()
    const told = await count(1)
    expect(told.map(({ file }) => file)).toEqual(['last.png'])
  })

  it('goes on after a file was taken away while it was looked at', async () => {
    const { folder, begin, count } = watching()
    begin()
    writeFileSync(join(folder, 'gone.png'), 'x')
    rmSync(join(folder, 'gone.png'))
    writeFileSync(join(folder, 'next.png'), 'x')
    await count(1)
  })

  it('that is not there yet is waited for, and that is told once', async () => {
    const { folder, begin, count, problems } = watching()
    rmSync(folder, { recursive: true })
    begin()
    await expect.poll(() => problems.length).toBe(1)
    expect(problems[0]).toContain(folder)
    mkdirSync(folder)
    writeFileSync(join(folder, 'a.png'), 'a')
    await count(1)
    expect(problems.slice(1)).toEqual([null])
  })

  it('that goes away and comes back is watched on', async () => {
    const { folder, begin, count, problems } = watching()
    begin()
    writeFileSync(join(folder, 'a.png'), 'a')
    await count(1)
    rmSync(folder, { recursive: true })
    await expect.poll(() => problems.length).toBe(1)
    mkdirSync(folder)
    writeFileSync(join(folder, 'b.png'), 'bb')
    const told = await count(2)
    expect(told.map(({ file }) => file)).toEqual(['a.png', 'b.png'])
  })
})
