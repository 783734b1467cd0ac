/** The engine's side of the protocol: messages are checked, a task is done, and failures are reported. */
import { cpus } from 'node:os'
import { z } from 'zod'
import { failureData } from '../../../shared/failure.ts'
import { removeLeftovers } from '../../platform/durable-file.ts'
import { storageFailure } from '../../platform/storage-errors.ts'
import {
  type CurveTask,
  type EngineImage,
  type EngineTask,
  type FromEngine,
  type MetricPoint,
  type ScoreTask,
  type TrainTask,
  toEngineSchema,
} from '../protocol.ts'
import { createSharedTime } from '../shared-time.ts'
import { systemNamed } from '../systems/registry.ts'
import { Cancelled, TaskControl } from '../task-control.ts'
import { provider } from '../tensorflow.ts'
import { TimeLeft } from '../training/time-left.ts'
import { curveTask } from './curve-task.ts'
import { proveDevice } from './device-proof.ts'
import { explainTask } from './explain-task.ts'
import { exportTask } from './export-task.ts'
import { rowsUnstored, type Successor, scoreTask } from './score-task.ts'
import { tryBackbone } from './try-backbone.ts'

/** Milliseconds between two progress messages. */
const progressEvery = 100

interface Port {
  send(message: FromEngine): void
}

/** Electron's `process.parentPort`, which Node's types do not know. */
const parentPortSchema = z.object({
  postMessage: z.custom<(message: unknown) => void>((value) => typeof value === 'function'),
  on: z.custom<(event: 'message', listener: (event: { data: unknown }) => void) => void>(
    (value) => typeof value === 'function',
  ),
})

/** Connects this process to main. */
export function answerMain(host: NodeJS.Process): void {
  const parentPort = 'parentPort' in host ? host.parentPort : null
  if (parentPort) {
    const parsed = parentPortSchema.parse(parentPort)
    const loop = new TaskLoop({ send: (message) => parsed.postMessage.call(parentPort, message) }, host)
    parsed.on.call(parentPort, 'message', ({ data }) => loop.receive(data))
    loop.start()
    return
  }
  const loop = new TaskLoop({ send: (message) => host.send?.(message) }, host)
  host.on('message', (message) => loop.receive(message))
  // Main is gone, so nobody could receive what this process still has to say.
  host.on('disconnect', () => host.exit(0))
  loop.start()
}

/** A task at work. */
interface Work {
  folder: string | null
  control: TaskControl
  stored: number
  stopWaiting: (() => void) | null
  /** Images that were fed to a task that streams and are not yet begun. */
  fed: EngineImage[]
  /** The model that the task is to continue with. */
  successor: Successor | null
  wakeForFed: (() => void) | null
}

class TaskLoop {
  readonly #port: Port
  readonly #host: NodeJS.Process
  readonly #tasks = new Map<string, Work>()
  readonly #time = createSharedTime()

  constructor(port: Port, host: NodeJS.Process) {
    this.#port = port
    this.#host = host
  }

  start(): void {
    const { backend, version, gpu, why } = provider
    const device = gpu ? 'GPU' : (cpus()[0]?.model.trim() ?? 'CPU')
    this.#port.send({ type: 'ready', provider: { backend, version, gpu, device, why } })
  }

