import path from 'node:path';
import type { Clock } from '../base/world.ts';
import type { Versions } from '../scoring/answer.ts';
import type { Embedder } from '../embed/embedder.ts';
import { bluePrompt, greenPrompt } from './answer-writer.ts';
import { openLibrary } from './library.ts';
import { createPipeline, type PipelineParts, type ServiceSettings } from './pipeline.ts';
import { warmingQuestions } from './question-encoder.ts';
import { scenarioNamed, type Damage } from './scenarios.ts';
import { startService, type Service } from './service.ts';

/** How to reach a reference arm, and what it means to report. */
export interface ReferenceArm {
  readonly url: string;
  readonly versionsUrl: string;
  readonly pins: Versions;
}

export interface ReferenceArms {
  readonly arms: { readonly blue: ReferenceArm; readonly green: ReferenceArm };
  close(): Promise<void>;
}

export interface ReferenceSettings {
  readonly scenario: string;
  /** Holds `handbook/` and, for a stale index, `older/handbook/`. */
  readonly goldFolder: string;
}

const blueSettings: ServiceSettings = { prompt: bluePrompt, overlapWeight: 0.4, damage: {} };

/** Starts Blue and Green in this process, on loopback ports of the system's choice. The embedder stays its giver's. */
export async function startReferenceArms(
  settings: ReferenceSettings,
  embedder: Embedder,
  clock: Clock,
): Promise<ReferenceArms> {
  const scenario = scenarioNamed(settings.scenario);
  const handbook = path.join(settings.goldFolder, 'handbook');
  const current = {
    library: await openLibrary(handbook, embedder),
    embedder,
    warmWith: await warmingQuestions(handbook),
    clock,
  };
  const blue = await startArm('blue', current, blueSettings);
  try {
    if (scenario.sameArm === true)
      return { arms: { blue: blue.arm, green: blue.arm }, close: blue.service.close };
    const older = path.join(settings.goldFolder, 'older', 'handbook');
    const library = scenario.green.staleIndex === true ? await openLibrary(older, embedder) : current.library;
    const green = await startArm('green', { ...current, library }, greenSettings(scenario.green));
    return {
      arms: { blue: blue.arm, green: green.arm },
      close: async () => void (await Promise.all([blue.service.close(), green.service.close()])),
    };
  } catch (error) {
    await blue.service.close();
    throw error;
  }
}

function greenSettings(damage: Damage): ServiceSettings {
  return { prompt: greenPrompt, overlapWeight: 0.45, damage };
}

interface ArmParts extends PipelineParts {
  readonly clock: Clock;
}

async function startArm(
  arm: string,
  parts: ArmParts,
  settings: ServiceSettings,
): Promise<{ service: Service; arm: ReferenceArm }> {
  const pipeline = await createPipeline(parts, settings);
  const service = await startService({ arm, pipeline, damage: settings.damage, clock: parts.clock });
  return { service, arm: { url: service.url, versionsUrl: service.versionsUrl, pins: pipeline.pins } };
}
