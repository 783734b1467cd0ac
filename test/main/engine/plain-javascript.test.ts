import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { describeCompiled } from './graph/native.ts'

const run = promisify(execFile)
const script = join(import.meta.dirname, 'train-and-score.ts')
const answerSchema = z.object({ backend: z.string(), scores: z.array(z.number()) })

async function answerOf(model: string, steps: object, environment: NodeJS.ProcessEnv) {
  const env = { ...process.env, ...environment }
  const { stdout } = await run(process.execPath, [script, model, JSON.stringify(steps)], { env })
  return answerSchema.parse(JSON.parse(stdout))
}

describeCompiled('without the TensorFlow library', () => {
  it.each([
    ['fanogan', { ganSteps: 2, encoderSteps: 2 }],
    ['ganomaly', { steps: 2 }],
    ['anogan', { ganSteps: 2, searchSteps: 2 }],
    ['wgan', { ganSteps: 2 }],
  ] as const)('%s trains and scores as with it', async (model, steps) => {
    const [plain, library] = [
      await answerOf(model, steps, { FANOSCOPE_BACKEND: 'cpu' }),
      await answerOf(model, steps, {}),
    ]
    expect([plain.backend, library.backend]).toEqual(['cpu', 'tensorflow'])
    expect(plain.scores).toHaveLength(8)
    const largest = Math.max(...library.scores.map(Math.abs))
    for (const [i, score] of plain.scores.entries()) {
      expect(Math.abs(score - (library.scores[i] ?? Number.NaN)) / largest).toBeLessThan(1e-2)
    }
  })
})
