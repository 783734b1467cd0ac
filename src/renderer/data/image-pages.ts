/**
 * The images that a filter finds, read page by page as they come into view. A grid of 100,000 images reads only what it
 * shows, and forgets pages that were not looked at for long, so that memory does not grow with the hours of scrolling.
 */
import { ref, shallowRef } from 'vue'
import type { CallOutput } from '../../shared/contract.ts'
import type { GridFilter, GridImage, GridSort } from '../../shared/dataset.ts'
import type { FailureData } from '../../shared/failure.ts'
import { asFailure } from '../failure.ts'

export const pageSize = 200
/** Pages that are kept: a few thousand images around what was looked at last. */
export const pagesHeld = 16
const inOrder: GridSort = { by: 'added', descending: false }

export type ReadPage = (query: {
  dataset: string
  filter: GridFilter
  sort: GridSort
  offset: number
  limit: number
}) => Promise<CallOutput<'dataset.images'>>

/**
 * @param keepsFormer what was on screen stays there until the first page of another query has come, so that nothing
 *   flickers; without, another query begins with nothing
 */
export function createImagePages(read: ReadPage, { keepsFormer = false }: { keepsFormer?: boolean } = {}) {
  const total = ref<number | null>(null)
  const failure = ref<FailureData | null>(null)
  /** Grows when a page has come. */
  const version = ref(0)
  /** In the order in which they were looked at, the last one at the end. */
  const pages = shallowRef(new Map<number, readonly GridImage[]>())
  const asked = new Set<number>()
  /** Pages from an earlier reading of the same query, shown until they have been read again. */
  const stale = new Set<number>()
  let query: { dataset: string; filter: GridFilter; sort: GridSort } | null = null
  let generation = 0
  /** What is on screen still belongs to another query. */
  let isFormer = false

  /**
   * Starts again. Where the query is the same, each page stays on screen until it has been read again. Answers to
   * earlier readings that arrive later are dropped.
   */
  async function show(dataset: string, filter: GridFilter, sort: GridSort = inOrder): Promise<void> {
    const next = { dataset, filter, sort }
    if (JSON.stringify(next) !== JSON.stringify(query)) {
      if (keepsFormer) isFormer = true
      else pages.value = new Map()
    }
    generation += 1
    query = next
    asked.clear()
    stale.clear()
    for (const page of pages.value.keys()) stale.add(page)
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
      dropFormer()
      total.value = answer.total
      pages.value.set(page, answer.images)
      stale.delete(page)
      forget()
      version.value += 1
    } catch (thrown) {
      if (mine !== generation) return
      dropFormer()
      asked.delete(page)
      failure.value = asFailure(thrown)
    }
  }

  function dropFormer(): void {
    if (!isFormer) return
    isFormer = false
    pages.value.clear()
    stale.clear()
  }

  function forget(): void {
    for (const page of [...pages.value.keys()].slice(0, -pagesHeld)) {
      pages.value.delete(page)
      asked.delete(page)
      stale.delete(page)
    }
  }

  /** The image at a place, or null while its page is on the way (which this call asks for). */
  function at(index: number): GridImage | null {
    const page = Math.floor(index / pageSize)
    const images = pages.value.get(page)
    if (!isFormer && (images === undefined || stale.has(page))) void readPage(page)
    if (images === undefined) return null
    pages.value.delete(page)
    pages.value.set(page, images)
    return images[index % pageSize] ?? null
  }

  /**
   * The images from one place to another, both included, whether they were ever on screen or not; none where they
   * cannot be read, which `failure` tells, or where another query came meanwhile.
   */
  async function between(from: number, to: number): Promise<readonly GridImage[]> {
    if (query === null) return []
    const mine = generation
    const found: GridImage[] = []
    try {
      for (let page = Math.floor(from / pageSize); page <= Math.floor(to / pageSize); page += 1) {
        const offset = page * pageSize
        const known = stale.has(page) ? undefined : pages.value.get(page)
        const images = known ?? (await read({ ...query, offset, limit: pageSize })).images
        if (mine !== generation) return []
        found.push(...images.slice(Math.max(0, from - offset), to - offset + 1))
      }
      return found
    } catch (thrown) {
      if (mine === generation) failure.value = asFailure(thrown)
      return []
    }
  }

  /** Changes what is known of an image; its place in the list stays the same. */
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

  return { total, failure, version, show, at, between, patch }
}

export type ImagePages = ReturnType<typeof createImagePages>
