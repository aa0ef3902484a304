// Schemas of the routes that keep a head in order.
import { z } from 'zod'

export const collectRequest = z.object({ dry: z.boolean().default(false) })
