/** The database held by another program during each kind of job, as by a backup program, and let go again. */
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { checkWhole, decide, noDecisions, signIn } from '../health.ts'
import { endWatch, jobStarts, liveOn, triedKinds } from '../jobs.ts'
import { pick, type Trial, until } from '../place.ts'

export const lockedDatabase: Trial = {
  what: 'a database that another program holds',
  each: 2,
  async run(place, count) {
    const decided = noDecisions()
    const station = await place.start()
    await signIn(station)
    for (let i = 0; i < count; i += 1) {
      // Drawing the sample line would be waited for for minutes.
      const kind = pick(
        place.random,
        triedKinds.filter((one) => one !== 'sample'),
      )
      const other = new Sqlite(join(place.workspace, 'fanoscope.db'))
      let job = ''
      const before = place.random.int(2) === 0
      if (before)
        job = kind === 'live' ? (await liveOn(station, place)).live : await jobStarts[kind](station, place)
      other.exec('BEGIN IMMEDIATE')
      place.say(`held ${before ? 'during' : 'before'} ${kind}`)
      const refused = await station.ask('review.decide', {
        run: place.prepared.run,
        image: pick(place.random, place.prepared.images),
        decision: 'accept',
        operator: 'Mei Lin',
      })
      if (refused.ok) place.find('a decision is confirmed while the database is held')
      else if (refused.failure.code !== 'workspace-busy') place.find(`held, told as ${refused.failure.code}`)
      await station.must('job.list', { active: false })
      await station.must('live.state', {})
      other.exec('ROLLBACK')
      other.close()
      await until('decisions after the database is free', () => decide(station, place, decided))
      if (!before) job = await jobStarts[kind](station, place)
      await endWatch(station)
      await station.ended(job)
      await checkWhole(station, place, decided)
    }
    await station.end()
  },
}
