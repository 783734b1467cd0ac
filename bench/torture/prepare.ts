/** The workspace that trials begin with, made once by calls of a window. */
import { join } from 'node:path'
import { z } from 'zod'
import { tinyValues } from '../../test/main/engine/tiny-training.ts'
import { numbered, writeFolder } from '../../test/main/features/import/photographs.ts'
import { Finding, type Prepared } from './place.ts'
import { openStation } from './station.ts'

export async function prepare(folder: string, mark: string): Promise<Prepared> {
  const photographs = await writeFolder(join(folder, 'photographs'), {
    ...numbered('train/good', 24),
    ...numbered('test/good', 24, 1000),
    ...numbered('test/dent', 8, 2000),
  })
  const found: string[] = []
  const station = await openStation(folder, join(folder, 'workspace'), mark, (text) => found.push(text))
  const done = async (job: string): Promise<void> => {
    const ended = await station.ended(job)
    if (ended.state !== 'done') throw new Finding(`preparing: ${ended.kind} ${JSON.stringify(ended.failure)}`)
  }
  const dataset = 'parts'
  await done((await station.must('dataset.import', { folder: photographs, dataset, hasDirection: true })).job)
  const training = { dataset, model: 'fanogan', preset: 'smoke', set: { ...tinyValues } }
  const { job, run } = await station.must('train.start', training)
  await done(job)
  for (const split of ['validation', 'test'] as const) {
    await done((await station.must('run.score', { run, split })).job)
  }
  const { items } = await station.must('review.queue', { run, split: 'test', limit: 500 })
  await station.end()
  if (found.length > 0) throw new Finding(found.join('\n'))
  return {
    folder,
    run,
    dataset,
    images: z
      .array(z.int())
      .min(1)
      .parse(items.map(({ image }) => image)),
  }
}