  receive(raw: unknown): void {
    const parsed = toEngineSchema.safeParse(raw)
    if (!parsed.success) {
      this.#port.send({
        type: 'log',
        level: 'error',
        message: `A message was not understood: ${parsed.error.message}`,
      })
      return
    }
    const message = parsed.data
    switch (message.type) {
      case 'run':
        void this.#run(message.task)
        return
      case 'cancel':
        this.#tasks.get(message.task)?.control.cancel()
        this.#tasks.get(message.task)?.stopWaiting?.()
        this.#tasks.get(message.task)?.wakeForFed?.()
        return
      case 'feed': {
        const work = this.#tasks.get(message.task)
        work?.fed.push(...message.images)
        work?.wakeForFed?.()
        return
      }
      case 'exchange': {
        const work = this.#tasks.get(message.task)
        if (!work) return
        work.fed = []
        work.successor = { run: message.run, folder: message.folder }
        work.wakeForFed?.()
        return
      }
      case 'pause':
        this.#tasks.get(message.task)?.control.pause()
        return
      case 'continue':
        this.#tasks.get(message.task)?.control.continue()
        return
      case 'stored': {
        const work = this.#tasks.get(message.task)
        if (!work) return
        work.stored = message.rows
        work.stopWaiting?.()
        return
      }
      case 'prove':
        this.#port.send({ type: 'proved', proof: proveDevice() })
        return
      case 'try-backbone':
        void tryBackbone(message.file).then((failure) => this.#port.send({ type: 'backbone-tried', failure }))
        return
      case 'exit':
        this.#host.exit(0)
    }
  }

  async #run(task: EngineTask): Promise<void> {
    const folder = 'folder' in task ? task.folder : null
    const isFolderInUse = [...this.#tasks.values()].some((other) => other.folder === folder)
    const work: Work = {
      folder,
      control: new TaskControl(),
      stored: 0,
      stopWaiting: null,
      fed: [],
      successor: null,
      wakeForFed: null,
    }
    this.#tasks.set(task.task, work)
    try {
      // What writes nothing needs no clean folder, and in it another task may be writing at this moment.
      if (task.kind !== 'explain' && task.kind !== 'curve' && !isFolderInUse)
        await removeLeftovers(task.folder)
      const { task: id } = task
      switch (task.kind) {
        case 'train':
          await this.#train(task, work)
          break
        case 'score':
          await this.#score(task, work)
          break
        case 'export':
          this.#port.send({ type: 'exported', task: id, result: await exportTask(task) })
          break
        case 'curve':
          await this.#curve(task, work)
          break
        case 'explain':
          this.#port.send({ type: 'explained', task: id, result: await explainTask(task) })
      }
    } catch (error) {
      if (error instanceof Cancelled)
        this.#port.send({ type: 'cancelled', task: task.task, step: error.step })
      else this.#port.send({ type: 'failed', task: task.task, failure: failureData(storageFailure(error)) })
    } finally {
      this.#tasks.delete(task.task)
    }
  }

  async #curve(task: CurveTask, { control }: Work): Promise<void> {
    const { send } = this.#port
    const id = task.task
    const progress = limited((phase: string, done: number, total: number, secondsLeft: number | null) =>
      send({ type: 'progress', task: id, phase, done, total, secondsLeft }),
    )
    const result = await curveTask({
      task,
      control,
      progress: progress.call,
      log: (level, message) => send({ type: 'log', level, message }),
      paused: () => send({ type: 'paused', task: id }),
      continued: () => send({ type: 'continued', task: id }),
    })
    send({ type: 'curve-done', task: id, result })
  }

  async #train(task: TrainTask, { control }: Work): Promise<void> {
    const { send } = this.#port
    const id = task.task
    let points: MetricPoint[] = []
    const pass = limited(() => {
      if (points.length > 0) send({ type: 'metrics', task: id, points })
      points = []
    })
    const progress = limited((phase: string, done: number, total: number, secondsLeft: number | null) =>
      send({ type: 'progress', task: id, phase, done, total, secondsLeft }),
    )
    const time = new TimeLeft(() => performance.now(), task.expected)
    const result = await systemNamed(task.model).train({
      task,
      control,
      plan: (stages) => time.plan(stages),
      progress(phase, done, total) {
        const left = time.at(phase, done, total)
        // The last count of a phase stays on screen until the next one reports.
        if (done === total) progress.now(phase, done, total, left)
        else progress.call(phase, done, total, left)
      },
      points(added) {
        points.push(...added)
        pass.call()
      },
      preview: (name, file, step) => send({ type: 'preview', task: id, name, file, step }),
      checkpoint: (phase, step, file) => {
        pass.now()
        send({ type: 'checkpoint', task: id, phase, step, file })
      },
      paused() {
        time.pause()
        send({ type: 'paused', task: id })
      },
      continued() {
        time.goOn()
        send({ type: 'continued', task: id })
      },
      log: (level, message) => send({ type: 'log', level, message }),
    })
    pass.now()
    send({ type: 'trained', task: id, result: { ...result, times: time.measured() } })
  }

  async #score(task: ScoreTask, work: Work): Promise<void> {
    const { send } = this.#port
    const id = task.task
    let sent = 0
    const share = this.#time.join()
    const progress = limited((done: number, total: number, secondsLeft: number | null) =>
      send({ type: 'progress', task: id, phase: 'score', done, total, secondsLeft }),
    )
    const result = await scoreTask({
      task,
      control: work.control,
      progress: progress.call,
      async due() {
        while (work.fed.length === 0 && work.successor === null && !work.control.cancelled) {
          await new Promise<void>((resolve) => {
            work.wakeForFed = resolve
          })
        }
        work.wakeForFed = null
      },
      fed(most) {
        if (work.control.cancelled) return null
        const { successor } = work
        work.successor = null
        return successor ?? work.fed.splice(0, most)
      },
      round: share.round,
      exchanged: (run, failure) => send({ type: 'exchanged', task: id, run, failure }),
      log: (level, message) => send({ type: 'log', level, message }),
      refused: ({ image, code, params }) => send({ type: 'refused', task: id, image, why: { code, params } }),
      rows(rows) {
        sent += rows.length
        send({ type: 'scored', task: id, rows })
      },
      async room() {
        while (sent - work.stored > rowsUnstored && !work.control.cancelled) {
          await new Promise<void>((resolve) => {
            work.stopWaiting = resolve
          })
        }
        work.stopWaiting = null
      },
      paused: () => send({ type: 'paused', task: id }),
      continued: () => send({ type: 'continued', task: id }),
    })
    send({ type: 'score-done', task: id, result })
  }
}

/** Passes calls on at most once in `progressEvery` milliseconds; a call with `now` is passed on at once. */
function limited<A extends unknown[]>(
  act: (...args: A) => void,
): { call: (...args: A) => void; now: (...args: A) => void } {
  let last = Number.NEGATIVE_INFINITY
  return {
    call(...args) {
      if (performance.now() - last < progressEvery) return
      last = performance.now()
      act(...args)
    },
    now(...args) {
      last = performance.now()
      act(...args)
    },
  }
}
