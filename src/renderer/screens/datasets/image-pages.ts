/**
 * Images of a filter, read page by page as they come into view: a grid of 100,000 reads only what it shows.
 */
import { ref, shallowRef } from 'vue'
import type { CallOutput, ImageFilter } from '../../../shared/contract.ts'
import type { Image } from '../../../shared/domain.ts'
import type { FailureData } from '../../../shared/failure.ts'
import { asFailure } from '../../failure.ts'

export const pageSize = 200

export type ReadPage = (query: {
  dataset: string
  filter: ImageFilter
  offset: number
  limit: number
}) => Promise<CallOutput<'dataset.images'>>

export function createImagePages(read: ReadPage) {
  const total = ref<number | null>(null)
  const failure = ref<FailureData | null>(null)
  /** Grows when a page has come. */
  const version = ref(0)
  const pages = shallowRef(new Map<number, readonly Image[]>())
  const asked = new Set<number>()
  let query: { dataset: string; filter: ImageFilter } | null = null
  let generation = 0

  /** Starts anew. What a page of the former query brings later is dropped. */
  async function show(dataset: string, filter: ImageFilter): Promise<void> {
    generation += 1
    query = { dataset, filter }
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
  function at(index: number): Image | null {
    const page = Math.floor(index / pageSize)
    const images = pages.value.get(page)
    if (images === undefined) {
      void readPage(page)
      return null
    }
    return images[index % pageSize] ?? null
  }

  return { total, failure, version, show, at }
}

export type ImagePages = ReturnType<typeof createImagePages>
