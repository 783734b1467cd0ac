/** An icon for each verdict, so that it is not told by color alone. */
import { Check, CircleSlash, TriangleAlert } from '@lucide/vue'

export const verdictIcons = { good: Check, flagged: TriangleAlert, refused: CircleSlash }
