/**
 * The form of a system's parameters. A field that nobody touched is left to the preset, to the dataset or to
 * the paper, in this order; only what was typed is sent.
 */
import type { Parameter, Systems } from '../../../shared/training.ts'

export type ParameterValue = string | number | boolean
export type System = Systems['systems'][number]
export type Preset = Systems['presets'][number]

/** What most trainings need; the others wait behind a heading. */
const basic = new Set(['size', 'input', 'scale', 'flips', 'steps', 'ganSteps', 'encoderSteps', 'score'])

/** Main derives these from the training images where no preset gives a value. */
const alwaysFromDataset = new Set(['channels', 'input', 'flips', 'scale'])

export interface Field {
  parameter: Parameter
  /** What holds while the field is empty; null where the dataset decides. */
  inherited: ParameterValue | null
  origin: 'preset' | 'dataset' | 'paper'
  basic: boolean
}

/** @param fromDataset values that main found by the images; null while it has not been asked */
export function fieldsOf(
  system: System,
  preset: Preset | null,
  fromDataset: Readonly<Record<string, ParameterValue>> | null,
): Field[] {
  return system.parameters.map((parameter) => {
    const { name } = parameter
    const ofPreset = preset?.values[name] ?? null
    const isBasic = basic.has(name)
    if (ofPreset !== null) return { parameter, inherited: ofPreset, origin: 'preset', basic: isBasic }
    const ofDataset = fromDataset?.[name] ?? null
    if (ofDataset !== null || alwaysFromDataset.has(name)) {
      return { parameter, inherited: ofDataset, origin: 'dataset', basic: isBasic }
    }
    return { parameter, inherited: parameter.default, origin: 'paper', basic: isBasic }
  })
}

/** A preset as it holds for such an input: where the networks see features, it has values of its own. */
export const presetFor = (preset: Preset | null, input: string | undefined): Preset | null =>
  preset === null || input !== 'features'
    ? preset
    : { ...preset, values: { ...preset.values, ...preset.withFeatures } }

export type Problem =
  | { kind: 'not-a-number' }
  | { kind: 'not-whole' }
  | { kind: 'too-small'; limit: number }
  | { kind: 'too-large'; limit: number }
  | { kind: 'not-a-choice' }

type Parsed = { value: ParameterValue } | { problem: Problem }

/** What was typed or chosen, as the value that main expects. */
export function parseField(parameter: Parameter, text: string): Parsed {
  const { type, choices, minimum, maximum } = parameter
  const typed = text.trim()
  if (type === 'choice') {
    const choice = choices?.find((candidate) => String(candidate) === typed)
    return choice === undefined ? { problem: { kind: 'not-a-choice' } } : { value: choice }
  }
  if (type === 'boolean') return { value: typed === 'true' }
  if (type === 'text') return { value: typed }
  const word = choices?.find((candidate) => String(candidate) === typed)
  if (word !== undefined) return { value: word }
  // A comma is the decimal sign of half the world; these numbers have no thousands to separate.
  const value = typed === '' ? Number.NaN : Number(typed.replace(',', '.'))
  if (!Number.isFinite(value)) return { problem: { kind: 'not-a-number' } }
  if (type === 'integer' && !Number.isInteger(value)) return { problem: { kind: 'not-whole' } }
  if (minimum !== undefined && value < minimum) return { problem: { kind: 'too-small', limit: minimum } }
  if (maximum !== undefined && value > maximum) return { problem: { kind: 'too-large', limit: maximum } }
  return { value }
}

export interface Settings {
  set: Record<string, ParameterValue>
  problems: Record<string, Problem>
}

/** The values of the fields that were changed. Texts of another system's parameters have no field and are dropped. */
export function settingsOf(fields: readonly Field[], texts: Readonly<Record<string, string>>): Settings {
  const settings: Settings = { set: {}, problems: {} }
  for (const { parameter } of fields) {
    const text = texts[parameter.name] ?? ''
    if (text.trim() === '') continue
    const parsed = parseField(parameter, text)
    if ('problem' in parsed) settings.problems[parameter.name] = parsed.problem
    else settings.set[parameter.name] = parsed.value
  }
  return settings
}

/** What a parameter will be in the training; null where the dataset decides. */
export function effectiveValue(
  fields: readonly Field[],
  settings: Settings,
  name: string,
): ParameterValue | null {
  return settings.set[name] ?? fields.find(({ parameter }) => parameter.name === name)?.inherited ?? null
}
