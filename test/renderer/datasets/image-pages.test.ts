import { describe, expect, it, vi } from 'vitest'
import {
  createImagePages,
  pageSize,
  type ReadPage,
} from '../../../src/renderer/screens/datasets/image-pages.ts'
import type { GridImage } from '../../../src/shared/dataset-grid.ts'

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
const total = 1000
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

  it('can be asked for again after they failed', async () => {
    const source = vi
      .fn<ReadPage>()
      .mockRejectedValueOnce({ code: 'disk', message: 'unreadable', remedy: 'look' })
      .mockResolvedValueOnce({ total: 1, images: [image(1)] })
    const pages = createImagePages(source)
    await pages.show('dataset-1', {})
    expect(pages.failure.value).toEqual({ code: 'disk', message: 'unreadable', remedy: 'look' })
    await pages.show('dataset-1', {})
    expect([pages.failure.value, pages.total.value]).toEqual([null, 1])
  })
})
