/** Does what a hard day does, step after step, and gathers what does not hold. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRandom } from '../../src/main/platform/random.ts'
import { Finding, type Place, type Prepared, type Trial } from './place.ts'
import { prepare } from './prepare.ts'
import { processesMarked } from './processes.ts'
import { openStation } from './station.ts'
import { clock } from './trials/clock.ts'
import { closing } from './trials/closing.ts'
import { damaged } from './trials/damage.ts'
import { documents } from './trials/documents.ts'
import { fullAtWrite } from './trials/full-at-write.ts'
import { fullDisk } from './trials/full-disk.ts'
import { idle } from './trials/idle.ts'
import { kills } from './trials/kills.ts'
import { lockedDatabase } from './trials/locked-database.ts'
import { messages } from './trials/messages.ts'
import { photographs } from './trials/photographs.ts'
import { signIns } from './trials/sign-ins.ts'

export const trials: Readonly<Record<string, Trial>> = {
  messages,
  photographs,
  documents,
  kills,
  closing,
  disk: fullDisk,
  writes: fullAtWrite,
  lock: lockedDatabase,
  damage: damaged,
  'sign-ins': signIns,
  clock,
  idle,
}

export interface TortureOptions {
  seed: number
  /** Names of trials. */
  only: readonly string[]
  /** Whether another step is to be done, after so many. */
  goesOn(steps: number): boolean
  /** How many of them a step does, in place of what is usual. */
  count: number | null
  say(text: string): void
}

export interface Tortured {
  steps: Record<string, number>
  findings: string[]
}

/** The beginning of the marks of all processes that this one starts. */
const marks = `${process.pid}-`

/** Ends what is left also where this process is killed. @returns what ends it */
function startReaper(folder: string): () => Promise<void> {
  const reaper = spawn(process.execPath, [join(import.meta.dirname, 'reaper.ts'), marks, folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  const closed = once(reaper, 'close')
  return async () => {
    reaper.stdin.end()
    await closed
  }
}

async function step(
  name: string,
  number: number,
  prepared: Prepared,
  options: TortureOptions,
): Promise<string[]> {
  const trial = trials[name]
  if (trial === undefined) throw new RangeError(`There is no trial "${name}".`)
  const folder = mkdtempSync(join(prepared.folder, 'step-'))
  const workspace = join(folder, 'line')
  cpSync(join(prepared.folder, 'workspace'), workspace, { recursive: true })
  const findings: string[] = []
  const label = `[seed ${options.seed}, step ${number}] ${name}`
  const find = (text: string): void => {
    findings.push(`${label}: ${text}`)
    options.say(`${label}: FOUND ${text}`)
  }
  const mark = `${marks}${number}`
  const place: Place = {
    folder,
    workspace,
    prepared,
    random: createRandom(options.seed, `torture ${number}`),
    say: (text) => options.say(`${label}: ${text}`),
    find,
    start: (given = {}) =>
      openStation(folder, given.workspace === undefined ? workspace : given.workspace, mark, find, given),
  }
  try {
    await trial.run(place, options.count ?? trial.each)
  } catch (error) {
    // Also what is no Finding: an application that died while it was asked.
    find(
      error instanceof Finding
        ? error.message
        : String(error instanceof Error ? error.stack : JSON.stringify(error)),
    )
  } finally {
    for (const { pid } of processesMarked(mark)) process.kill(pid, 'SIGKILL')
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  return findings
}

export async function torture(options: TortureOptions): Promise<Tortured> {
  const { seed, only, goesOn } = options
  const folder = mkdtempSync(join(tmpdir(), 'fanoscope-torture-'))
  const result: Tortured = { steps: {}, findings: [] }
  const reap = startReaper(folder)
  try {
    const prepared = await prepare(folder, `${marks}prepare`)
    // Each round does all of them, in an order of its own.
    let round: string[] = []
    for (let number = 0; goesOn(number); number += 1) {
      if (round.length === 0) round = createRandom(seed, `round ${number}`).shuffle([...only])
      const name = round.pop() ?? ''
      result.findings.push(...(await step(name, number, prepared, options)))
      result.steps[name] = (result.steps[name] ?? 0) + 1
    }
    return result
  } finally {
    await reap()
  }
}
