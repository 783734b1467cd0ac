/** Fonts of a PDF: Roboto comes along; Chinese needs a font that the computer has. */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Failure } from '../../shared/failure.ts'
import type { ReportLanguage } from './words.ts'

export interface FontFamily {
  name: string
  /** A file, or a file of several fonts with the name of one. */
  normal: string | [string, string]
  bold: string | [string, string]
}

/** Chinese fonts of Windows, macOS and the usual Linux packages, the first that is there. */
export const chineseFonts: readonly Omit<FontFamily, 'name'>[] = [
  { normal: 'C:\\Windows\\Fonts\\Deng.ttf', bold: 'C:\\Windows\\Fonts\\Dengb.ttf' },
  { normal: 'C:\\Windows\\Fonts\\simhei.ttf', bold: 'C:\\Windows\\Fonts\\simhei.ttf' },
  {
    normal: ['C:\\Windows\\Fonts\\msyh.ttc', 'MicrosoftYaHei'],
    bold: ['C:\\Windows\\Fonts\\msyhbd.ttc', 'MicrosoftYaHei-Bold'],
  },
  {
    normal: ['/System/Library/Fonts/STHeiti Light.ttc', 'STHeitiSC-Light'],
    bold: ['/System/Library/Fonts/STHeiti Medium.ttc', 'STHeitiSC-Medium'],
  },
  {
    normal: ['/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc', 'NotoSansCJKsc-Regular'],
    bold: ['/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc', 'NotoSansCJKsc-Bold'],
  },
  {
    normal: ['/usr/share/fonts/truetype/wqy/wqy-microhei.ttc', 'WenQuanYiMicroHei'],
    bold: ['/usr/share/fonts/truetype/wqy/wqy-microhei.ttc', 'WenQuanYiMicroHei'],
  },
  {
    normal: '/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf',
    bold: '/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf',
  },
]

const fileOf = (font: string | [string, string]): string => (typeof font === 'string' ? font : font[0])

/** @throws Failure `no-chinese-font` */
export function fontsFor(
  language: ReportLanguage,
  isThere: (file: string) => boolean = existsSync,
): FontFamily {
  const found = chineseFonts.find(({ normal, bold }) => isThere(fileOf(normal)) && isThere(fileOf(bold)))
  if (language === 'zh-CN') {
    if (found) return { name: 'Chinese', ...found }
    throw new Failure(
      'no-chinese-font',
      'This computer has no font with Chinese characters that a PDF could be written with.',
      'Write the report as HTML, and print that to PDF in a browser; or install a Chinese font such as Noto Sans CJK.',
    )
  }
  // The package says what files it has by its own path.
  const roboto = join(
    dirname(createRequire(import.meta.url).resolve('pdfmake/package.json')),
    'fonts',
    'Roboto',
  )
  return {
    name: 'Roboto',
    normal: join(roboto, 'Roboto-Regular.ttf'),
    bold: join(roboto, 'Roboto-Medium.ttf'),
  }
}
