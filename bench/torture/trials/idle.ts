/** A line that has judged a day's number of parts and now rests takes as much memory and processor as before them. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { photograph } from '../../../test/main/features/import/photographs.ts'
import { checkWhole, noDecisions, signIn } from '../health.ts'
import { endWatch } from '../jobs.ts'
import { type Place, type Trial, until } from '../place.ts'
import { processesMarked, processorSeconds, residentBytes } from '../processes.ts'
import type { Station } from '../station.ts'

/** Parts that arrive together. */
const together = 40
/** Milliseconds over which a line that rests is watched; garbage is collected meanwhile. */
const watched = 6_000
const mayGrow = 1.05
/**
 * Parts after which the look is taken that others are compared with. What is kept in memory for speed is all there only
 * after some thousand parts: main took 281 MB after 1,000 parts, 345 MB after 5,000, and between 329 and 338 MB from
 * there to 18,000.
 */
const [fewWarm, manyWarm] = [40, 4_000]
const [manyParts, spared] = [5_000, 96 * 2 ** 20]
const collecting = pathToFileURL(join(import.meta.dirname, '..', 'collect-often.ts')).href

/** Looks that are taken on the way, for whoever reads where it grew. */
const looks = 4

interface Rest {
  bytes: number
  /** Megabytes of each process. */
  each: number[]
  /** Of one core. */
  share: number
}

async function restOf(mark: string): Promise<Rest> {
  const pids = processesMarked(mark).map(({ pid }) => pid)
  const sum = (of: (pid: number) => number | null): number =>
    pids.reduce((all, pid) => all + (of(pid) ?? 0), 0)
  const [before, start] = [sum(processorSeconds), performance.now()]
  await pause(watched)
  return {
    bytes: sum(residentBytes),
    each: pids.map((pid) => Math.round((residentBytes(pid) ?? 0) / 2 ** 20)),
    share: (sum(processorSeconds) - before) / ((performance.now() - start) / 1000),
  }
}

async function judge(station: Station, camera: string, first: number, count: number): Promise<void> {
  for (let done = 0; done < count; done += together) {
    const last = first + Math.min(count, done + together)
    for (let n = first + done; n < last; n += 1)
      writeFileSync(join(camera, `${n}.png`), await photograph(900_000 + n))
    await until('verdicts', async () => {
      const { arrived, waiting } = await station.must('live.state', {})
      return arrived === last && waiting === 0
    })
  }
}

const told = ({ bytes, each, share }: Rest): string =>
  `${Math.round(bytes / 2 ** 20)} MB (${each.join(' + ')}), ${(share * 100).toFixed(1)} % of a core`

async function compare(place: Place, station: Station, count: number): Promise<void> {
  const camera = join(place.folder, 'camera')
  mkdirSync(camera)
  const warm = count < manyParts ? fewWarm : manyWarm
  await station.must('live.start', { folder: camera, run: place.prepared.run })
  await judge(station, camera, 0, warm)
  const early = await restOf(station.mark)
  place.say(`at rest after ${warm} parts ${told(early)}`)
  let late = early
  for (let look = 0; look < looks; look += 1) {
    const [from, to] = [Math.round((count * look) / looks), Math.round((count * (look + 1)) / looks)]
    await judge(station, camera, warm + from, to - from)
    late = await restOf(station.mark)
    place.say(`at rest after ${to} more ${told(late)}`)
  }
  const most = early.bytes * mayGrow + (count < manyParts ? spared : 0)
  if (late.bytes > most) place.find(`memory grows: ${told(early)}, then ${told(late)}`)
  if (late.share > early.share + mayGrow - 1)
    place.find(`resting takes more and more: ${told(early)}, then ${told(late)}`)
}

export const idle: Trial = {
  what: 'a line that rests before and after parts',
  each: 40,
  async run(place, count) {
    const station = await place.start({ environment: { NODE_OPTIONS: `--import=${collecting}` } })
    await signIn(station)
    await compare(place, station, count)
    await endWatch(station)
    await checkWhole(station, place, noDecisions())
    await station.end()
  },
}
