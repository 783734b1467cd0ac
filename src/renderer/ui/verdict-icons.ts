/** How each verdict looks: an icon besides its color, which alone would not tell it to everybody. */
import { Check, CircleSlash, TriangleAlert } from '@lucide/vue'

export const verdictIcons = { good: Check, flagged: TriangleAlert, refused: CircleSlash }

export const verdictTones = { good: 'good', flagged: 'bad', refused: 'warn' }
