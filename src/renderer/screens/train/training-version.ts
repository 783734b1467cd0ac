/** Which images of a dataset a training learns from: a version that a person confirmed, or its training split. */
import { computed, type Ref, ref, watch } from 'vue'
import type { DatasetVersion } from '../../../shared/curation.ts'
import { call } from '../../bridge.ts'
import { useAnswer } from '../../data/answer.ts'
import { useDatasetsStore } from '../../data/datasets.ts'

/** The training split as it is now. */
export const split = 0

/** The newest version that somebody confirmed; else the training split. */
export const proposedVersion = (versions: readonly DatasetVersion[]): number =>
  versions.find(({ operator }) => operator !== null)?.number ?? split

export function useTrainingVersion(datasetId: Ref<string>) {
  const datasets = useDatasetsStore()
  /** The number of the version, or `split`. */
  const chosen = ref(split)
  let chosenFor = ''

  const { answer, failure, read } = useAnswer(
    async () => {
      const dataset = datasetId.value
      return dataset === '' ? null : { dataset, versions: await call('version.list', { dataset }) }
    },
    { keeps: true },
  )
  const versions = computed(() => (answer.value?.dataset === datasetId.value ? answer.value.versions : []))
  /** Whether the versions of the dataset are known, so that the choice is the person's or the proposed one. */
  const known = computed(() => answer.value?.dataset === datasetId.value)
  const version = computed(() => versions.value.find(({ number }) => number === chosen.value) ?? null)

  watch(() => [datasetId.value, datasets.version], read, { immediate: true })
  let newest = 0
  watch(answer, (found) => {
    if (found === null) return
    const last = found.versions[0]?.number ?? 0
    // A version that was made meanwhile is proposed, as it is where the dataset is chosen.
    if (found.dataset !== chosenFor || last !== newest) chosen.value = proposedVersion(found.versions)
    chosenFor = found.dataset
    newest = last
  })

  return { chosen, versions, version, known, versionFailure: failure }
}
