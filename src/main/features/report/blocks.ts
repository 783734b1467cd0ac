/**
 * A report in one language as headings, tables, drawings and pictures. HTML and PDF are both made from these blocks.
 * The first page is for who signs it; the pages after it have what it rests on, and the appendix the parameters.
 */
import type { Workspace } from '../../store/workspace.ts'
import { appendixBlocks } from './appendix.ts'
import type { Block, ReportDocument } from './block.ts'
import type { ReportContent, ReportPart } from './content.ts'
import { figureBlocks } from './figure-blocks.ts'
import { firstPage } from './first-page.ts'
import { historyBlocks } from './history-blocks.ts'
import { partPictures } from './pictures.ts'
import { type Telling, tellingIn } from './telling.ts'
import type { ReportLanguage } from './words.ts'

export async function reportDocument(
  workspace: Workspace,
  content: ReportContent,
  language: ReportLanguage,
): Promise<ReportDocument> {
  const telling = tellingIn(language)
  const { say, time } = telling
  const title = say('titleOf', { part: content.dataset.name })
  const written = time(content.writtenAt)
  return {
    language,
    title,
    subtitle: say('made', { version: content.version, time: written }),
    page: (page, pages) => `${title} · ${written} · ${say('page', { page, pages })}`,
    blocks: [
      ...firstPage(content, telling),
      { kind: 'page' },
      ...figureBlocks(content, telling),
      ...(await galleryBlocks(workspace, content, telling)),
      ...historyBlocks(content, telling),
      { kind: 'page' },
      ...appendixBlocks(content, telling),
    ],
  }
}

async function galleryBlocks(
  workspace: Workspace,
  { mapScale, worst }: ReportContent,
  { say, score }: Telling,
): Promise<Block[]> {
  const gallery = async (title: string, parts: readonly ReportPart[]): Promise<Block> => ({
    kind: 'gallery',
    title,
    photograph: say('photograph'),
    heat: say('heat'),
    items: await Promise.all(
      parts.map(async (part) => ({
        ...(await partPictures(workspace, part, mapScale)),
        caption: `${part.file}${part.defectType === null ? '' : ` (${part.defectType})`} · ${say('score')} ${score(part.score)}`,
      })),
    ),
  })
  const { falseRejects, escapes } = worst
  if (falseRejects.length + escapes.length === 0) return []
  return [
    { kind: 'heading', text: say('gallery') },
    ...(escapes.length > 0 ? [await gallery(say('galleryEscapes'), escapes)] : []),
    ...(falseRejects.length > 0 ? [await gallery(say('galleryFalse'), falseRejects)] : []),
  ]
}
