import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { projectRoot } from '../../scripts/setup/places.mjs'

const read = (file: string): string => readFileSync(join(projectRoot, file), 'utf8')
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'docs/architecture.md',
  'docs/dependencies.md',
  'docs/electron.md',
]
const project: {
  version: string
  scripts: Record<string, string>
  dependencies: Record<string, string>
  devDependencies: Record<string, string>
  optionalDependencies: Record<string, string>
} = JSON.parse(read('package.json'))

describe.each(documents)('%s', (file) => {
  const text = read(file)

  it('links to files that are there', () => {
    const links = [...text.matchAll(/\]\(([^)#]+)/g)].map(([, link = '']) => link)
    for (const link of links.filter((candidate) => !candidate.includes('://'))) {
      expect(existsSync(join(projectRoot, dirname(file), link)), link).toBe(true)
    }
  })

  it('names folders and files of the source that are there', () => {
    const paths = [...text.matchAll(/`((?:src|test|scripts|docs)\/[\w./-]+)`/g)].map(([, path = '']) => path)
    for (const path of paths.filter((candidate) => !candidate.includes('0002-'))) {
      expect(existsSync(join(projectRoot, path)), path).toBe(true)
    }
  })

  it('names npm scripts that there are', () => {
    const scripts = [...text.matchAll(/npm run (?:-s )?([\w-]+)/g)].map(([, script = '']) => script)
    for (const script of scripts) expect(project.scripts, script).toHaveProperty(script)
  })
})

describe('the documents', () => {
  it('give a reason for every dependency, and for none that is not there', () => {
    const text = read('docs/dependencies.md')
    const [tables = '', own = ''] = text.split('## Own code instead of a library')
    expect(own).not.toBe('')
    const { dependencies, devDependencies, optionalDependencies } = project
    const packages = Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies })
    const ofTypes = (name: string): boolean => name.startsWith('@types/')
    for (const name of packages.filter((candidate) => !ofTypes(candidate))) {
      expect(tables, name).toContain(`\`${name}\``)
    }
    const firstCells = [...tables.matchAll(/^\| (`[^|]+) \|/gm)].map(([, cell = '']) => cell)
    const named = firstCells.flatMap((cell) => [...cell.matchAll(/`([^`*]+)`/g)].map(([, name = '']) => name))
    for (const name of named) expect(packages, name).toContain(name)
  })

  it('tell of the version that package.json has', () => {
    expect(read('CHANGELOG.md')).toContain(`\n## ${project.version}\n`)
  })

  it('show commands that the command line has', () => {
    const commands = [...read('README.md').matchAll(/^ {4}npm run -s fanoscope -- (\w+)/gm)]
    expect(commands.length).toBeGreaterThanOrEqual(10)
    const sources = readdirSync(join(projectRoot, 'src/main'), { recursive: true, encoding: 'utf8' })
    for (const [, command = ''] of commands) {
      expect(
        sources.some((file) => file.endsWith(`${command}-command.ts`)),
        command,
      ).toBe(true)
    }
  })
})
