/** Results are delivered by webhook to a real server on loopback. */
import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  addOutput,
  changeOutput,
  partRecord,
  removeOutput,
  testOutput,
} from '../../../../src/main/features/delivery/change-outputs.ts'
import {
  followOutputs,
  outputStates,
  showLineState,
  standardBounds,
} from '../../../../src/main/features/delivery/deliver-results.ts'
import type { Session } from '../../../../src/main/session/session.ts'
import { listAudit } from '../../../../src/main/store/audit.ts'
import { throughOfAll } from '../../../../src/main/store/deliveries.ts'
import { addPoint } from '../../../../src/main/store/inspection-points.ts'
import { addPart, beginWatch, judgePart } from '../../../../src/main/store/live.ts'
import { emptyResults, newestNumber, resultsAfter } from '../../../../src/main/store/results.ts'
import { changeSetting } from '../../../../src/main/store/settings.ts'
import { verifyWorkspace } from '../../../../src/main/store/verify.ts'
import { elementAt } from '../../../../src/shared/element-at.ts'
import { outputRulesKey, type Secrets, webhookSettingsSchema } from '../../../../src/shared/output.ts'
import { judgedLine } from './judged-line.ts'
import { startReceiver } from './receiver.ts'
import { untilOutputs } from './until-outputs.ts'

const addWebhook = ({ workspace }: Session, url: string, secrets: Secrets = {}, more: object = {}): number =>
  addOutput(workspace.db, {
    name: 'ejector',
    settings: webhookSettingsSchema.parse({ kind: 'webhook', url, ...more }),
    secrets,
    operator: 'Mei Lin',
  })

const only = (session: Session) => elementAt(outputStates(session), 0, 'outputs')

describe('the outbox', () => {
  it('has a result for each verdict, in one row of numbers, and a refused part is never good', async () => {
    const { session, judge, deliver } = judgedLine()
    const receiver = await startReceiver()
    addWebhook(session, receiver.url)
    deliver()
    for (const verdict of ['good', 'flagged', 'refused'] as const) judge(verdict)
    await receiver.until(() => receiver.numbers().length === 3)
    expect(
      receiver.received.map(({ document }) =>
        document.format === 'fanoscope.result/1'
          ? [document.number, document.file, document.verdict, document.cause]
          : document.format,
      ),
    ).toEqual([
      [1, '1.png', 'good', 'passed'],
      [2, '2.png', 'reject', 'flagged'],
      [3, '3.png', 'reject', 'refused'],
    ])
  })

  it('has no result where the verdict was not stored', () => {
    const { session, judge } = judgedLine()
    const { db } = session.workspace
    expect(() =>
      db.transaction(() => {
        judge()
        throw new Error('the disk is full')
      }),
    ).toThrow('the disk is full')
    const part = judge()
    expect(partRecord(db, part.id).result?.number).toBe(1)
  })

  it('delivers in order, and nothing is lost, while the receiver refuses, hangs and goes away', async () => {
    const { session, judge, deliver } = judgedLine()
    const receiver = await startReceiver()
    addWebhook(session, receiver.url, {}, { timeout: 0.5 })
    deliver()
    judge()
    await untilOutputs(session, () => only(session).newest?.number === 1)
    receiver.mode = 'refuse'
    judge()
    await untilOutputs(session, () => only(session).errors[0]?.failure.code === 'output-refused')
    receiver.mode = 'hang'
    await untilOutputs(session, () => only(session).errors[0]?.failure.code === 'output-timeout')
    await receiver.away()
    judge()
    await untilOutputs(session, () => only(session).errors[0]?.failure.code === 'output-unreachable')
    expect(only(session)).toMatchObject({ condition: 'away', waiting: 2, newest: { number: 1 } })
    receiver.mode = 'take'
    await receiver.back()
    await untilOutputs(session, () => only(session).waiting === 0 && only(session).condition === 'connected')
    expect([...new Set(receiver.numbers())]).toEqual([1, 2, 3])
    const { deliveries } = partRecord(session.workspace.db, 2)
    expect(elementAt(deliveries, 0, 'deliveries').attempts).toBeGreaterThan(3)
  })

  it('goes on after the last delivered result at the next start, and the audit tells of all', async () => {
    const { session, judge, deliver } = judgedLine()
    const receiver = await startReceiver()
    addWebhook(session, receiver.url)
    const stop = deliver()
    for (let i = 0; i < 30; i += 1) judge()
    await receiver.until(() => receiver.numbers().length === 30)
    await stop()
    for (let i = 0; i < 5; i += 1) judge()
    const again = deliver()
    await receiver.until(() => receiver.numbers().length === 35)
    await again()
    expect(receiver.numbers()).toEqual(Array.from({ length: 35 }, (_, i) => i + 1))
    const { db } = session.workspace
    expect(listAudit(db, { action: 'output.delivered' }).map(({ detail }) => detail.results)).toEqual([
      '31-35',
      '1-30',
    ])
    expect((await verifyWorkspace(session.workspace)).problems).toEqual([])
  })

  it('gives up the oldest of more results than may wait, and names them', async () => {
    const { session, judge, deliver } = judgedLine()
    const receiver = await startReceiver()
    await receiver.away()
    addWebhook(session, receiver.url)
    for (let i = 0; i < 12; i += 1) judge()
    const stop = deliver({ bounds: { ...standardBounds, mostWaiting: 5 } })
    await untilOutputs(session, () => only(session).givenUp > 0)
    expect(only(session)).toMatchObject({ waiting: 5, givenUp: 7 })
    await receiver.back()
    await receiver.until(() => receiver.numbers().length === 5)
    await stop()
    expect(receiver.numbers()).toEqual([8, 9, 10, 11, 12])
    expect(listAudit(session.workspace.db, { action: 'output.delivered' })[0]?.detail).toMatchObject({
      givenUp: '1-7',
      results: '8-12',
    })
  })

  it('keeps only the text of the newest results that every output had', async () => {
    const { session, judge, deliver } = judgedLine()
    const receiver = await startReceiver()
    addWebhook(session, receiver.url)
    const stop = deliver({ bounds: { ...standardBounds, keep: 2 } })
    for (let i = 0; i < 6; i += 1) judge()
    await receiver.until(() => receiver.numbers().length === 6)
    await stop()
    expect(resultsAfter(session.workspace.db, 'line', 0, 10).map(({ number }) => number)).toEqual([5, 6])
    // Number and verdict stay.
    expect(partRecord(session.workspace.db, 1).result).toMatchObject({ number: 1, verdict: 'good' })
  })
})

