/** The photographs to label, in the order of the dataset, and which of them is at hand. */
import { computed, type Ref, ref, watch } from 'vue'
import { useRoute } from 'vue-router'
import type { DatasetSummary, GridFilter, GridImage } from '../../../shared/dataset.ts'
import { labelSchema, splitSchema } from '../../../shared/image.ts'
import { call } from '../../bridge.ts'
import { createImagePages } from '../../data/image-pages.ts'
import { useKeptFields } from '../../data/kept-fields.ts'
import { useNoticesStore } from '../../data/notices.ts'

export const splits = splitSchema.options
export const labels = labelSchema.options

const noFilter = { split: '', label: '', text: '' }

/** @param entered is awaited before the photographs of another dataset are read */
export function useLabelImages(dataset: Readonly<Ref<DatasetSummary | null>>, entered: () => Promise<void>) {
  const route = useRoute()
  const notices = useNoticesStore()
  const pages = createImagePages((asked) => call('dataset.images', asked))
  const { total, failure, version } = pages
  /** An empty string filters nothing out. */
  const filter = useKeptFields('label.filter', noFilter, () => dataset.value?.id ?? null)
  const index = ref(0)
  const image = computed<GridImage | null>(() => {
    // Mentioned so that this is computed again when a page has arrived.
    void version.value
    return total.value === null || total.value === 0 ? null : pages.at(Math.min(index.value, total.value - 1))
  })

  function query(): GridFilter {
    const split = splits.find((name) => name === filter.split)
    const label = labels.find((name) => name === filter.label)
    return {
      ...(split === undefined ? {} : { split }),
      ...(label === undefined ? {} : { label }),
      ...(filter.text.trim() === '' ? {} : { text: filter.text.trim() }),
    }
  }

  async function read(): Promise<void> {
    if (dataset.value !== null) await pages.show(dataset.value.id, query())
  }

  /** Goes to an image that another screen asked for, by binary search: the list is in the order of the ids. */
  async function find(id: number): Promise<boolean> {
    const { value: shown } = dataset
    if (shown === null || total.value === null) return false
    let low = 0
    let high = total.value - 1
    while (low <= high) {
      const middle = Math.floor((low + high) / 2)
      const page = await call('dataset.images', {
        dataset: shown.id,
        filter: query(),
        offset: middle,
        limit: 1,
      })
      const found = page.images[0]?.id
      if (found === undefined) return false
      if (found === id) {
        index.value = middle
        return true
      }
      if (found < id) low = middle + 1
      else high = middle - 1
    }
    return false
  }

  /** The image that another screen asked for is shown also where the filter that was kept leaves it out. */
  async function show(id: number): Promise<void> {
    if (!(await find(id)) && Object.keys(query()).length > 0) Object.assign(filter, noFilter)
  }

  // Not read again when a label changes: a list filtered by label would lose the image that was just labeled.
  watch(
    // The id is watched, not the dataset: a save replaces the dataset's object, and the list must not start again then.
    [() => dataset.value?.id, () => filter.split, () => filter.label, () => filter.text],
    async ([id], before) => {
      if (dataset.value === null) return
      index.value = 0
      if (id !== before?.[0]) await entered().catch(notices.fail)
      await read()
      const { image: wanted } = route.query
      if (typeof wanted === 'string') await show(Number(wanted)).catch(notices.fail)
    },
    { immediate: true },
  )

  return {
    pages,
    total,
    failure,
    filter,
    index,
    image,
    read,
    go(to: number): void {
      if (total.value === null || total.value === 0) return
      index.value = Math.min(total.value - 1, Math.max(0, to))
    },
  }
}
