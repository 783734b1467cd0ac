/** docs/electron.md says what is so: its places and tests are there, and its calls are those of this version of Electron. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { projectRoot } from '../../scripts/setup/places.mjs'

const read = (file: string): string => readFileSync(join(projectRoot, file), 'utf8')
const text = read('docs/electron.md')
const rows = (heading: string): string[][] =>
  (text.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '')
    .split('\n')
    .filter(
      (line) => line.startsWith('| ') && !line.startsWith('| ---') && !/^\| (?:line|of Electron)/.test(line),
    )
    .map((line) =>
      line
        .split('|')
        .map((cell) => cell.trim())
        .slice(1, -1),
    )

/** Of the names as the document and Electron's own have them. */
const typeOf = (name: string): string => {
  const types: Record<string, string> = {
    ipcMain: 'IpcMain',
    ipcRenderer: 'IpcRenderer',
    screen: 'Screen',
    browserWindow: 'BaseWindow',
    commandLine: 'CommandLine',
  }
  return types[name] ?? name.charAt(0).toUpperCase() + name.slice(1)
}

/** The members of every class and interface in Electron's types, and whether they are deprecated. */
function electronMembers(): Map<string, boolean> {
  const members = new Map<string, boolean>()
  const visit = (node: ts.Node): void => {
    if (ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node)) {
      for (const member of node.members) {
        const name = member.name && ts.isIdentifier(member.name) ? member.name.text : null
        if (name !== null && node.name !== undefined)
          members.set(
            `${node.name.text}.${name}`,
            ts.getJSDocTags(member).some(({ tagName }) => tagName.text === 'deprecated'),
          )
      }
    }
    ts.forEachChild(node, visit)
  }
  const file = 'node_modules/electron/electron.d.ts'
  visit(ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true))
  return members
}

describe('the checklist', () => {
  const lines = rows('The security checklist')

  it('has the twenty lines of Electron’s, in their order', () => {
    expect(lines.map(([line = '']) => Number.parseInt(line, 10))).toEqual(
      Array.from({ length: 20 }, (_, i) => i + 1),
    )
  })

  it.each(lines)(
    '%s: the place in the code and the test are there',
    (_line, how = '', code = '', test = '') => {
      expect(how).not.toBe('')
      expect(existsSync(join(projectRoot, code.replaceAll('`', ''))), code).toBe(true)
      const [, file = '', name = ''] = /^`([^`]+)`: (.+)$/.exec(test) ?? []
      expect(read(file), test).toContain(name)
    },
  )

  it('names options that keep a window safe, and the code sets none of the others', () => {
    for (const file of [
      'src/main/shell/electron.ts',
      'src/main/shell/electron-api.ts',
      'src/main/shell/guards.ts',
    ])
      expect(read(file)).not.toMatch(
        /allowRunningInsecureContent|experimentalFeatures|enableBlinkFeatures|allowpopups|nodeIntegrationInWorker|openExternal/,
      )
  })
})

describe('what is called of Electron', () => {
  const calls = rows('What is called').map(([call = '', where = '']) => ({
    call: call.replaceAll('`', ''),
    where: where.replaceAll('`', ''),
  }))
  const members = electronMembers()

  it('calls only what the types of this version have, and says which of it is deprecated', () => {
    const deprecated: string[] = []
    expect(calls.length).toBeGreaterThan(50)
    for (const { call, where } of calls) {
      const [owner = '', member = ''] = call.split('.')
      const names = [`${typeOf(owner)}.${member}`, `BrowserWindow.${member}`]
      const found = names.find((name) => members.has(name))
      expect(found, call).toBeDefined()
      if (members.get(found ?? '') === true) deprecated.push(call)
      expect(read(where), `${call} in ${where}`).toMatch(new RegExp(`\\b${member}\\b`))
    }
    const [, said = ''] = /^Deprecated in this version[^:]*: ([^.]*(?:\.[^ ][^.]*)*)\./m.exec(text) ?? []
    expect([...said.matchAll(/`([^`]+)`/g)].map(([, call]) => call)).toEqual(deprecated)
  })

  it('imports nothing of Electron that is not listed', () => {
    const imported = ['src/main/index.ts', 'src/preload/index.ts'].flatMap((file) => {
      const [, names = ''] = /import \{([^}]+)\} from 'electron'/.exec(read(file)) ?? []
      return names
        .split(',')
        .map((name) => name.trim())
        .filter(Boolean)
    })
    expect(imported.length).toBeGreaterThan(10)
    const listed = new Set(calls.map(({ call }) => call.split('.')[0]?.toLowerCase()))
    for (const name of imported) expect([...listed], name).toContain(name.toLowerCase())
  })

  it('lists everything that the host asks of Electron', () => {
    const listed = new Set(calls.map(({ call }) => call.split('.')[1]))
    const source = ts.createSourceFile(
      'api.ts',
      read('src/main/shell/electron-api.ts'),
      ts.ScriptTarget.Latest,
      true,
    )
    const asked: string[] = []
    const visit = (node: ts.Node): void => {
      if (ts.isMethodSignature(node) && ts.isIdentifier(node.name)) asked.push(node.name.text)
      ts.forEachChild(node, visit)
    }
    visit(source)
    const notOfElectron = new Set(['on', 'once', 'preventDefault'])
    expect(asked.filter((name) => !listed.has(name) && !notOfElectron.has(name))).toEqual([])
  })
})
