/** Mutated documents of labels beside whole photographs: each import ends, and takes or names what it found. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { numbered, writeFolder } from '../../../test/main/features/import/photographs.ts'
import { mutate, mutation } from '../../../test/main/features/label/mutations.ts'
import { checkLists, problemsOf } from '../health.ts'
import type { Trial } from '../place.ts'

const photographsOfEach = 4

const coco = (first: number) => ({
  images: Array.from({ length: photographsOfEach }, (_, i) => ({
    id: i,
    file_name: `good/${first + i}.png`,
    width: 24,
    height: 24,
  })),
  annotations: Array.from({ length: photographsOfEach }, (_, i) => ({
    id: i,
    image_id: i,
    category_id: 1,
    segmentation: [[2, 2, 8, 2, 8, 8, 2, 8]],
    bbox: [2, 2, 6, 6],
    area: 36,
    iscrowd: 0,
  })),
  categories: [{ id: 1, name: 'dent' }],
})

export const documents: Trial = {
  what: 'mutated documents of labels',
  each: 4,
  async run(place, count) {
    const station = await place.start()
    for (let i = 0; i < count; i += 1) {
      const folder = join(place.folder, `labels-${i}`)
      const first = 100_000 + place.random.int(1_000_000)
      const photographs = Object.fromEntries(
        Object.keys(numbered('good', photographsOfEach, first)).map((_, n) => [
          `good/${first + n}.png`,
          first + n,
        ]),
      )
      await writeFolder(folder, photographs)
      const document = coco(first)
      const seed = place.random.uint32() & 0x7fffffff
      for (const change of fc.sample(mutation, { seed, numRuns: 3 })) mutate(document, change)
      const text = JSON.stringify(document)
      const cut = place.random.int(4) === 0 ? place.random.int(text.length) : text.length
      writeFileSync(join(folder, 'annotations.json'), text.slice(0, cut))
      const dataset = `labels ${i}`
      const { job } = await station.must('dataset.import', { folder, dataset })
      const ended = await station.ended(job)
      place.say(`seed ${seed}, ${cut} of ${text.length} characters: ${ended.state}`)
      if (ended.state !== 'done')
        place.find(`import of labels: ${JSON.stringify(ended.failure)}, seed ${seed}`)
    }
    await checkLists(station, place.prepared)
    const problems = await problemsOf(station)
    if (problems.length > 0) place.find(`verify: ${JSON.stringify(problems).slice(0, 500)}`)
    await station.end()
  },
}
