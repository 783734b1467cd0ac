import { describe, expect, it } from 'vitest'
import {
  effectiveValue,
  fieldsOf,
  parseField,
  presetFor,
  settingsOf,
} from '../../../../src/renderer/screens/train/parameters.ts'
import type { Parameter } from '../../../../src/shared/training.ts'

const parameter = (values: Partial<Parameter>): Parameter => ({
  name: 'batch',
  type: 'integer',
  default: 64,
  description: '',
  ...values,
})
const system = {
  name: 'fanogan',
  paper: '',
  scores: [],
  parameters: [
    parameter({ name: 'size', type: 'choice', choices: [32, 64], default: 64 }),
    parameter({ name: 'flips', type: 'choice', choices: ['none', 'both'], default: 'both' }),
    parameter({ name: 'batch', minimum: 2, maximum: 512 }),
    parameter({ name: 'decay', type: 'boolean', default: false }),
  ],
}
const preset = { name: 'quick', model: 'fanogan', description: '', values: { batch: 16 } }
const fields = fieldsOf(system, preset, null)
const field = (name: string) => fields.find((candidate) => candidate.parameter.name === name)

describe('a field that nobody touched', () => {
  it('has the value of the preset', () => {
    expect(field('batch')).toMatchObject({ inherited: 16, origin: 'preset' })
  })

  it('has the value of the paper where the preset says nothing', () => {
    expect(field('size')).toMatchObject({ inherited: 64, origin: 'paper' })
  })

  it('is left to the dataset where main takes it from there', () => {
    expect(field('flips')).toMatchObject({ inherited: null, origin: 'dataset' })
  })

  it('has the value that main found by the images, once it is known', () => {
    const known = fieldsOf(system, preset, { flips: 'none', decay: true, batch: 4 })
    const origins = known.map(({ parameter: { name }, inherited, origin }) => [name, inherited, origin])
    expect(origins).toEqual([
      ['size', 64, 'paper'],
      ['flips', 'none', 'dataset'],
      ['batch', 16, 'preset'],
      ['decay', true, 'dataset'],
    ])
  })

  it('has the values that a preset has for features, where these are the input', () => {
    const own = { ...preset, withFeatures: { batch: 64, flips: null } }
    const inherited = (input: string) =>
      fieldsOf(system, presetFor(own, input), { flips: 'none' }).map(({ parameter: { name }, ...rest }) => [
        name,
        rest.inherited,
      ])
    expect(inherited('features')).toContainEqual(['batch', 64])
    expect(inherited('features')).toContainEqual(['flips', 'none'])
    expect(inherited('tiles')).toContainEqual(['batch', 16])
  })

  it('is not sent', () => {
    expect(settingsOf(fields, { batch: '  ' })).toEqual({ set: {}, problems: {} })
  })
})

describe('a field that was filled in', () => {
  it('is sent as the type that main expects', () => {
    const { set } = settingsOf(fields, { size: '32', batch: '8', decay: 'true', flips: 'none' })
    expect(set).toEqual({ size: 32, batch: 8, decay: true, flips: 'none' })
  })

  it('is dropped when another system has no such parameter', () => {
    expect(settingsOf(fields, { lambda: '10' })).toEqual({ set: {}, problems: {} })
  })

  it('may have a decimal comma and an exponent', () => {
    const rate = parameter({ name: 'learningRate', type: 'number' })
    expect(parseField(rate, '0,0002')).toEqual({ value: 0.0002 })
    expect(parseField(rate, '5e-5')).toEqual({ value: 0.00005 })
  })

  it.each([
    ['twelve', { kind: 'not-a-number' }],
    ['2.5', { kind: 'not-whole' }],
    ['1', { kind: 'too-small', limit: 2 }],
    ['513', { kind: 'too-large', limit: 512 }],
  ])('says what is wrong with "%s"', (text, problem) => {
    expect(settingsOf(fields, { batch: text })).toEqual({ set: {}, problems: { batch: problem } })
  })

  it('may be a word in place of a number, where there is one', () => {
    const scale = parameter({
      name: 'featureScale',
      type: 'number',
      choices: ['auto'],
      minimum: 0.05,
      maximum: 1,
    })
    expect(parseField(scale, 'auto')).toEqual({ value: 'auto' })
    expect(parseField(scale, '0.5')).toEqual({ value: 0.5 })
    expect(parseField(scale, 'automatic')).toEqual({ problem: { kind: 'not-a-number' } })
  })

  it('is one of the choices', () => {
    expect(settingsOf(fields, { size: '48' }).problems).toEqual({ size: { kind: 'not-a-choice' } })
  })

  it('comes before the preset', () => {
    expect(effectiveValue(fields, settingsOf(fields, { batch: '8' }), 'batch')).toBe(8)
    expect(effectiveValue(fields, settingsOf(fields, {}), 'batch')).toBe(16)
    expect(effectiveValue(fields, settingsOf(fields, {}), 'flips')).toBeNull()
  })
})
