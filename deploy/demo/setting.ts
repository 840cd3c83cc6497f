/** The settings of the demo market. */
import { z } from 'zod'

export const demoSettings = z.object({
  GATEWAY_URL: z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:8080'),
  /** Where the bots' sessions are kept for the next start. */
  DATA_DIR: z.string().default('.data'),
  OPERATOR_PASSWORD: z.string().min(10),
  REVIEWER_PASSWORD: z.string().min(10),
  /** Bids a second; listings follow in proportion, so that as many are funded at any pace. */
  DEMO_PACE: z.coerce.number().min(0.1).max(5_000).default(80),
  DEMO_BOTS: z.coerce.number().int().min(1).max(5_000).default(200),
  /** Gives the same habits again; from the clock when not said. */
  DEMO_SEED: z.coerce.number().int().min(0).max(0xffff_ffff).optional(),
  /** The investor that a newcomer signs in as; none when not said. */
  DEMO_EMAIL: z.email().optional(),
  DEMO_PASSWORD: z.string().min(10).optional(),
})

export type DemoSettings = z.output<typeof demoSettings>