describe('a webhook', () => {
  it('is signed with its key, says what it is, and has the headers of its settings', async () => {
    const { session, judge, deliver } = judgedLine()
    const receiver = await startReceiver()
    const secrets = { signature: 'a key', authorization: 'Bearer 471108' }
    addWebhook(session, receiver.url, secrets, { headers: { 'X-Line': '4' } })
    deliver()
    judge()
    await receiver.until(() => receiver.received.length === 1)
    const { headers, body } = elementAt(receiver.received, 0, 'received')
    const hmac = createHmac('sha256', 'a key').update(body).digest('hex')
    expect(headers).toMatchObject({
      'x-fanoscope-signature': `sha256=${hmac}`,
      'x-fanoscope-event': 'result',
      'idempotency-key': '1',
      authorization: 'Bearer 471108',
      'x-line': '4',
    })
    expect(only(session).secrets).toEqual(['signature', 'authorization'])
    expect(JSON.stringify(listAudit(session.workspace.db, {}))).not.toContain('471108')
  })

  it('gives an output the results and the state of its inspection point, and of no other', async () => {
    const { session, watch, judge, deliver } = judgedLine()
    const { db } = session.workspace
    addPoint(db, { name: 'top', mostWaiting: null, views: null }, 'Mei Lin')
    const { runId, datasetId } = watch
    const top = beginWatch(
      db,
      { point: 'top', folder: '/top', resultFolder: '/top results', runId, datasetId },
      null,
    )
    const [ofLine, ofTop] = [await startReceiver(), await startReceiver()]
    addWebhook(session, ofLine.url)
    const settings = webhookSettingsSchema.parse({ kind: 'webhook', url: ofTop.url, heartbeat: 60 })
    addOutput(db, { name: 'marker', point: 'top', settings, secrets: {} })
    showLineState(session, 'line', 'ready')
    showLineState(session, 'top', 'engine-away')
    deliver()
    judge()
    const { id } = addPart(db, top.id, { file: 't.png', bytes: 1, modifiedAt: 1 })
    const values = { score: 1, threshold: 0.5, reason: null, run: runId, point: null }
    judgePart(db, id, { verdict: 'flagged', ...values })
    judge()
    await ofLine.until(() => ofLine.numbers().length === 2)
    await ofTop.until(() => ofTop.numbers().length === 1 && ofTop.states().length > 0)
    expect(ofLine.numbers()).toEqual([1, 3])
    expect(ofTop.numbers()).toEqual([2])
    expect(ofTop.states()).toEqual(['engine-away'])
    expect(ofTop.received.map(({ document }) => document.point)).toEqual(['top', 'top'])
    expect(watch.point).toBe('line')
  })

  it('empties the results of each point by what its own outputs had', async () => {
    const { session, watch, judge } = judgedLine()
    const { db } = session.workspace
    addPoint(db, { name: 'top', mostWaiting: null, views: null }, 'Mei Lin')
    // Of this one's outputs none ever gets a result.
    const settings = webhookSettingsSchema.parse({ kind: 'webhook', url: 'http://127.0.0.1:9/' })
    addOutput(db, { name: 'marker', point: 'top', settings, secrets: {} })
    for (let i = 0; i < 5; i += 1) judge()
    const through = throughOfAll(db, watch.point) ?? newestNumber(db)
    expect(emptyResults(db, { point: 'line', through, keep: 2, limit: 10 })).toBe(3)
    expect(resultsAfter(db, 'line', 0, 10).map(({ number }) => number)).toEqual([4, 5])
  })

  it('tells each state of the line and that the station ends, where a heartbeat is set', async () => {
    const { session, deliver } = judgedLine()
    const receiver = await startReceiver()
    addWebhook(session, receiver.url, {}, { heartbeat: 60 })
    showLineState(session, 'line', 'engine-away')
    const stop = deliver()
    await receiver.until(() => receiver.states().length === 1)
    showLineState(session, 'line', 'ready')
    await receiver.until(() => receiver.states().length === 2)
    await stop()
    expect(receiver.states()).toEqual(['engine-away', 'ready', 'stopped'])
  })

  it('is tested with a document to which no part belongs, also while it is switched off', async () => {
    const { session, deliver } = judgedLine()
    const { db } = session.workspace
    const receiver = await startReceiver()
    const id = addWebhook(session, receiver.url)
    deliver()
    changeOutput(db, { id, enabled: false, secrets: {}, operator: 'Mei Lin' })
    await testOutput(db, id, { atWork: undefined, operator: 'Mei Lin' })
    expect(receiver.received.map(({ document }) => document.format)).toEqual(['fanoscope.test/1'])
    await receiver.away()
    await expect(testOutput(db, id, { atWork: undefined, operator: 'Mei Lin' })).rejects.toMatchObject({
      code: 'output-unreachable',
    })
    expect(listAudit(db, { action: 'output.tested' }).map(({ detail }) => detail.arrived)).toEqual([
      false,
      true,
    ])
  })

  it('gets the results from when it is switched on again, and the audit names those that it never gets', async () => {
    const { session, judge, deliver } = judgedLine()
    const { db } = session.workspace
    const receiver = await startReceiver()
    const id = addWebhook(session, receiver.url)
    deliver()
    const turn = async (enabled: boolean): Promise<void> => {
      changeOutput(db, { id, enabled, secrets: {} })
      await followOutputs(session)
    }
    judge()
    await receiver.until(() => receiver.numbers().length === 1)
    await turn(false)
    judge()
    judge()
    await turn(true)
    judge()
    await receiver.until(() => receiver.numbers().length === 2)
    expect(receiver.numbers()).toEqual([1, 4])
    expect(listAudit(db, { action: 'output.changed' })[0]?.detail).toMatchObject({ skipped: '2-3' })
    removeOutput(db, id, 'Mei Lin')
    expect(outputStates(session)).toEqual([])
  })

  it('goes only to machines that a person named, and never to an address outside of the plant', async () => {
    const { session } = judgedLine()
    const { db } = session.workspace
    expect(() => addWebhook(session, 'http://10.0.0.7/parts')).toThrow('10.0.0.7 is not among')
    changeSetting(db, outputRulesKey, { hosts: ['10.0.0.7', '8.8.8.8'], verdictWithin: null }, 'Mei Lin')
    expect(() => addWebhook(session, 'http://8.8.8.8/parts')).toThrow('outside of the plant')
    expect(addWebhook(session, 'http://10.0.0.7/parts')).toBe(1)
  })
})
