/** The PyTorch side of a comparison: a Python process that runs one step on request and says how long it took. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import type { NetworkShape } from '../../src/main/engine/networks/dcgan.ts'
import { inTurn, type Pace, type Sample, timing } from '../measure.ts'
import type { PythonEnvironment } from './environment.ts'

const sampleSchema = z.object({ wall: z.number(), processor: z.number() })
const preparedSchema = z.object({ variants: z.array(z.string()), skipped: z.record(z.string(), z.string()) })

export interface PyTorch {
  version: string
  /**
   * Sets a step up in every way that PyTorch has (threads, compiled or not) and picks the fastest by some
   * turns of each at this pace. @returns null where no way works, with the reasons in `skipped`
   */
  prepare(step: string, pace: Pace): Promise<{ variant: string | null; skipped: Record<string, string> }>
  /** So many calls in a row; what one of them took on average. */
  run(step: string, calls: number): Promise<Sample>
  /** Frees what a step needs. */
  forget(step: string): Promise<void>
  /** Seconds of a whole training. */
  train(request: Readonly<Record<string, unknown>>): Promise<number>
  /** Largest resident memory so far, in bytes. */
  memory(): Promise<number>
  close(): void
}

interface PyTorchOptions {
  python: PythonEnvironment
  shape: NetworkShape
  batch: number
  /** Numbers of threads to try. */
  threads: readonly number[]
  /** Try torch.compile too. */
  compile: boolean
}

const tries = 5

export async function startPyTorch({
  python,
  shape,
  batch,
  threads,
  compile,
}: PyTorchOptions): Promise<PyTorch> {
  const { size, channels, width, latent } = shape
  const child = spawn(
    python.python,
    [
      join(import.meta.dirname, 'steps.py'),
      ...Object.entries({ size, channels, width, latent, batch }).flatMap(([name, value]) => [
        `--${name}`,
        String(value),
      ]),
      '--threads',
      threads.join(),
      ...(compile ? ['--compile'] : []),
    ],
    { env: python.environment, stdio: ['pipe', 'pipe', 'pipe'] },
  )
  let complaints = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-2000)
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const answer = async <S extends z.ZodType>(schema: S): Promise<z.output<S>> => {
    const { value, done } = await lines.next()
    if (done) throw new Error(`PyTorch ended: ${complaints}`)
    return schema.parse(JSON.parse(value))
  }
  const ask = async <S extends z.ZodType>(request: Readonly<Record<string, unknown>>, schema: S) => {
    child.stdin.write(`${JSON.stringify(request)}\n`)
    return answer(schema)
  }
  const { version } = await answer(z.object({ version: z.string() }))
  const chosen = new Map<string, string>()
  const runVariant = (step: string, variant: string, calls: number) =>
    ask({ do: 'run', step, variant, calls }, sampleSchema)
  return {
    version,
    async prepare(step, pace) {
      const { variants, skipped } = await ask({ do: 'prepare', step }, preparedSchema)
      const contestants = variants.map(
        (variant) => [variant, (calls: number) => runVariant(step, variant, calls)] as const,
      )
      const times = await inTurn(Object.fromEntries(contestants), tries, pace)
      const [best] = Object.entries(times).sort((a, b) => timing(a[1]).median - timing(b[1]).median)
      if (best) chosen.set(step, best[0])
      return { variant: best?.[0] ?? null, skipped }
    },
    run(step, calls) {
      const variant = chosen.get(step)
      if (variant === undefined) throw new Error(`The step ${step} was not prepared.`)
      return runVariant(step, variant, calls)
    },
    async forget(step) {
      await ask({ do: 'forget', step }, z.object({}))
    },
    train: async (request) =>
      (await ask({ do: 'train', ...request }, z.object({ seconds: z.number() }))).seconds,
    memory: async () => (await ask({ do: 'memory' }, z.object({ bytes: z.number() }))).bytes,
    close: () => child.kill(),
  }
}
