/**
 * A shift of one part again and again, in which the disk is full from the N-th write on: first from the first one, then
 * from the second, until a shift passes whole. What is not stored must be said, and go on when there is room.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { LiveState } from '../../../src/shared/live.ts'
import { photograph, writeFolder } from '../../../test/main/features/import/photographs.ts'
import { checkWhole, type Decided, decide, noDecisions, signIn } from '../health.ts'
import { endWatch } from '../jobs.ts'
import { type Place, type Trial, until } from '../place.ts'
import type { Station } from '../station.ts'

const module = pathToFileURL(join(import.meta.dirname, '..', 'full-at-write.ts')).href

/** The disk of the station, whose room the trial decides. */
function diskOf(place: Place) {
  const [control, counted] = [join(place.folder, 'full-from'), join(place.folder, 'writes')]
  const lines = (): string[] =>
    existsSync(counted) ? readFileSync(counted, 'utf8').split('\n').slice(0, -1) : []
  return {
    environment: {
      NODE_OPTIONS: `--import=${module}`,
      FANOSCOPE_FULL: control,
      FANOSCOPE_WRITES: counted,
      FANOSCOPE_FOLDER: place.folder,
    },
    fullFrom(write: number) {
      rmSync(counted, { force: true })
      writeFileSync(control, String(write))
    },
    hasRoom: () => rmSync(control, { force: true }),
    /** What the first write was that failed; null where none has. */
    firstFailed: (write: number): string | null => lines()[write - 1] ?? null,
  }
}

interface Shift {
  station: Station
  place: Place
  camera: string
  decided: Decided
}

/** Whether the screen tells that something is not stored. */
const isTroubled = ({ storage, results }: LiveState): boolean => storage !== null || results !== null

/** Whether somebody at the window is told: by the screen, or by a watch that has failed and says why. */
async function isSaid(station: Station): Promise<boolean> {
  if (isTroubled(await station.must('live.state', {}))) return true
  const [newest] = await station.must('job.list', { active: false })
  return newest?.kind === 'live' && newest.state === 'failed' && newest.failure?.code === 'disk-full'
}

/** The line of the table of results, which whoever stands behind the line reads. */
const isWritten = ({ camera }: Shift, file: string): boolean => {
  const table = `${camera}-results/results.csv`
  return existsSync(table) && readFileSync(table, 'utf8').includes(file)
}

async function isDone(shift: Shift, file: string): Promise<boolean> {
  const { parts } = await shift.station.must('live.state', {})
  return isWritten(shift, file) && parts.some((part) => part.file === file && part.verdict !== null)
}

/** @returns whether the watch began; where not, it was refused in words */
async function begin({ station, place, camera }: Shift): Promise<boolean> {
  const { watch } = await station.must('live.state', {})
  if (watch?.active) return true
  return (
    await station.ask('live.start', { folder: camera, run: place.prepared.run, results: `${camera}-results` })
  ).ok
}

/** One part from the camera to the table, a decision, and the end of the watch. @returns whether a write failed */
async function shiftOf(shift: Shift, disk: ReturnType<typeof diskOf>, write: number): Promise<boolean> {
  const { station, place, camera, decided } = shift
  const file = `${write}.png`
  await writeFolder(place.folder, { 'arriving.png': await photograph(700_000 + write) })
  disk.fullFrom(write)
  const hasBegun = await begin(shift)
  copyFileSync(join(place.folder, 'arriving.png'), join(camera, file))
  const hasDecided = await decide(station, place, decided)
  if (hasBegun) {
    await until(`write ${write}: nothing is said, and the part has no result`, async () => {
      return (await isDone(shift, file)) || isSaid(station)
    })
  }
  const hasEnded = hasBegun && (await station.ask('live.stop', {})).ok
  const failed = disk.firstFailed(write)
  disk.hasRoom()
  place.say(
    `full from write ${write} on, ${failed ?? 'which never came'}: ${hasBegun ? 'begun' : 'not begun'}, ${hasDecided ? 'decided' : 'decision refused'}, ${hasEnded ? 'ended' : 'not ended'}`,
  )
  const { job } = await station.must('live.state', {})
  if (hasEnded && job !== null) await station.ended(job)
  await until('decisions after there is room', () => decide(station, place, decided))
  await until('a watch after there is room', () => begin(shift))
  await until(`write ${write}: the result after there is room`, () => isDone(shift, file))
  await until(`write ${write}: what was said is taken back`, async () => {
    return !isTroubled(await station.must('live.state', {}))
  })
  await endWatch(station)
  return failed !== null
}

export const fullAtWrite: Trial = {
  what: 'a disk that is full from one write of a shift on, from each in turn',
  each: 1,
  async run(place, count) {
    const disk = diskOf(place)
    const camera = join(place.folder, 'camera')
    mkdirSync(camera)
    const shift: Shift = {
      place,
      camera,
      decided: noDecisions(),
      station: await place.start({ environment: disk.environment }),
    }
    await signIn(shift.station)
    // A step that does few of them takes some in the middle.
    const all = count >= 20
    for (let i = 1; i <= count; i += 1) {
      const write = all ? i : 1 + place.random.int(40)
      if (!(await shiftOf(shift, disk, write)) && all) {
        place.say(`a shift has ${write - 1} writes`)
        break
      }
    }
    await checkWhole(shift.station, place, shift.decided)
    await shift.station.end()
  },
}
