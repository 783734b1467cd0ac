import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { extractZip } from '../../../../scripts/setup/zip.mjs'
import { withoutNames } from '../../../../src/main/features/doctor/without-names.ts'
import { zipFile } from '../../../../src/main/platform/zip-file.ts'
import { findOrMakeOperator } from '../../../../src/main/store/operators.ts'
import { writeSetting } from '../../../../src/main/store/settings.ts'
import { openWorkspace } from '../../../../src/main/store/workspace.ts'
import { retentionKey } from '../../../../src/shared/live.ts'
import { fanoscope } from '../../command-line/fanoscope.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'

const known = { home: '/home/annlee', user: 'annlee', computer: 'line4-pc', people: ['Li', 'Li Na', '王伟'] }

describe('what is sent to somebody who helps', () => {
  const clean = withoutNames(known)

  it.each([
    ['the home folder and the user', 'in /home/annlee/Fanoscope by annlee', 'in ~/Fanoscope by (user)'],
    ['the computer', 'host line4-pc.', 'host (computer).'],
    ['operators, the longer name first', '"by":"Li Na","and":"Li"', '"by":"operator 2","and":"operator 1"'],
    ['operators whose name is written without spaces', '操作员王伟已登录', '操作员operator 3已登录'],
    ['names in other letters of case', 'LI NA signed in', 'operator 2 signed in'],
    [
      'tickets in addresses',
      'http://127.0.0.1:80/?ticket=abc123&a=1',
      'http://127.0.0.1:80/?ticket=(removed)&a=1',
    ],
    [
      'PINs and tokens in data',
      '{"pin":"4711","token": "x y"}',
      '{"pin":"(removed)","token": "(removed) y"}',
    ],
    ['headers', 'Authorization: Bearer abc.def', 'Authorization: Bearer (removed)'],
  ])('has without %s', (_what, text, expected) => {
    expect(clean(text)).toBe(expected)
  })

  it('keeps words that hold a name', () => {
    expect(clean('a line of light, Lisa')).toBe('a line of light, Lisa')
  })

  it('has a path of Windows also as JSON writes it', () => {
    const windows = withoutNames({ ...known, home: 'C:\\Users\\annlee' })
    expect(windows(JSON.stringify({ path: 'C:\\Users\\annlee\\x' }))).toBe('{"path":"~\\\\x"}')
  })
})

describe('a zip archive of our own', () => {
  it('is read by another reader, with names in every alphabet', async () => {
    const folder = temporaryFolder()
    const file = join(folder, 'a.zip')
    const long = Buffer.from('text '.repeat(10_000))
    writeFileSync(
      file,
      zipFile([
        { name: '说明.txt', content: Buffer.from('良品') },
        { name: 'logs/long.log', content: long },
        { name: 'empty', content: Buffer.alloc(0) },
      ]),
    )
    const to = join(folder, 'out')
    await extractZip(file, { to })
    expect(readFileSync(join(to, '说明.txt'), 'utf8')).toBe('良品')
    expect(readFileSync(join(to, 'logs', 'long.log')).equals(long)).toBe(true)
    expect(readFileSync(join(to, 'empty')).length).toBe(0)
  })
})

describe('doctor --bundle', () => {
  it('writes one file without names and secrets, also while the workspace is in use, and overwrites none', async () => {
    const folder = temporaryFolder()
    const dir = join(folder, 'line')
    const workspace = openWorkspace(dir, { create: true })
    findOrMakeOperator(workspace.db, 'Xiaoming Zhang')
    writeSetting(workspace.db, retentionKey, { goodDays: 5, flaggedDays: null, gigabytes: null })
    writeSetting(workspace.db, 'somebody.webhook', 'https://user:hunter2@example.org')
    writeFileSync(
      join(dir, 'logs', 'fanoscope.log'),
      `${JSON.stringify({ level: 30, time: 1, msg: 'Xiaoming Zhang signed in', token: 'hunter3' })}\n`,
    )
    const file = join(folder, 'help.zip')
    const made = await fanoscope(['doctor', '--bundle', file, '--workspace', dir, '--json'])
    expect(made.code).toBe(0)
    expect(made.document()).toEqual({
      file,
      files: ['README.txt', 'doctor.txt', 'doctor.json', 'database.json', 'schema.sql', 'logs/fanoscope.log'],
    })
    const to = join(folder, 'out')
    await extractZip(file, { to })
    const all = readdirSync(to, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
      .join('\n')
    for (const word of ['Xiaoming', 'hunter2', 'hunter3', 'example.org']) expect(all).not.toContain(word)
    expect(all).toContain('operator 1 signed in')
    expect(readFileSync(join(to, 'schema.sql'), 'utf8')).toContain('CREATE TABLE operator')
    const database = JSON.parse(readFileSync(join(to, 'database.json'), 'utf8'))
    expect(database).toMatchObject({ operators: 1, rows: { operator: 1 } })
    expect(database.settings).toContainEqual({ key: 'somebody.webhook', value: '(left out)' })
    expect(database.settings).toContainEqual({
      key: retentionKey,
      value: '{"goodDays":5,"flaggedDays":null,"gigabytes":null}',
    })
    const again = await fanoscope(['doctor', '--bundle', file, '--workspace', dir, '--json'])
    expect(again.code).toBe(1)
    expect(again.stdout).toContain('target-exists')
    workspace.close()
  })

  it('tells what it can of a workspace that cannot be read', async () => {
    const folder = temporaryFolder()
    const dir = join(folder, 'line')
    openWorkspace(dir, { create: true }).close()
    writeFileSync(join(dir, 'fanoscope.db'), 'not a database')
    const file = join(folder, 'help.zip')
    await fanoscope(['doctor', '--bundle', file, '--workspace', dir])
    expect(existsSync(file)).toBe(true)
    const to = join(folder, 'out')
    await extractZip(file, { to })
    expect(JSON.parse(readFileSync(join(to, 'database.json'), 'utf8'))).toHaveProperty('failure')
  })
})
