/** Photographs that come into a watched folder, and what became of them. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { liveState, stopLive } from '../../../../src/main/features/live/live.ts'
import type { Session } from '../../../../src/main/session/session.ts'
import { partPicture } from '../../engine/parts.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'

export function cameraFolder(): string {
  const folder = join(temporaryFolder(), 'camera')
  mkdirSync(folder)
  return folder
}

export async function drop(folder: string, from: number, to: number): Promise<void> {
  for (let i = from; i < to; i += 1) {
    writeFileSync(join(folder, `part ${i}.png`), await partPicture(2000 + i, { defect: i % 2 === 1 }))
  }
}

let taken = 0
/** Photographs of these names, no two the same. */
export async function dropAs(folder: string, files: readonly string[]): Promise<void> {
  for (const file of files) {
    taken += 1
    writeFileSync(join(folder, file), await partPicture(7000 + taken, {}))
  }
}

export const names = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `part ${i}.png`).sort()

/** Waits until so many parts have their verdict. */
export async function judged(session: Session, count: number): Promise<void> {
  for (;;) {
    const { arrived, waiting } = liveState(session)
    if (arrived - waiting >= count) return
    await new Promise<void>((resolve) => {
      const stop = session.events.on('live.judged', () => {
        stop()
        resolve()
      })
    })
  }
}

/** Stops watching and waits until all of it is written. */
export async function ended(session: Session): Promise<void> {
  const job = liveState(session).job ?? ''
  stopLive(session)
  await session.jobs.ended(job)
}

/** The file of each line of the results. */
export async function lines(session: Session): Promise<string[]> {
  const { watch } = liveState(session)
  if (watch === null) throw new RangeError('nothing was watched')
  const text = readFileSync(join(watch.resultFolder, 'results.csv'), 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',')[0] ?? '')
}
