/**
 * Images of a filter, read page by page as they come into view: a grid of 100,000 reads only what it shows.
 */
import { ref, shallowRef } from 'vue'
import type { CallOutput } from '../../../shared/contract.ts'
import type { GridFilter, GridImage, GridSort } from '../../../shared/dataset-grid.ts'
import type { FailureData } from '../../../shared/failure.ts'
import { asFailure } from '../../failure.ts'

export const pageSize = 200
const inOrder: GridSort = { by: 'added', descending: false }

export type ReadPage = (query: {
  dataset: string
  filter: GridFilter
  sort: GridSort
  offset: number
  limit: number
}) => Promise<CallOutput<'dataset.images'>>

export function createImagePages(read: ReadPage) {
  const total = ref<number | null>(null)
  const failure = ref<FailureData | null>(null)
  /** Grows when a page has come. */
  const version = ref(0)
  const pages = shallowRef(new Map<number, readonly GridImage[]>())
  const asked = new Set<number>()
  let query: { dataset: string; filter: GridFilter; sort: GridSort } | null = null
  let generation = 0

  /** Starts anew. What a page of the former query brings later is dropped. */
  async function show(dataset: string, filter: GridFilter, sort: GridSort = inOrder): Promise<void> {
    generation += 1
    query = { dataset, filter, sort }
    asked.clear()
    pages.value = new Map()
    failure.value = null
    await readPage(0)
  }

  async function readPage(page: number): Promise<void> {
    if (query === null || asked.has(page)) return
    asked.add(page)
    const mine = generation
    try {
      const answer = await read({ ...query, offset: page * pageSize, limit: pageSize })
      if (mine !== generation) return
      total.value = answer.total
      pages.value.set(page, answer.images)
      version.value += 1
    } catch (thrown) {
      if (mine !== generation) return
      asked.delete(page)
      failure.value = asFailure(thrown)
    }
  }

  /** The image at a place, or null while its page is on the way (which this call asks for). */
  function at(index: number): GridImage | null {
    const page = Math.floor(index / pageSize)
    const images = pages.value.get(page)
    if (images === undefined) {
      void readPage(page)
      return null
    }
    return images[index % pageSize] ?? null
  }

  /** What is known of an image has changed; where it stands in the list stays. */
  function patch(id: number, values: Partial<GridImage>): void {
    for (const [page, images] of pages.value) {
      if (!images.some((image) => image.id === id)) continue
      pages.value.set(
        page,
        images.map((image) => (image.id === id ? { ...image, ...values } : image)),
      )
      version.value += 1
      return
    }
  }

  return { total, failure, version, show, at, patch }
}

export type ImagePages = ReturnType<typeof createImagePages>
