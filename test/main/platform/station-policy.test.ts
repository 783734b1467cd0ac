import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { projectRoot } from '../../../scripts/setup/places.mjs'
import { createApplication } from '../../../src/main/app/application.ts'
import { dispatch } from '../../../src/main/contract/dispatch.ts'
import { launchStandardEngine } from '../../../src/main/engine-host/standard-engine.ts'
import { policyFile, readPolicy } from '../../../src/main/platform/station-policy.ts'
import { openWorkspace } from '../../../src/main/store/workspace.ts'
import type { CallInput, CallName } from '../../../src/shared/contract.ts'
import { retentionKey } from '../../../src/shared/live.ts'
import { stationPolicySchema } from '../../../src/shared/station-policy.ts'
import { fanoscope } from '../command-line/fanoscope.ts'
import { temporaryFolder } from '../store/temporary-folder.ts'

const retention = { goodDays: 14, flaggedDays: null, gigabytes: 500 }

function written(policy: unknown): string {
  const file = join(temporaryFolder(), 'fanoscope.json')
  writeFileSync(file, typeof policy === 'string' ? policy : JSON.stringify(policy))
  return file
}

describe('the file of the administrator', () => {
  it('lies beside what a person starts', () => {
    const folder = temporaryFolder()
    const program = join(folder, 'program')
    mkdirSync(program)
    expect(policyFile({}, program)).toBe(join(program, 'fanoscope.json'))
    writeFileSync(
      join(program, 'bundle.json'),
      JSON.stringify({ system: 'linux-x64', commit: '0', lacks: [] }),
    )
    expect(policyFile({}, program)).toBe(join(folder, 'fanoscope.json'))
    const installed = join(folder, 'resources', 'app.asar')
    expect(policyFile({}, installed, join(folder, 'fanoscope'))).toBe(join(folder, 'fanoscope.json'))
    expect(policyFile({ FANOSCOPE_POLICY: '/etc/line.json' }, program)).toBe('/etc/line.json')
  })

  it('need not be there', () => {
    expect(readPolicy({}, join(temporaryFolder(), 'fanoscope.json'))).toBeNull()
  })

  it.each([
    ['is no JSON', '{'],
    ['has a word that is not known', { langauge: 'en' }],
    ['has a language that is not there', { language: 'fr' }],
    ['has a retention that is not whole', { retention: { goodDays: 0 } }],
  ])('is refused with its name where it %s', (_what, policy) => {
    const file = written(policy)
    expect(() => readPolicy({}, file)).toThrow(
      expect.objectContaining({ code: 'policy-invalid', params: expect.objectContaining({ file }) }),
    )
  })

  it('is described by the schema that is published', () => {
    const published = JSON.parse(readFileSync(join(projectRoot, 'docs', 'fanoscope.schema.json'), 'utf8'))
    expect(published).toEqual(
      JSON.parse(JSON.stringify(z.toJSONSchema(stationPolicySchema, { io: 'input' }))),
    )
  })

  it('is named by the command line where it is wrong, and refuses what it sets', async () => {
    const workspace = join(temporaryFolder(), 'line')
    const wrong = await fanoscope(['doctor', '--json'], { environment: { FANOSCOPE_POLICY: written('{') } })
    expect(wrong.code).toBe(1)
    expect(wrong.stdout).toContain('policy-invalid')
    openWorkspace(workspace, { create: true }).close()
    const FANOSCOPE_POLICY = written({ retention })
    const options = { environment: { FANOSCOPE_POLICY } }
    const told = await fanoscope(['retention', '--workspace', workspace, '--json'], options)
    expect(told.code).toBe(0)
    const changed = await fanoscope(
      ['retention', '--good-days', '7', '--workspace', workspace, '--json'],
      options,
    )
    expect(changed.code).toBe(1)
    expect(changed.stdout).toContain('set-by-administrator')
  })
})

describe('a station that an administrator set up', () => {
  function station(policy: unknown) {
    const folder = temporaryFolder()
    const application = createApplication({
      host: 'browser',
      chooseFolder: null,
      chooseFile: null,
      launchEngine: launchStandardEngine,
      environment: {
        FANOSCOPE_STATE: join(folder, 'state.json'),
        FANOSCOPE_POLICY: written(policy),
      },
    })
    const ask = <N extends CallName>(name: N, input: CallInput<N>) =>
      dispatch(application.handlers, name, input, undefined, { caller: 'window', admit: application.admit })
    return { folder, application, ask }
  }

  it('opens no other workspace from the window', async () => {
    const folder = temporaryFolder()
    const workspace = join(folder, 'Line 4')
    const { application, ask } = station({ workspace })
    const open = (dir: string) => ask('workspace.open', { dir, create: true, readOnly: false })
    await expect(open(join(folder, 'another'))).resolves.toMatchObject({
      ok: false,
      failure: { code: 'set-by-administrator' },
    })
    await expect(open(workspace)).resolves.toMatchObject({ ok: true, value: { dir: workspace } })
    await expect(ask('app.info', {})).resolves.toMatchObject({
      value: { suggested: { workspace }, administered: { policy: { workspace } } },
    })
    await application.close()
  })

  it('has its language, whatever was chosen before, and keeps the theme free', async () => {
    const { application, ask } = station({ language: 'zh-CN' })
    await expect(ask('setting.get', { key: 'ui.language' })).resolves.toEqual({
      ok: true,
      value: { value: 'zh-CN' },
    })
    await expect(
      ask('setting.set', { key: 'ui.language', value: 'en', operator: null }),
    ).resolves.toMatchObject({ ok: false, failure: { code: 'set-by-administrator' } })
    await ask('setting.set', { key: 'ui.theme', value: 'dark', operator: null })
    await expect(ask('setting.get', { key: 'ui.theme' })).resolves.toEqual({
      ok: true,
      value: { value: 'dark' },
    })
    await application.close()
  })

  it('keeps live pictures as long as is set, which the audit tells', async () => {
    const { folder, application, ask } = station({ retention })
    await ask('workspace.open', { dir: join(folder, 'line'), create: true, readOnly: false })
    await expect(ask('setting.get', { key: retentionKey })).resolves.toEqual({
      ok: true,
      value: { value: retention },
    })
    await expect(
      ask('setting.set', { key: retentionKey, value: { ...retention, goodDays: 7 }, operator: null }),
    ).resolves.toMatchObject({ ok: false, failure: { code: 'set-by-administrator' } })
    await application.close()
  })

  it('asks for somebody who is signed in before the first operator is there', async () => {
    const { folder, application, ask } = station({ signInRequired: true })
    await ask('workspace.open', { dir: join(folder, 'line'), create: true, readOnly: false })
    const change = (operator: string | null) =>
      ask('setting.set', { key: retentionKey, value: retention, operator })
    await expect(change(null)).resolves.toMatchObject({ ok: false, failure: { code: 'operator-needed' } })
    await ask('operator.signIn', { name: 'Li Na', pin: null })
    await expect(change('Li Na')).resolves.toEqual({ ok: true, value: {} })
    await application.close()
  })
})
