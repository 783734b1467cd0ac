/** Mutated photographs: the same answer at any concurrency, and an import that takes or names each of them. */
import { join } from 'node:path'
import { createRandom } from '../../../src/main/platform/random.ts'
import { assetPath } from '../../../src/shared/asset-path.ts'
import { writeFolder } from '../../../test/main/features/import/photographs.ts'
import { mutated, originals, outcomes } from '../../../test/main/images/mutated-photographs.ts'
import { request } from '../../../test/main/shell/browser-visitor.ts'
import { checkLists, problemsOf } from '../health.ts'
import type { Place, Trial } from '../place.ts'

/** Photographs of one step that go through an import as well. */
const imported = 60

async function importThem(place: Place, files: readonly Buffer[]): Promise<void> {
  const folder = join(place.folder, 'mutants')
  await writeFolder(folder, Object.fromEntries(files.map((bytes, i) => [`good/${i}.png`, bytes])))
  const station = await place.start()
  const { job } = await station.must('dataset.import', { folder, dataset: 'mutants' })
  const ended = await station.ended(job)
  if (ended.state === 'done') {
    const report = await station.must('dataset.importReport', { job })
    const named = report.imported + report.refused.length + report.duplicates.length
    if (named !== files.length)
      place.find(`${files.length} photographs, ${named} in the report of the import`)
    const { images } = await station.must('dataset.images', { dataset: 'mutants', limit: 500, offset: 0 })
    for (const { id } of images) {
      const address = new URL(`asset/${assetPath.thumbnail(id)}`, station.url).href
      const { status } = await request(address, { cookie: station.cookie })
      if (status !== 200) place.find(`the thumbnail of image ${id}, which was imported, answers ${status}`)
    }
    place.say(`${report.imported} of ${files.length} imported`)
  }
  await checkLists(station, place.prepared)
  const problems = await problemsOf(station)
  if (problems.length > 0) place.find(`verify: ${JSON.stringify(problems).slice(0, 500)}`)
  await station.end()
}

export const photographs: Trial = {
  what: 'mutated photographs, decoded alone and beside seven others',
  each: 120,
  async run(place, count) {
    const whole = await originals()
    const first = place.random.int(1_000_000)
    const files = Array.from({ length: count }, (_, i) => {
      const original = whole[i % whole.length]
      if (original === undefined) throw new RangeError('there are no photographs')
      return mutated(original, first + i)
    })
    const alone = await outcomes(files, 1)
    const beside = await outcomes(files, 8)
    const differing = alone.filter((one, i) => one !== beside[i]).length
    place.say(`${count} mutants from ${first}: ${differing} differ`)
    if (differing > 0) place.find(`${differing} of ${count} mutants from ${first} depend on their company`)
    await importThem(
      place,
      createRandom(first, 'import')
        .shuffle([...files])
        .slice(0, imported),
    )
  },
}
