/** The sign of each verdict: it is never told by color alone. */
import { Check, CircleSlash, TriangleAlert } from '@lucide/vue'

export const verdictIcons = { good: Check, flagged: TriangleAlert, refused: CircleSlash }
