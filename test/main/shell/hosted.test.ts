import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { openShell, type Shell } from '../../../src/main/shell/hosted.ts'
import { type BuiltRenderer, buildRenderer } from './built-renderer.ts'
import { callExamples, eventExamples } from './contract-examples.ts'
import { type RecordedApplication, recordedApplication } from './recorded-application.ts'

let built: BuiltRenderer
beforeAll(() => {
  built = buildRenderer()
})
afterAll(() => rmSync(built.folder, { recursive: true }))

async function open(application: RecordedApplication): Promise<{ shell: Shell; reports: string[] }> {
  const reports: string[] = []
  const { rendererFolder } = built
  const shell = await openShell({ application, rendererFolder, report: (message) => reports.push(message) })
  onTestFinished(() => shell.close())
  return { shell, reports }
}

describe('what both hosts stand on', () => {
  it('answers a call, and never throws for one', async () => {
    const application = recordedApplication({
      'run.list': () => {
        throw new TypeError('runs is undefined')
      },
    })
    const { shell, reports } = await open(application)
    expect(await shell.call('operator.list', {})).toEqual({
      ok: true,
      value: callExamples['operator.list'].output,
    })
    expect(await shell.call('run.list', {})).toMatchObject({ ok: false, failure: { code: 'internal' } })
    expect(await shell.call(undefined, undefined)).toMatchObject({
      ok: false,
      failure: { code: 'unknown-call' },
    })
    expect(reports).toEqual([expect.stringContaining('runs is undefined')])
  })

  it('tells events until it is asked to stop', async () => {
    const application = recordedApplication()
    const { shell } = await open(application)
    const heard: string[] = []
    const stop = shell.onEvent((name) => heard.push(name))
    application.events.emit('job.changed', eventExamples['job.changed'])
    stop()
    application.events.emit('job.changed', eventExamples['job.changed'])
    expect(heard).toEqual(['job.changed'])
  })

  it('has a bridge of its own only where no preload brings one', async () => {
    const { shell } = await open(recordedApplication())
    expect((await shell.site.answer('bridge.js', null)).status).toBe(404)
    const withBridge = await openShell({ ...built, application: recordedApplication() })
    expect((await withBridge.site.answer('bridge.js', null)).status).toBe(200)
    await withBridge.close()
  })
})
