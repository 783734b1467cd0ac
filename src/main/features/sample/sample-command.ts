/** `sample`: writes the synthetic sample line. */
import { resolve } from 'node:path'
import { z } from 'zod'
import type { AddCommand } from '../../command-line/command.ts'
import { wholeNumber } from '../../command-line/option-values.ts'
import { Stopped } from '../../command-line/stopped.ts'
import { secondsLeft } from '../../platform/seconds-left.ts'

export const addSample: AddCommand = (line) =>
  line.add({
    name: 'sample',
    parameters: [['<dir>', 'the folder to write; it must not exist or be empty']],
    summary: 'write synthetic photographs of a part with five kinds of defects, to try things on',
    examples: [['sample sample-line', 'writes 240 good parts for training and 120 for the test']],
    declare: (command) =>
      command
        .option('--seed <n>', 'the same seed gives the same files', wholeNumber(0))
        .option('--train <n>', 'good parts for training', wholeNumber(1, 100_000))
        .option('--test-good <n>', 'good parts for the test', wholeNumber(0, 100_000))
        .option('--per-defect <n>', 'defective parts of each kind for the test', wholeNumber(0, 100_000)),
    options: z.object({
      seed: z.number().optional(),
      train: z.number().optional(),
      testGood: z.number().optional(),
      perDefect: z.number().optional(),
    }),
    async act(context, { seed, train, testGood, perDefect }, dir = '') {
      const [{ writeSampleLine }, display] = await Promise.all([import('./write.ts'), context.progress()])
      const abort = new AbortController()
      const stopListening = context.io.onInterrupt(() => abort.abort())
      const started = performance.now()
      try {
        const summary = await writeSampleLine(resolve(dir), {
          ...(seed === undefined ? {} : { seed }),
          ...(train === undefined ? {} : { trainCount: train }),
          ...(testGood === undefined ? {} : { testGoodCount: testGood }),
          ...(perDefect === undefined ? {} : { perDefectCount: perDefect }),
          signal: abort.signal,
          onProgress(done, total) {
            const left = secondsLeft(started, done, total)
            display.show({ phase: 'sample', done, total, secondsLeft: left, paused: false })
          },
        })
        const { trainGood, testGood: good, defects } = summary.images
        const defective = Object.values(defects).reduce((sum, n) => sum + n, 0)
        return {
          document: summary,
          text:
            `${summary.dir}: ${trainGood} good parts for training, ${good} good and ${defective} defective ones for the test.\n` +
            'Every picture in it is computed; none is a photograph.\n' +
            `Next: fanoscope import ${dir} --dataset sample --has-direction\n`,
        }
      } catch (error) {
        if (abort.signal.aborted) throw new Stopped('sample')
        throw error
      } finally {
        stopListening()
      }
    },
  })
