/** Photographs are posted to the real port of a station, and judged by the real engine. */
import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { promisify } from 'node:util'
import sharp from 'sharp'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { projectRoot } from '../../../../scripts/setup/places.mjs'
import { lineStateOf } from '../../../../src/main/features/delivery/deliver-results.ts'
import { intakeStateOf } from '../../../../src/main/features/intake/keep-intake.ts'
import { changeInspectionPoint } from '../../../../src/main/features/live/inspection-points.ts'
import { liveState, resumeLive, startLive, stopLive } from '../../../../src/main/features/live/live.ts'
import { startTraining } from '../../../../src/main/features/training/training.ts'
import type { Session } from '../../../../src/main/session/session.ts'
import { listAudit } from '../../../../src/main/store/audit.ts'
import { addDeposit, countDeposits } from '../../../../src/main/store/deposits.ts'
import { partById } from '../../../../src/main/store/live.ts'
import { resultsAfter } from '../../../../src/main/store/results.ts'
import { changeSetting, readSetting } from '../../../../src/main/store/settings.ts'
import { intakeRulesKey, intakeTokenKey, standardIntakeRules } from '../../../../src/shared/intake.ts'
import { unlikeKey } from '../../../../src/shared/live.ts'
import { describeCompiled } from '../../engine/graph/native.ts'
import { partPicture } from '../../engine/parts.ts'
import { playedEngine } from '../../jobs/played-engine.ts'
import { preparedWorkspace, sessionOn } from '../line.ts'
import { tinyTraining } from '../line-training.ts'
import { cameraFolder, ended, judged } from '../live/camera.ts'
import { openPort, refusalOf } from './posting.ts'

const settled = { timeout: 60_000, interval: 20 }
const good = async (i: number) => Uint8Array.from(await partPicture(3000 + i, {}))
const dented = async (i: number) => Uint8Array.from(await partPicture(3000 + i, { defect: true }))
const line = '/v1/points/line/photographs'

async function watched(session: Session, run: string): Promise<string> {
  const folder = cameraFolder()
  startLive(session, { folder, run, results: null })
  await expect.poll(() => lineStateOf(session, 'line'), settled).not.toBe('stopped')
  return folder
}

