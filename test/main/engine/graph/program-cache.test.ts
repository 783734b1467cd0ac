import { describe, expect, it } from 'vitest'
import { compileAll, defineStep } from '../../../../src/main/engine/graph/compile.ts'
import { adam } from '../../../../src/main/engine/graph/optimizers.ts'
import {
  type CompiledGraph,
  decodeProgram,
  encodeProgram,
  type ProgramCache,
} from '../../../../src/main/engine/graph/program-cache.ts'
import { tf } from '../../../../src/main/engine/tensorflow.ts'
import { lossGradients } from '../../../../src/main/engine/training/gradients.ts'
import { createRandom } from '../../../../src/main/platform/random.ts'
import { describeCompiled } from './native.ts'

/** Keeps what it is given as bytes. */
function inMemory(): ProgramCache & { kept: Map<string, Uint8Array> } {
  const kept = new Map<string, Uint8Array>()
  return {
    kept,
    place: (description) => ({
      find() {
        const bytes = kept.get(description)
        return bytes === undefined ? null : decodeProgram(bytes)
      },
      keep: (graph) => void kept.set(description, encodeProgram(graph)),
    }),
  }
}

const random = createRandom(1)
const [x, y, start] = [8 * 3, 8, 3].map((count) => random.fillNormal(new Float32Array(count)))
const inputs = { x: x ?? new Float32Array(), y: y ?? new Float32Array(), rate: 0.1 }

/** A regression on fresh weights; `recorded` counts how often its step was run by the compiler. */
function regression(cache: ProgramCache, examples = 8) {
  const w = tf.tidy(() => tf.variable(tf.tensor2d(start ?? [], [3, 1])))
  const optimizer = adam({ w })
  let recorded = 0
  const definition = {
    variables: { w, ...optimizer.slots },
    steps: {
      train: defineStep({
        inputs: { x: { shape: [examples, 3] }, y: { shape: [examples, 1] }, rate: { shape: [] } },
        step: ({ x, y, rate }) => {
          recorded += 1
          const { loss, gradients } = lossGradients(
            () => tf.mean(tf.squaredDifference(tf.matMul(x.as2D(examples, 3), w.as2D(3, 1)), y)),
            { w },
          )
          optimizer.apply(gradients, rate)
          return { loss }
        },
      }),
    },
  }
  const program = compileAll(definition, { mode: 'compiled', cache })
  return {
    program,
    recorded: () => recorded,
    losses: (steps: number) =>
      Array.from({ length: steps }, () => program.steps.train.run(inputs).loss[0] ?? Number.NaN),
    dispose() {
      program.dispose()
      tf.dispose([w, ...Object.values(optimizer.slots)])
    },
  }
}

describeCompiled('a program that was kept', () => {
  it('is not recorded again and computes the same bits', () => {
    const cache = inMemory()
    const first = regression(cache)
    const second = regression(cache)
    expect([first.recorded(), second.recorded()]).toEqual([2, 0])
    expect(second.losses(20)).toEqual(first.losses(20))
    expect(second.program.readVariables()).toEqual(first.program.readVariables())
    expect(second.program.stats.steps).toEqual(first.program.stats.steps)
    first.dispose()
    second.dispose()
  })

  it('has variables of its own while another from the same graph is at work', () => {
    const cache = inMemory()
    const [first, second] = [regression(cache), regression(cache)]
    const before = second.program.readVariables()
    const alone = first.losses(5)
    expect(second.program.readVariables()).toEqual(before)
    expect(second.losses(5)).toEqual(alone)
    first.dispose()
    second.dispose()
  })

  it('is another one for other inputs', () => {
    const cache = inMemory()
    regression(cache).dispose()
    const smaller = regression(cache, 4)
    expect(smaller.recorded()).toBe(2)
    expect(cache.kept.size).toBe(2)
    smaller.dispose()
  })
})

describe('a compiled graph as bytes', () => {
  const graph: CompiledGraph = {
    model: Uint8Array.of(0, 10, 255, 13, 10),
    steps: {
      score: {
        feeds: [{ input: 'x', node: 's0/in0' }],
        fetches: [{ output: 'map', node: 's0/out0' }],
        stats: { recorded: 12, operations: { Conv2D: 3 }, flops: 1e9 },
      },
    },
  }

  it('is the same graph again', () => {
    const { steps, model } = decodeProgram(encodeProgram(graph))
    expect(steps).toEqual(graph.steps)
    expect([...model]).toEqual([...graph.model])
  })

  it('is refused with any byte changed, and cut off anywhere', () => {
    const bytes = encodeProgram(graph)
    for (let i = 0; i < bytes.length; i++) {
      const damaged = bytes.map((value, at) => (at === i ? value ^ 4 : value))
      expect(() => decodeProgram(damaged), `byte ${i}`).toThrow()
      expect(() => decodeProgram(bytes.subarray(0, i)), `cut at ${i}`).toThrow()
    }
  })
})
