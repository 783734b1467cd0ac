/**
 * Names and texts of what the engine's catalog lists. A system may bring parameters that the locale files
 * do not know yet: those show what the catalog itself says.
 */
import { useI18n } from 'vue-i18n'
import type { Parameter, Systems } from '../../shared/training.ts'

export function useCatalogText() {
  const { t, te } = useI18n()
  const or = (key: string, otherwise: string): string => (te(key) ? t(key) : otherwise)

  return {
    system: (name: string) => or(`system.${name}`, name),
    presetName: (name: string) => or(`preset.${name}.name`, name),
    presetText: (preset: Systems['presets'][number]) => or(`preset.${preset.name}.text`, preset.description),
    parameterName: (name: string) => or(`parameter.${name}.name`, name),
    parameterText: (parameter: Parameter) => or(`parameter.${parameter.name}.text`, parameter.description),
    score: (name: string) => or(`score.${name}`, name),
    loss: (name: string) => or(`loss.${name}`, name),
    /** A value of a parameter, as a person reads it. */
    value: (parameter: string, value: string | number | boolean): string => {
      if (typeof value === 'boolean') return t(value ? 'train.on' : 'train.off')
      if (parameter === 'score') return or(`score.${value}`, String(value))
      return or(`choice.${parameter}.${value}`, String(value))
    },
    unit: (name: string) => or(`unit.${name}`, name),
  }
}
