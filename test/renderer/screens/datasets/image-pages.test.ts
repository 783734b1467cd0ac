import { describe, expect, it, vi } from 'vitest'
import {
  createImagePages,
  pageSize,
  pagesHeld,
  type ReadPage,
} from '../../../../src/renderer/screens/datasets/image-pages.ts'
import type { GridImage } from '../../../../src/shared/dataset.ts'

const image = (id: number): GridImage => ({
  id,
  datasetId: 'dataset-1',
  sha256: '0'.repeat(64),
  file: `${id}.png`,
  width: 1,
  height: 1,
  channels: 1,
  bitDepth: 8,
  peak: 255,
  bytes: 1,
  format: 'png',
  split: 'train',
  label: 'normal',
  defectType: null,
  maskSha256: null,
  partGroup: null,
  warnings: [],
  importedAt: 0,
  removedAt: null,
  score: null,
  decision: null,
})
const total = 10_000
const read = (): ReturnType<typeof vi.fn<ReadPage>> =>
  vi.fn<ReadPage>(async ({ offset, limit }) => ({
    total,
    images: Array.from({ length: limit }, (_, i) => image(offset + i + 1)),
  }))

describe('pages of images', () => {
  it('are read when an image of them is looked at, and only once', async () => {
    const source = read()
    const pages = createImagePages(source)
    await pages.show('dataset-1', {})
    expect(pages.at(0)?.id).toBe(1)
    expect(pages.at(pageSize * 3)).toBeNull()
    expect(pages.at(pageSize * 3 + 1)).toBeNull()
    await vi.waitFor(() => expect(pages.at(pageSize * 3)?.id).toBe(pageSize * 3 + 1))
    expect(source.mock.calls.map(([query]) => query.offset)).toEqual([0, pageSize * 3])
  })

  it('of a former filter are dropped when they come late', async () => {
    const late = Promise.withResolvers<Awaited<ReturnType<ReadPage>>>()
    const source = vi
      .fn<ReadPage>()
      .mockReturnValueOnce(late.promise)
      .mockResolvedValueOnce({ total: 1, images: [image(9)] })
    const pages = createImagePages(source)
    const first = pages.show('dataset-1', {})
    await pages.show('dataset-1', { label: 'anomalous' })
    late.resolve({ total: 5, images: [image(1)] })
    await first
    expect([pages.total.value, pages.at(0)?.id]).toEqual([1, 9])
  })

  it('are forgotten when many others were looked at since, and read again when they come back into view', async () => {
    const source = read()
    const pages = createImagePages(source)
    await pages.show('dataset-1', {})
    for (let page = 1; page <= pagesHeld; page += 1) {
      // The second page stays in view all the time.
      pages.at(pageSize)
      pages.at(page * pageSize)
      await vi.waitFor(() => expect(pages.at(page * pageSize)).not.toBeNull(), { interval: 1 })
    }
    source.mockClear()
    expect(pages.at(pageSize)?.id).toBe(pageSize + 1)
    expect(pages.at(0)).toBeNull()
    await vi.waitFor(() => expect(pages.at(0)?.id).toBe(1))
    expect(source.mock.calls.map(([query]) => query.offset)).toEqual([0])
  })

  it('stay on screen while the same query is read again, until each has come', async () => {
    const again = Promise.withResolvers<Awaited<ReturnType<ReadPage>>>()
    const source = read()
    const pages = createImagePages(source)
    await pages.show('dataset-1', {})
    pages.at(pageSize)
    await vi.waitFor(() => expect(pages.at(pageSize)).not.toBeNull(), { interval: 1 })
    source
      .mockClear()
      .mockResolvedValueOnce({ total, images: [image(7)] })
      .mockReturnValueOnce(again.promise)
    await pages.show('dataset-1', {})
    expect([pages.at(0)?.id, pages.at(pageSize)?.id]).toEqual([7, pageSize + 1])
    again.resolve({ total, images: [image(8)] })
    await vi.waitFor(() => expect(pages.at(pageSize)?.id).toBe(8), { interval: 1 })
    expect(source).toHaveBeenCalledTimes(2)
  })

  it('of another query begin with nothing', async () => {
    const source = read()
    const pages = createImagePages(source)
    await pages.show('dataset-1', {})
    const shown = pages.show('dataset-1', { label: 'anomalous' })
    expect(pages.at(0)).toBeNull()
    await shown
    expect(pages.at(0)?.id).toBe(1)
  })

  it('of another query take the place of the former all at once, where that is asked for', async () => {
    const next = Promise.withResolvers<Awaited<ReturnType<ReadPage>>>()
    const source = read()
    const pages = createImagePages(source, { keepsFormer: true })
    await pages.show('dataset-1', {})
    source.mockClear().mockReturnValueOnce(next.promise)
    const shown = pages.show('dataset-1', { label: 'anomalous' })
    expect([pages.at(0)?.id, pages.at(pageSize), pages.total.value]).toEqual([1, null, total])
    next.resolve({ total: 1, images: [image(9)] })
    await shown
    expect([pages.at(0)?.id, pages.at(1), pages.total.value]).toEqual([9, null, 1])
    expect(source).toHaveBeenCalledTimes(1)
  })

  it('of a former query are gone when those of another cannot be read', async () => {
    const source = read()
    const pages = createImagePages(source, { keepsFormer: true })
    await pages.show('dataset-1', {})
    source.mockRejectedValueOnce({ code: 'disk-error', params: { reason: 'unreadable' } })
    await pages.show('dataset-1', { label: 'anomalous' })
    expect([pages.failure.value?.code, pages.at(0)]).toEqual(['disk-error', null])
  })

  it('are read for a range that was never on screen, and not kept', async () => {
    const source = read()
    const pages = createImagePages(source)
    await pages.show('dataset-1', {})
    const images = await pages.between(pageSize - 2, 3 * pageSize)
    expect(images.map(({ id }) => id)).toEqual(
      Array.from({ length: 2 * pageSize + 3 }, (_, i) => pageSize - 1 + i),
    )
    expect(pages.at(pageSize)).toBeNull()
  })

  it('of a range give nothing when they cannot be read, and tell why', async () => {
    const source = read().mockResolvedValueOnce({ total, images: [image(1)] })
    const pages = createImagePages(source)
    await pages.show('dataset-1', {})
    source.mockRejectedValueOnce({ code: 'disk-error', params: { reason: 'unreadable' } })
    expect(await pages.between(0, pageSize)).toEqual([])
    expect(pages.failure.value).toMatchObject({ code: 'disk-error' })
  })

  it('can be asked for again after they failed', async () => {
    const source = vi
      .fn<ReadPage>()
      .mockRejectedValueOnce({ code: 'disk-error', params: { reason: 'unreadable' } })
      .mockResolvedValueOnce({ total: 1, images: [image(1)] })
    const pages = createImagePages(source)
    await pages.show('dataset-1', {})
    expect(pages.failure.value).toEqual({ code: 'disk-error', params: { reason: 'unreadable' } })
    await pages.show('dataset-1', {})
    expect([pages.failure.value, pages.total.value]).toEqual([null, 1])
  })
})
