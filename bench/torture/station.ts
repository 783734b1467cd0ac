/** The application as a process of its own, and a window of it as far as main can tell: the real bridge and socket. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { serveWindow } from '../../scripts/window/served.mjs'
import { acts } from '../../src/shared/acts.ts'
import type { CallInput, CallName, CallOutput } from '../../src/shared/contract.ts'
import type { FailureData } from '../../src/shared/failure.ts'
import type { Job } from '../../src/shared/job.ts'
import { messageSchema } from '../../src/shared/messages/message.ts'
import { visit } from '../../test/main/shell/browser-visitor.ts'
import { Finding, until, within } from './place.ts'
import { markName, processesMarked } from './processes.ts'

export interface StationOptions {
  /** Variables of the environment. */
  environment?: Record<string, string>
  /** A program that becomes Node. */
  through?: readonly string[]
  /** Without one, no workspace is open. */
  workspace?: string | null
}

export type Answered<N extends CallName> =
  | { ok: true; value: CallOutput<N> }
  | { ok: false; failure: FailureData }

export interface Station {
  url: string
  cookie: string
  pid: number
  mark: string
  /** Every failure is an answer; one that is a defect is found. */
  ask<N extends CallName>(name: N, input: CallInput<N>): Promise<Answered<N>>
  /** The same with an input that need not be one. */
  askAny(name: CallName, input: unknown): Promise<void>
  /** @throws Finding where it fails */
  must<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>>
  /** Hears events of jobs and parts. */
  onEvent(listener: () => void): () => void
  /** The job when it has ended. */
  ended(job: string): Promise<Job>
  /** Ends it as Ctrl-C does, and looks for what is left. */
  end(): Promise<void>
  /** Ends it as a power cut does. */
  kill(): Promise<void>
}

/** Who does what a call does not say who does. */
export const operator = 'Mei Lin'

function inTheName<N extends CallName>(name: N, input: CallInput<N>): CallInput<N> {
  const act = acts[name]
  const isNamed = act.does !== 'changes' || act.by !== 'operator' || Object.hasOwn(input, 'operator')
  return isNamed ? input : { ...input, operator }
}

/** Codes that say that something is wrong with Fanoscope itself. */
const defects = new Set(['internal', 'bad-output', 'bad-event'])
/** What main says on standard error where something went wrong that nobody expected. */
const wrongWords = /nobody waited for|unexpected error| at .+\.[cm]?[jt]s:\d+/i

export async function openStation(
  folder: string,
  workspace: string | null,
  mark: string,
  find: (text: string) => void,
  { environment = {}, through = [] }: StationOptions = {},
): Promise<Station> {
  const home = join(folder, 'home')
  mkdirSync(home, { recursive: true })
  let said = ''
  const hear = (text: string): void => {
    said += text
  }
  const env = {
    ...process.env,
    HOME: home,
    FANOSCOPE_STATE: join(folder, 'state.json'),
    FANOSCOPE_WORKSPACE: '',
    [markName]: mark,
    ...environment,
  }
  const parameters = workspace === null ? [] : ['--workspace', workspace]
  const served = await within('starting', serveWindow(env, parameters, hear, through))
  const { bridge, cookie, leave } = await visit(served.url)
  let killed = false

  async function gone(): Promise<void> {
    leave()
    await until('processes that outlive the application', () => processesMarked(mark).length === 0, 60_000)
    if (wrongWords.test(said)) find(`standard error: ${said.slice(0, 2000)}`)
  }
  /** What a call was rejected with. */
  const told = (name: string, input: unknown, error: unknown): FailureData => {
    if (error instanceof Finding) throw error
    const failure = messageSchema.parse(error)
    if (!killed && defects.has(failure.code)) {
      find(`${name} ${JSON.stringify(input)?.slice(0, 300)} answers ${JSON.stringify(failure).slice(0, 500)}`)
    }
    return failure
  }
  const ask = async <N extends CallName>(name: N, input: CallInput<N>): Promise<Answered<N>> => {
    try {
      return { ok: true, value: await within(name, bridge.call(name, inTheName(name, input))) }
    } catch (error) {
      return { ok: false, failure: told(name, input, error) }
    }
  }
  const must: Station['must'] = async (name, input) => {
    const answer = await ask(name, input)
    if (answer.ok) return answer.value
    throw new Finding(`${name} is refused: ${JSON.stringify(answer.failure).slice(0, 500)}`)
  }
  return {
    url: served.url,
    cookie,
    pid: served.pid,
    mark,
    ask,
    async askAny(name, input) {
      const call: unknown = Reflect.apply(bridge.call, bridge, [name, input])
      await within(name, Promise.resolve(call)).catch((error: unknown) => told(name, input, error))
    },
    must,
    onEvent(listener) {
      const stops = [bridge.on('job.changed', listener), bridge.on('live.judged', listener)]
      return () => {
        for (const stop of stops) stop()
      }
    },
    async ended(id) {
      let last: Job | undefined
      await until(`job ${id}`, async () => {
        last = (await must('job.list', { active: false })).find((job) => job.id === id)
        return last !== undefined && !['queued', 'running'].includes(last.state)
      })
      if (last === undefined) throw new Finding(`job ${id} is not listed`)
      if (last.failure !== null && defects.has(last.failure.code)) {
        find(`job ${last.kind} failed by ${JSON.stringify(last.failure)}`)
      }
      return last
    },
    async end() {
      const code = await within('closing', served.end())
      if (code !== 0) find(`closing ends with ${code}: ${said.slice(-1500)}`)
      await gone()
    },
    async kill() {
      killed = true
      await served.kill()
      await gone()
    },
  }
}
