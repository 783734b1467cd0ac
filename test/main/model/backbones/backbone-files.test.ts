import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  backboneFile,
  findBackbone,
  importFolder,
} from '../../../../src/main/model/backbones/backbone-files.ts'
import {
  type Backbone,
  backboneByName,
  backbones,
  wheelFileOf,
} from '../../../../src/main/model/backbones/registry.ts'
import { digestOf, writeTensors } from '../../../../src/main/model/safetensors.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { describeWithBackbone } from './present.ts'

const tensors = { a: { shape: [2], data: Float32Array.from([1, 2]) } }
const lite2 = backbones.find(({ name }) => name === 'efficientnet-lite2')

/** A backbone of one tensor, and the two folders in which it may lie. */
function small() {
  if (lite2 === undefined) throw new Error('There is no efficientnet-lite2.')
  const backbone: Backbone = { ...lite2, name: 'small', tensors: { sha256: digestOf(tensors), leftOut: [] } }
  const [root, own] = [temporaryFolder(), temporaryFolder()]
  const setup = join(root, '.cache', 'backbones')
  mkdirSync(setup, { recursive: true })
  const places = { root, environment: { FANOSCOPE_BACKBONES: own } }
  return {
    inSetup: join(setup, 'small.safetensors'),
    inOwn: join(own, 'small.safetensors'),
    find: () => findBackbone(backbone, places),
  }
}

describe('the weights of a backbone', () => {
  it('are found where set-up keeps them, and where a person’s import keeps them', async () => {
    const { inSetup, inOwn, find } = small()
    expect(await find()).toBeNull()
    await writeTensors(inSetup, tensors, {})
    expect(await find()).toEqual({ file: inSetup, bytes: statSync(inSetup).size, source: 'setup' })
    await writeTensors(inOwn, tensors, {})
    expect(await find()).toMatchObject({ file: inOwn, source: 'import' })
  })

  it('are not found where the values are others, and the right ones elsewhere are', async () => {
    const { inSetup, inOwn, find } = small()
    await writeTensors(inOwn, { a: { shape: [2], data: Float32Array.from([1, 3]) } }, {})
    expect(await find()).toBeNull()
    await writeTensors(inSetup, tensors, {})
    expect(await find()).toMatchObject({ file: inSetup })
  })

  it('are not found where the file is cut off, is something else or is a folder', async () => {
    const { inSetup, inOwn, find } = small()
    await writeTensors(inSetup, tensors, {})
    truncateSync(inSetup, statSync(inSetup).size - 1)
    expect(await find()).toBeNull()
    writeFileSync(inSetup, 'something else')
    expect(await find()).toBeNull()
    mkdirSync(inOwn)
    expect(await find()).toBeNull()
  })

  it('are looked at again when the file changed', async () => {
    const { inSetup, find } = small()
    await writeTensors(inSetup, tensors, {})
    expect(await find()).not.toBeNull()
    const bytes = readFileSync(inSetup)
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1)
    writeFileSync(inSetup, bytes)
    utimesSync(inSetup, 1, 1)
    expect(await find()).toBeNull()
  })

  it('of a name that no backbone has are nowhere', async () => {
    expect(await backboneFile('no-such-network')).toBeNull()
    expect(backboneByName('no-such-network')).toBeNull()
  })
})

describe('the folder of imported weights', () => {
  it('lies beside the person’s preferences, unless another one is named', () => {
    expect(importFolder({ FANOSCOPE_STATE: join('/home/line', 'state.json') })).toBe(
      join('/home/line', 'backbones'),
    )
    expect(importFolder({ FANOSCOPE_BACKBONES: '/data/weights' })).toBe('/data/weights')
  })
})

describe('the registry', () => {
  it.each(backbones)('names a wheel of $name, whose licence NOTICE tells', (backbone) => {
    const notice = readFileSync(join(import.meta.dirname, '../../../../NOTICE'), 'utf8')
    expect(wheelFileOf(backbone)).toMatch(/^\w+-[\d.]+-[\w.]+-\w+-\w+\.whl$/)
    for (const said of [backbone.title, backbone.copyright, backbone.address]) expect(notice).toContain(said)
  })
})

describeWithBackbone('the weights of efficientnet-lite2', (file) => {
  it('are those of the registry wherever they lie', async () => {
    const own = temporaryFolder()
    copyFileSync(file, join(own, 'efficientnet-lite2.safetensors'))
    const environment = { FANOSCOPE_BACKBONES: own }
    expect(await backboneFile('efficientnet-lite2', { root: temporaryFolder(), environment })).toBe(
      join(own, 'efficientnet-lite2.safetensors'),
    )
  })
})
