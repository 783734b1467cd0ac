/** Notices about why a threshold is less certain than it seems, for the command line. */

import { wordsIn } from '../../../shared/messages/words.ts'
import type { ThresholdNotice } from '../../../shared/threshold.ts'

const english = wordsIn('en')

export const noticeText = (notice: ThresholdNotice): string => english.text('notice', notice)

/** A notice as JSON: its code, text and numbers; `needed` is 0 where no number of images would be enough. */
export function noticeDocument(notice: ThresholdNotice) {
  const values: Record<string, number> = notice.params.case === 'never' ? { needed: 0 } : {}
  for (const [name, param] of Object.entries(notice.params)) {
    if (typeof param === 'number') values[name] = param
    else if (typeof param === 'object' && param !== null && 'share' in param) values[name] = param.share
  }
  return { ...notice, text: noticeText(notice), values }
}
