/** A small disk of its own that fills during each kind of job and has room again. It takes a name space, which Linux has. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, cpSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { checkWhole, decide, noDecisions, signIn } from '../health.ts'
import { endWatch, jobStarts, triedKinds } from '../jobs.ts'
import { type Place, pick, type Trial, until } from '../place.ts'

interface Disk {
  /** Makes a program see it. */
  through: string[]
  /** Where this process sees it. */
  seen: string
  fill(): void
  free(): void
  end(): Promise<void>
}

/** Null where none may be mounted. */
async function smallDisk(at: string, size: string): Promise<Disk | null> {
  mkdirSync(at, { recursive: true })
  const script = `mount -t tmpfs -o size=${size} none "$0" && echo ready && exec cat`
  if (spawnSync('unshare', ['-Urm', 'sh', '-c', script, at], { input: '' }).status !== 0) return null
  // The name space, and with it the disk, lives as long as this process.
  const holder = spawn('unshare', ['-Urm', 'sh', '-c', script, at], { stdio: ['pipe', 'pipe', 'inherit'] })
  await once(holder.stdout, 'data')
  const seen = join(`/proc/${holder.pid}/root`, at)
  const filler = join(seen, 'filler')
  return {
    through: ['nsenter', '-t', String(holder.pid), '-U', '-m', '--preserve-credentials'],
    seen,
    fill() {
      const piece = Buffer.alloc(64 * 1024)
      try {
        for (;;) appendFileSync(filler, piece)
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
      }
    },
    free: () => rmSync(filler, { force: true }),
    async end() {
      const closed = once(holder, 'close')
      holder.stdin.end()
      await closed
    },
  }
}

async function onDisk(place: Place, disk: Disk, dir: string, count: number): Promise<void> {
  const decided = noDecisions()
  const station = await place.start({ through: disk.through, workspace: dir })
  await signIn(station)
  for (let i = 0; i < count; i += 1) {
    const kind = pick(
      place.random,
      triedKinds.filter((one) => one !== 'sample'),
    )
    const moment = place.random.int(10)
    const job = await jobStarts[kind](station, place)
    for (let n = 0; n < moment; n += 1) await decide(station, place, decided)
    disk.fill()
    let refusals = 0
    for (let n = 0; n < 12; n += 1) if (!(await decide(station, place, decided))) refusals += 1
    await station.must('job.list', { active: false })
    await station.must('live.state', {})
    place.say(`full during ${kind} after ${moment}: ${refusals} of 12 decisions refused`)
    disk.free()
    await until('decisions after there is room', () => decide(station, place, decided))
    await endWatch(station)
    await station.ended(job)
    await checkWhole(station, place, decided)
  }
  await station.end()
}

export const fullDisk: Trial = {
  what: 'a disk that fills and has room again',
  each: 2,
  async run(place, count) {
    const at = join(place.folder, 'disk')
    const disk = await smallDisk(at, '64m')
    if (disk === null) {
      place.say('left out: no disk may be mounted here')
      return
    }
    try {
      cpSync(place.workspace, join(disk.seen, 'workspace'), { recursive: true })
      await onDisk(place, disk, join(at, 'workspace'), count)
    } finally {
      await disk.end()
    }
  },
}
