import { describe, expect, it } from 'vitest'
import { addressOfWheel, findInIndex, packageIndex } from '../../../scripts/setup/package-index.mjs'
import { pipHasSettings, pipParameters } from '../../../scripts/setup/python.mjs'
import { serve } from './file-server.ts'

const wheel = {
  project: 'tensorflow-cpu',
  version: '2.21.0',
  tag: 'cp311-cp311-manylinux_2_27_x86_64',
  bytes: 1,
  sha256: 'ab'.repeat(32),
}
const file = 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl'

describe('the package index', () => {
  it('is read as JSON or as a page, whatever it sends', () => {
    const json = JSON.stringify({
      files: [
        { filename: 'other.whl', url: 'a' },
        { filename: file, url: '../x' },
      ],
    })
    expect(findInIndex(json, file)).toBe('../x')
    const page = `<html><a class="x" href="../../p/${file}?a=1&amp;b=2#sha256=ff">x</a></html>`
    expect(findInIndex(page.replace('?a=1&amp;b=2', ''), file)).toBe(`../../p/${file}`)
    expect(findInIndex(`<a href="https://h/${file.replaceAll('_', '%5F')}">`, file)).toContain('%5F')
    expect(findInIndex('<html></html>', file)).toBeNull()
    expect(findInIndex('{}', file)).toBeNull()
  })

  it('is asked for the project’s page, and its addresses are taken from there', async () => {
    const asked: (string | undefined)[] = []
    const { url } = await serve((request, response) => {
      asked.push(request.url)
      response.end(`<a href="../../packages/${file}#sha256=aa">`)
    })
    const { origin } = new URL(url)
    expect(await addressOfWheel(wheel, { index: `${origin}/simple` })).toBe(`${origin}/packages/${file}`)
    expect(asked).toEqual(['/simple/tensorflow-cpu/'])
  })

  it('that has not the wheel says so, with what to do', async () => {
    const { url } = await serve((_request, response) => response.end('<html></html>'))
    await expect(addressOfWheel(wheel, { index: new URL(url).origin })).rejects.toMatchObject({
      code: 'wheel-not-listed',
      message: expect.stringContaining(file),
      remedy: expect.stringContaining('PIP_INDEX_URL'),
    })
  })

  it('may be another one', () => {
    expect(packageIndex({ PIP_INDEX_URL: 'https://mirror.example/simple//' })).toBe(
      'https://mirror.example/simple',
    )
  })
})

describe('pip', () => {
  it('is asked for one file by its hash, for that platform and not for this one', () => {
    const parameters = pipParameters(
      { ...wheel, tag: 'py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64' },
      { requirements: 'r.txt', folder: '/to' },
    )
    expect(parameters).toEqual(
      expect.arrayContaining(['--no-deps', '--require-hashes', '--only-binary=:all:']),
    )
    const platforms = parameters.filter((_, i) => parameters[i - 1] === '--platform')
    expect(platforms).toEqual(['manylinux2014_x86_64', 'manylinux_2_17_x86_64'])
  })

  it('has settings of its own where it lists some, or where there is a proxy', async () => {
    const pip = { program: 'python3', before: ['-m', 'pip'] }
    const saying = (stdout: string, ok = true) => ({
      env: {},
      run: async () => ({ ok, code: ok ? 0 : 1, stdout, stderr: '', trouble: null }),
    })
    expect(await pipHasSettings(pip, saying(''))).toBe(false)
    expect(await pipHasSettings(pip, saying("global.index-url='https://mirror.example/simple'\n"))).toBe(true)
    expect(await pipHasSettings(pip, saying('no such command', false))).toBe(false)
    expect(await pipHasSettings(pip, { ...saying(''), env: { https_proxy: 'http://proxy:3128' } })).toBe(true)
  })
})
