/** What a report is made of, whichever file it becomes. */
import type { PartPictures } from './pictures.ts'
import type { ReportLanguage } from './words.ts'

export interface GalleryItem extends PartPictures {
  caption: string
}

export type Block =
  | { kind: 'heading'; text: string }
  | { kind: 'text'; text: string }
  | { kind: 'facts'; rows: [string, string][] }
  /** Columns from `numbers` on hold numbers. */
  | { kind: 'table'; title: string | null; head: string[]; rows: string[][]; numbers: number }
  | { kind: 'charts'; charts: { svg: string; caption: string }[] }
  | { kind: 'gallery'; title: string; photograph: string; heat: string; items: GalleryItem[] }
  /** The figures that count, large: what, how much, and its interval below. */
  | { kind: 'results'; items: { name: string; value: string; beside: string }[] }
  | { kind: 'verdict'; tone: 'good' | 'bad' | 'open'; title: string; lines: string[] }
  /** Empty lines to be filled in by hand; `head` names the columns, `rows` who signs. */
  | { kind: 'signatures'; head: string[]; rows: string[] }
  /** What follows begins on a new page. */
  | { kind: 'page' }

export interface ReportDocument {
  language: ReportLanguage
  title: string
  subtitle: string
  /** What stands at the foot of each page, by which a single sheet is recognized. */
  page: (page: number, pages: number) => string
  blocks: Block[]
}
