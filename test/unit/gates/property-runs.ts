import { inCi } from '../../support/in-ci.ts';

/** How many cases a property is tried on. A thorough look, before a change of the statistics goes in, takes ten times as many as CI. */
export const propertyRuns = Number(process.env['FLIPGATE_PROPERTY_RUNS'] ?? (inCi() ? 200 : 40));
