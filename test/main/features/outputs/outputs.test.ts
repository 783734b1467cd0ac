/** Outputs on disks that fail, without an engine. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createResultWriter } from '../../../../src/main/features/live/result-writer.ts'
import { beginOutputs, unwritten } from '../../../../src/main/features/outputs/outputs.ts'
import type { Log } from '../../../../src/main/platform/log.ts'
import { findImage } from '../../../../src/main/store/images.ts'
import { addPart, beginWatch, judgePart, linkPart } from '../../../../src/main/store/live.ts'
import type { FailureData } from '../../../../src/shared/failure.ts'
import type { LivePart } from '../../../../src/shared/live.ts'
import { queuedRun } from '../../store/queued-run.ts'
import { stockedWorkspace } from '../../store/stocked-workspace.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'

const quiet: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  close: () => undefined,
}

async function line(parts: number) {
  const { workspace, dataset, images } = await stockedWorkspace(parts)
  const { db, blobs } = workspace
  const run = queuedRun(db, dataset.id)
  const resultFolder = join(temporaryFolder(), 'results')
  const values = { folder: '/camera', resultFolder, runId: run.id, datasetId: dataset.id }
  const watch = beginWatch(db, values, null)
  const flag = (i: number): LivePart => {
    const image = images[i]
    if (image === undefined) throw new RangeError(`no image ${i}`)
    const { id } = addPart(db, watch.id, { file: `part ${i}.png`, bytes: 1, modifiedAt: i })
    linkPart(db, id, image)
    const judged = {
      verdict: 'flagged',
      score: 1,
      threshold: 0,
      reason: null,
      run: run.id,
      point: null,
    } as const
    const part = judgePart(db, id, judged)
    if (part === undefined) throw new RangeError(`no part ${id}`)
    return part
  }
  const photograph = (i: number): string => {
    const { sha256, format } = findImage(db, images[i] ?? 0)
    return blobs.path(sha256, format)
  }
  const abort = new AbortController()
  const troubles: (FailureData | null)[] = []
  const writer = createResultWriter({
    workspace,
    watch,
    log: quiet,
    signal: abort.signal,
    presentRun: () => run.id,
    onTrouble: (failure) => troubles.push(failure),
    times: { first: 1, most: 4 },
  })
  const table = (): string[] =>
    new TextDecoder()
      .decode(readFileSync(join(resultFolder, 'results.csv')))
      .split('\n')
      .map((row) => row.split(',')[0] ?? '')
  return {
    workspace,
    watch,
    photograph,
    flag,
    writer,
    abort,
    troubles,
    table,
    flagged: join(resultFolder, 'flagged'),
  }
}

describe('the photograph of a flagged part', () => {
  it('that cannot be written leaves the part open, is told, and is written as soon as it can be', async () => {
    const { workspace, watch, photograph, flag, writer, troubles, table, flagged } = await line(1)
    mkdirSync(dirname(flagged), { recursive: true })
    writeFileSync(flagged, 'a file in the place of the folder')
    writer.add(flag(0))
    await expect.poll(() => troubles.length).toBeGreaterThan(2)
    expect(unwritten(workspace, watch)).toHaveLength(1)
    rmSync(flagged)
    await writer.settled()
    expect(readFileSync(join(flagged, 'part 0.png'))).toEqual(readFileSync(photograph(0)))
    expect(unwritten(workspace, watch)).toEqual([])
    expect(table()).toEqual(['file', 'part 0.png', ''])
    expect(troubles.at(-1)).toBeNull()
  })

  it('that was cleared away is the only one that may be missing', async () => {
    const { workspace, watch, photograph, flag, writer, troubles, flagged } = await line(2)
    const parts = [flag(0), flag(1)]
    rmSync(photograph(0))
    for (const part of parts) writer.add(part)
    await writer.settled()
    expect(readdirSync(flagged)).toEqual(['part 1.png'])
    expect(unwritten(workspace, watch)).toEqual([])
    expect(troubles.filter((trouble) => trouble !== null)).toEqual([])
  })

  it('that fails for ever does not keep the results of other parts', async () => {
    const { workspace, watch, photograph, flag, writer, abort, table } = await line(3)
    const parts = [flag(0), flag(1), flag(2)]
    rmSync(photograph(1))
    mkdirSync(photograph(1))
    for (const part of parts) writer.add(part)
    await expect.poll(() => unwritten(workspace, watch).map(({ file }) => file)).toEqual(['part 1.png'])
    abort.abort()
    await writer.settled()
    // Of the file that begins with all judged parts, the one that has no photograph is written there already.
    expect(
      table()
        .filter((file) => file.endsWith('.png'))
        .sort(),
    ).toEqual(['part 0.png', 'part 1.png', 'part 2.png'])
  })
})

describe('the table of results', () => {
  it('is made whole again after its last line was cut, and after it was removed', async () => {
    const { workspace, watch, flag, writer, table } = await line(4)
    await beginOutputs(workspace, watch)
    const file = join(watch.resultFolder, 'results.csv')
    for (const harm of [
      () => undefined,
      () => truncateSync(file, readFileSync(file).length - 3),
      () => rmSync(file),
      () => rmSync(watch.resultFolder, { recursive: true }),
    ].entries()) {
      const [i, act] = harm
      act()
      writer.add(flag(i))
      await writer.settled()
      expect(table()).toEqual(['file', ...Array.from({ length: i + 1 }, (_, of) => `part ${of}.png`), ''])
    }
    expect(existsSync(file)).toBe(true)
  })

  it('has every part that it began with, also where it is taken away before they are handed out', async () => {
    const { workspace, watch, photograph, flag, writer, table } = await line(3)
    const parts = [flag(0), flag(1), flag(2)]
    const kept = [photograph(1), photograph(2)]
    for (const file of kept) {
      rmSync(file)
      mkdirSync(file)
    }
    for (const part of parts) writer.add(part)
    await expect.poll(() => unwritten(workspace, watch)).toHaveLength(2)
    rmSync(join(watch.resultFolder, 'results.csv'))
    for (const file of kept) rmSync(file, { recursive: true })
    await writer.settled()
    expect(unwritten(workspace, watch)).toEqual([])
    expect(table().sort()).toEqual(['', 'file', 'part 0.png', 'part 1.png', 'part 2.png'])
  })
})