describeCompiled('photographs over HTTP', () => {
  const prepared = preparedWorkspace(async (session) => {
    const { job, run } = await startTraining(session, tinyTraining({}))
    await session.jobs.ended(job)
    return run
  })
  const station = () => {
    const { dir, told: run } = prepared()
    const session = sessionOn(dir)
    changeSetting(session.workspace.db, unlikeKey, false, null)
    return { dir, run, session, db: session.workspace.db }
  }

  it('are answered with verdict, score, regions, map and the number of the result', async () => {
    const { run, session, db } = station()
    const folder = await watched(session, run)
    const port = await openPort(session)
    const answers = []
    for (let i = 0; i < 4; i += 1)
      answers.push(await port.judge(`${line}?part=A-${i}`, i % 2 === 0 ? await good(i) : await dented(i)))
    const results = resultsAfter(db, 'line', 0, 10).map(({ document }) => document)
    expect(
      answers.map(({ number, partNumber, verdict, cause, score }) => [
        number,
        partNumber,
        verdict,
        cause,
        score,
      ]),
    ).toEqual(
      results.map(({ number, partNumber, verdict, cause, score }) => [
        number,
        partNumber,
        verdict,
        cause,
        score,
      ]),
    )
    expect(results.map(({ partNumber }) => partNumber)).toEqual(['A-0', 'A-1', 'A-2', 'A-3'])
    for (const { photograph, score, threshold, map, regions, part } of answers) {
      expect(photograph).toBe((score ?? 0) >= (threshold ?? 0) ? 'flagged' : 'good')
      expect(photograph === 'good' ? regions : []).toEqual([])
      expect(partById(db, part)?.partNumber).toMatch(/^A-\d$/)
      const picture = await fetch(`${port.url}${map}`, { headers: { authorization: `Bearer ${port.token}` } })
      const { format, width, depth } = await sharp(Buffer.from(await picture.arrayBuffer())).metadata()
      expect([format, depth, (width ?? 0) > 0]).toEqual(['png', 'ushort', true])
    }
    await ended(session)
    const csv = readFileSync(join(liveState(session).watch?.resultFolder ?? '', 'results.csv'), 'utf8')
    expect(
      csv
        .trim()
        .split('\n')
        .slice(1)
        .map((row) => row.split(',').at(-2)),
    ).toEqual(['A-0', 'A-1', 'A-2', 'A-3'])
    // The workspace has the photographs; nothing is left twice.
    await expect.poll(() => [readdirSync(folder), countDeposits(db)], settled).toEqual([[], 0])
  })

  it('of several views make one part by its number, which the last of them tells', async () => {
    const { run, session } = station()
    const views = { pattern: '{part}_{view}', names: ['left', 'right'], within: 60 }
    changeInspectionPoint(session, { name: 'line', mostWaiting: 1000, views }, 'Li Na')
    await watched(session, run)
    const port = await openPort(session)
    const left = await port.judge(`${line}?part=B%207&view=left`, await good(11))
    const right = await port.judge(`${line}?part=B%207&view=right`, await good(12))
    expect([left, right].map(({ partNumber, view, number }) => [partNumber, view, number])).toEqual([
      ['B 7', 'left', null],
      ['B 7', 'right', 1],
    ])
    expect([left.verdict, right.verdict === null]).toEqual([null, false])
    expect(await refusalOf(await port.post(`${line}?part=7&view=top`, await good(1)))).toEqual([
      400,
      'intake-view-unknown',
    ])
  })

  it('that are none, or of nobody, or for no point, are refused with a code and words, and nothing is left of them', async () => {
    const { run, session, db } = station()
    const folder = await watched(session, run)
    const port = await openPort(session, { megabytes: 1 })
    const picture = await good(1)
    const cut = picture.slice(0, picture.length / 2)
    const answers = [
      await port.post(line, 'no photograph'),
      await port.post(line, cut),
      await port.post(line, new Uint8Array(1_000_001)),
      await port.post(line, picture, { authorization: 'Bearer wrong' }),
      await port.post(line, picture, { authorization: '' }),
      await port.post('/v1/points/nowhere/photographs', picture),
      await port.post(`${line}?colour=red`, picture),
      await port.post(`${line}?part=${'x'.repeat(101)}`, picture),
      await fetch(`${port.url}/`, { headers: { authorization: `Bearer ${port.token}` } }),
      await fetch(`${port.url}/v1/maps/${run}/1`),
    ]
    expect(await Promise.all(answers.map(refusalOf))).toEqual([
      [422, expect.any(String)],
      [422, 'truncated'],
      [413, 'intake-too-large'],
      [401, 'intake-token-wrong'],
      [401, 'intake-token-wrong'],
      [404, 'inspection-unknown'],
      [400, 'intake-wrong-request'],
      [400, 'intake-wrong-request'],
      [404, 'not-found'],
      [401, 'intake-token-wrong'],
    ])
    expect([readdirSync(folder), countDeposits(db)]).toEqual([[], 0])
    stopLive(session)
    await expect.poll(() => lineStateOf(session, 'line'), settled).toBe('stopped')
    expect(await refusalOf(await port.post(line, picture))).toEqual([503, 'intake-rests'])
  })

  it('beyond the bound are refused at once, and those of before are answered that they are late', async () => {
    const { dir, told: run } = prepared()
    // It never scores a part.
    const session = sessionOn(dir, playedEngine().launch)
    const folder = await watched(session, run)
    const port = await openPort(session, { mostWaiting: 2, answerWithin: 1 })
    const pictures = await Promise.all([1, 2].map(good))
    const waiting = pictures.map((picture) => port.post(line, picture))
    await expect.poll(() => countDeposits(session.workspace.db), settled).toBe(2)
    const more = await Promise.all(Array.from({ length: 20 }, async () => port.post(line, await good(9))))
    expect(more.map(({ headers }) => headers.get('retry-after'))).toEqual(Array(20).fill('1'))
    expect(await Promise.all(more.map(refusalOf))).toEqual(Array(20).fill([503, 'intake-busy']))
    expect(await Promise.all((await Promise.all(waiting)).map(refusalOf))).toEqual(
      Array(2).fill([504, 'intake-late']),
    )
    // They still wait, and count.
    expect(readdirSync(folder).length).toBe(2)
    expect(await refusalOf(await port.post(line, await good(9)))).toEqual([503, 'intake-busy'])
  })

  it('that came before the station was killed are judged after it, with their numbers; half of one is not', async () => {
    const { run, session, db, dir } = station()
    const folder = await watched(session, run)
    await session.close()
    // As a kill leaves them: one renamed, one before its rename, one in the middle.
    writeFileSync(join(folder, 'posted-a.png'), await good(21))
    writeFileSync(join(folder, '.writing-posted-b'), await good(22))
    writeFileSync(join(folder, '.writing-posted-c'), (await good(23)).slice(0, 300))
    const next = sessionOn(dir)
    for (const file of ['posted-a.png', 'posted-b.png'])
      addDeposit(next.workspace.db, {
        file,
        point: 'line',
        folder,
        partNumber: `of ${file}`,
        view: null,
        cameAt: 1,
      })
    resumeLive(next)
    await openPort(next)
    await judged(next, 1)
    const { parts, arrived } = liveState(next)
    expect([arrived, parts.map(({ file, partNumber }) => [file, partNumber])]).toEqual([
      1,
      [['posted-a.png', 'of posted-a.png']],
    ])
    expect(db === next.workspace.db).toBe(false)
    await expect.poll(() => [readdirSync(folder), countDeposits(next.workspace.db)], settled).toEqual([[], 0])
  })

  it('that break off in the middle leave nothing', async () => {
    const { run, session, db } = station()
    const folder = await watched(session, run)
    const port = await openPort(session)
    const picture = await good(1)
    const posting = request(`${port.url}${line}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${port.token}`, 'content-length': picture.length },
    })
    posting.on('error', () => undefined)
    posting.write(picture.slice(0, 200))
    await expect.poll(() => readdirSync(folder).length, settled).toBe(1)
    posting.destroy()
    await expect.poll(() => [readdirSync(folder), countDeposits(db)], settled).toEqual([[], 0])
    expect((await port.judge(line, picture)).number).toBe(1)
  })

  it('come only to this computer unless that is opened, and the token is stored as a digest', async () => {
    const { session, db } = station()
    const port = await openPort(session)
    expect(standardIntakeRules.address).toBe('127.0.0.1')
    const stored = JSON.stringify(readSetting(db, intakeTokenKey, z.unknown(), null))
    expect(stored).toMatch(/"sha256":"[0-9a-f]{64}"/)
    expect(stored + JSON.stringify(listAudit(db, {}))).not.toContain(port.token)
    changeSetting(db, intakeRulesKey, { ...standardIntakeRules, enabled: true, address: '8.8.8.8' }, null)
    await expect.poll(() => intakeStateOf(session).failure?.code, settled).toBe('output-address-public')
    expect(intakeStateOf(session).url).toBe(null)
    changeSetting(db, intakeRulesKey, standardIntakeRules, null)
    await expect.poll(() => intakeStateOf(session), settled).toEqual({ url: null, failure: null })
  })

  it('are posted with curl as the guide says', async () => {
    const { run, session } = station()
    await watched(session, run)
    const port = await openPort(session)
    const photograph = join(cameraFolder(), 'part.png')
    writeFileSync(photograph, await good(31))
    for (const language of ['en', 'zh-CN']) {
      const chapter = readFileSync(join(projectRoot, 'docs/guide', language, 'cameras.md'), 'utf8')
      const example = /^ {4}(curl .*)$/m.exec(chapter)?.[1] ?? ''
      expect(example).toContain('--data-binary @part.png')
      const shown = example.replace('http://127.0.0.1:8720', port.url).replace('@part.png', `@${photograph}`)
      const { stdout } = await promisify(execFile)('bash', ['-c', shown], {
        env: { ...process.env, TOKEN: port.token },
      })
      expect(JSON.parse(stdout)).toMatchObject({
        point: 'line',
        partNumber: '0007',
        format: 'fanoscope.answer/1',
      })
    }
  })
})
