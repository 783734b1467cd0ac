import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { engineEnvironment } from '../../../src/main/engine-host/environment.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'fanoscope-environment-'))
  mkdirSync(join(root, '.cache', 'tensorflow'), { recursive: true })
})
afterEach(() => rmSync(root, { recursive: true }))

const record = (text: string) => writeFileSync(join(root, '.cache', 'tensorflow', 'environment.json'), text)

test('without a record of set-up the engine gets this process’s environment', () => {
  expect(engineEnvironment(root, { HOME: '/home/a', NOTHING: undefined }, 'win32')).toEqual({
    HOME: '/home/a',
  })
})

test('library folders that set-up recorded come before those that are there', () => {
  record('{"LD_LIBRARY_PATH":"/cuda/lib","XLA_FLAGS":"--a"}')
  expect(engineEnvironment(root, { LD_LIBRARY_PATH: '/usr/lib', XLA_FLAGS: '--b' }, 'darwin')).toEqual({
    LD_LIBRARY_PATH: `/cuda/lib${delimiter}/usr/lib`,
    XLA_FLAGS: '--a',
  })
})

test('a damaged record is an error that says what to do', () => {
  record('{"LD_LIBRARY_PATH":')
  expect(() => engineEnvironment(root, {})).toThrow(/does not hold environment variables/)
})

test.each([
  [undefined, 'glibc.malloc.hugetlb=1'],
  ['glibc.malloc.arena_max=2', 'glibc.malloc.arena_max=2:glibc.malloc.hugetlb=1'],
  ['glibc.malloc.hugetlb=0', 'glibc.malloc.hugetlb=0'],
])('on Linux it asks for large pages, beside and after what is set: %s', (set, wanted) => {
  expect(engineEnvironment(root, { GLIBC_TUNABLES: set }, 'linux')).toEqual({ GLIBC_TUNABLES: wanted })
})
