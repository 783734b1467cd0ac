/** An engine inside the test, which says what the test tells it to. */
import type { EngineTask, FromEngine, ToEngine, TrainResult } from '../../../src/main/engine/protocol.ts'
import type { LaunchEngine } from '../../../src/main/engine-host/channel.ts'

export interface PlayedEngine {
  launch: LaunchEngine
  /** Every task that was given to an engine, in order. */
  tasks: EngineTask[]
  /** Everything that engines heard. */
  heard: ToEngine[]
  says(message: FromEngine): void
  /** Ends the engine's process. */
  exits(code: number | null, signal: string | null): void
  /** Answers the newest task as a training that came to its end. */
  trains(change?: Partial<TrainResult>): void
}

export const playedResult: TrainResult = {
  steps: 24,
  seconds: 1.5,
  losses: { critic: 0.5 },
  chosen: null,
  calibration: { izif: [0.1, 0.2, 0.3] },
  mapScale: 0.5,
  expectedCriticValue: 0.25,
  componentNames: ['residual', 'feature'],
  weightsSha256: 'a'.repeat(64),
  warnings: [],
}

/** An engine that is ready at once and stops when it is asked to, and does nothing else by itself. */
export function playedEngine(): PlayedEngine {
  const tasks: PlayedEngine['tasks'] = []
  const heard: ToEngine[] = []
  let listener: (message: unknown) => void = () => undefined
  let onExit: (code: number | null, signal: string | null) => void = () => undefined
  const ready: FromEngine = {
    type: 'ready',
    provider: {
      backend: 'played',
      version: '1',
      gpu: false,
      device: 'test',
      why: { code: 'recorded-before', params: { text: 'a test' } },
    },
  }
  return {
    tasks,
    heard,
    launch() {
      setImmediate(() => listener(ready))
      return {
        pid: 1,
        send(message) {
          heard.push(message)
          if (message.type === 'run') tasks.push(message.task)
          if (message.type === 'cancel') {
            const { task } = message
            setImmediate(() => listener({ type: 'cancelled', task, step: 7 }))
          }
          if (message.type === 'exit') setImmediate(() => onExit(0, null))
        },
        onMessage(next) {
          listener = next
        },
        onExit(next) {
          onExit = next
        },
        kill: () => setImmediate(() => onExit(null, 'SIGKILL')),
      }
    },
    says: (message) => listener(message),
    exits: (code, signal) => onExit(code, signal),
    trains(change = {}) {
      const task = tasks.at(-1)?.task ?? ''
      listener({ type: 'trained', task, result: { ...playedResult, ...change } })
    },
  }
}
