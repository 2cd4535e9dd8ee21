import * as z from 'zod';

export const defaultPort = 9464;

const token = z
  .string()
  .min(16, 'is shorter than 16 characters: who guesses it rolls back')
  .max(512)
  .regex(/^\S+$/u, 'has white space in it');

/** `serve:` of the configuration. */
export const serveSchema = z
  .strictObject({
    host: z.string().min(1).default('127.0.0.1').describe('the address to listen on'),
    port: z
      .int()
      .min(0)
      .max(65_535)
      .default(defaultPort)
      .describe('the port to listen on; 0 takes a free one'),
    hosts: z
      .array(z.string().regex(/^[a-z0-9.-]+$/u, 'is no host name'))
      .default([])
      .describe(
        'names by which the server may be called, beside localhost and addresses: others are refused (DNS rebinding)',
      ),
    token: token
      .optional()
      .describe('bearer token of the call that acts, POST /v1/alertmanager; without one nothing acts'),
    readToken: token
      .optional()
      .describe('bearer token of runs and reports; has to be set where others than this machine can connect'),
  })
  .describe('how flipgate serve listens, and who may do what');

export type ServeSettings = z.infer<typeof serveSchema>;
