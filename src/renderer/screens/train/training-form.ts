/** The choices for a training, what main expects of such a training, and its start. */
import { watchDebounced } from '@vueuse/core'
import { computed, reactive, ref, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRoute, useRouter } from 'vue-router'
import type { FailureData } from '../../../shared/failure.ts'
import type { TrainingOutlook } from '../../../shared/training.ts'
import { call } from '../../bridge.ts'
import { useAnswer } from '../../data/answer.ts'
import { useAppStore } from '../../data/app.ts'
import { useDatasetsStore } from '../../data/datasets.ts'
import { useJobsStore } from '../../data/jobs.ts'
import { useNoticesStore } from '../../data/notices.ts'
import { useSystemsStore } from '../../data/systems.ts'
import { asFailure } from '../../failure.ts'
import { useWords } from '../../i18n/words.ts'
import { type Check, checksFor } from './checks.ts'
import { effectiveValue, fieldsOf, presetFor, settingsOf } from './parameters.ts'
import { split, useTrainingVersion } from './training-version.ts'

const largestSeed = 2 ** 31 - 1
/** After the last key, in milliseconds. */
const pause = 250

export function useTrainingForm() {
  const { t } = useI18n()
  const words = useWords()
  const route = useRoute()
  const router = useRouter()
  const app = useAppStore()
  const datasets = useDatasetsStore()
  const jobs = useJobsStore()
  const systems = useSystemsStore()
  const notices = useNoticesStore()

  const datasetId = ref('')
  const model = ref('')
  const presetName = ref('')
  const seed = ref('1')
  const texts = reactive<Record<string, string>>({})
  const { chosen, versions, version, known, versionFailure } = useTrainingVersion(datasetId)
  const versionNumber = computed(() => (chosen.value === split ? null : chosen.value))
  const ask = (): Promise<TrainingOutlook> =>
    call('train.outlook', {
      dataset: datasetId.value,
      model: model.value,
      preset: presetName.value,
      version: versionNumber.value,
      set: settings.value.set,
    })
  const { answer, failure: outlookFailure, read: look } = useAnswer(ask, { keeps: true })
  /** What a training would be, where that can be told. */
  const outlook = computed(() => (outlookFailure.value === null ? answer.value : null))
  const counts = computed(() => outlook.value?.counts ?? null)
  const starting = ref(false)
  const startFailure = ref<FailureData | null>(null)
  const failure = computed(() => startFailure.value ?? outlookFailure.value ?? versionFailure.value)

  void systems.load()

  const dataset = computed(() => datasets.datasets.find(({ id }) => id === datasetId.value) ?? null)
  const system = computed(() => systems.catalogue?.systems.find(({ name }) => name === model.value) ?? null)
  const presets = computed(
    () => systems.catalogue?.presets.filter((preset) => preset.model === model.value) ?? [],
  )
  const preset = computed(() => presets.value.find(({ name }) => name === presetName.value) ?? null)
  const input = computed(() => texts.input?.trim())
  const fields = computed(() =>
    system.value === null
      ? []
      : fieldsOf(system.value, presetFor(preset.value, input.value), outlook.value?.fromDataset ?? null),
  )
  const settings = computed(() => settingsOf(fields.value, texts))
  const changed = computed(
    () => fields.value.filter(({ parameter }) => (texts[parameter.name] ?? '') !== '').length,
  )
  const seedValue = computed(() => {
    const value = Number(seed.value)
    return seed.value.trim() !== '' && Number.isInteger(value) && value >= 0 && value <= largestSeed
      ? value
      : null
  })

  const numberOf = (name: string, otherwise: number): number => {
    const value = effectiveValue(fields.value, settings.value, name)
    return typeof value === 'number' ? value : otherwise
  }
  const checks = computed<Check[]>(() =>
    outlook.value === null
      ? []
      : checksFor(outlook.value, {
          // A photograph has many windows of features.
          batch: input.value === 'features' ? 1 : numberOf('batch', 1),
          steps: numberOf('ganSteps', 0) + numberOf('encoderSteps', 0),
          gpu: app.engine.provider?.gpu ?? null,
        }),
  )
  const canStart = computed(
    () =>
      dataset.value !== null &&
      known.value &&
      preset.value !== null &&
      seedValue.value !== null &&
      counts.value !== null &&
      Object.keys(settings.value.problems).length === 0 &&
      checks.value.every(({ tone }) => tone !== 'stop'),
  )

  // The dataset of the address first, by id or by name; else the one with the most good parts.
  watch(
    () => [datasets.datasets, route.query.dataset] as const,
    ([all, asked]) => {
      const named = all.find(({ id, name }) => id === asked || name === asked)
      const known = all.some(({ id }) => id === datasetId.value)
      if (named !== undefined && !known) datasetId.value = named.id
      else if (!known) {
        const [first] = [...all].sort((a, b) => b.labels.normal - a.labels.normal)
        datasetId.value = first?.id ?? ''
      }
    },
    { immediate: true },
  )
  watch(
    () => systems.catalogue,
    (catalogue) => {
      // Fanoscope was made for f-AnoGAN, so it is chosen first, whatever the order of the catalog.
      const names = catalogue?.systems.map(({ name }) => name) ?? []
      model.value = names.includes('fanogan') ? 'fanogan' : (names[0] ?? '')
    },
    { immediate: true },
  )
  watch(
    presets,
    (listed) => {
      if (listed.some(({ name }) => name === presetName.value)) return
      presetName.value = (listed.find(({ name }) => name === 'quick') ?? listed[0])?.name ?? ''
    },
    { immediate: true },
  )
  watchDebounced(
    () =>
      JSON.stringify([
        datasetId.value,
        datasets.version,
        known.value,
        chosen.value,
        model.value,
        preset.value?.name,
        settings.value.set,
        jobs.active.length,
      ]),
    () => {
      const canAsk = dataset.value !== null && known.value && preset.value !== null
      if (!canAsk || Object.keys(settings.value.problems).length > 0) return
      startFailure.value = null
      void look()
    },
    { debounce: () => (answer.value === null ? 0 : pause), immediate: true },
  )

  function setText(name: string, value: string): void {
    texts[name] = value
  }

  function reset(): void {
    for (const name of Object.keys(texts)) texts[name] = ''
  }

  async function start(): Promise<void> {
    if (!canStart.value || starting.value || seedValue.value === null) return
    starting.value = true
    startFailure.value = null
    try {
      const { run, warnings } = await call('train.start', {
        dataset: datasetId.value,
        model: model.value,
        preset: presetName.value,
        seed: seedValue.value,
        version: versionNumber.value,
        set: settings.value.set,
      })
      // What the form showed before the start is not said again.
      const shown = new Set(outlook.value?.findings.map(({ code }) => code))
      const fresh = warnings.filter(({ code }) => !shown.has(code))
      if (fresh.length > 0) {
        const told = fresh.map((warning) => words.value.text('warning', warning))
        notices.tell('info', t('train.startedWith'), told.join(' '))
      }
      await router.push({ name: 'training', params: { run } })
    } catch (thrown) {
      startFailure.value = asFailure(thrown)
    } finally {
      starting.value = false
    }
  }

  return {
    datasetId,
    dataset,
    chosen,
    versions,
    version,
    model,
    system,
    presetName,
    presets,
    seed,
    seedValue,
    texts,
    setText,
    reset,
    changed,
    fields,
    settings,
    outlook,
    checks,
    failure,
    canStart,
    starting,
    start,
  }
}
