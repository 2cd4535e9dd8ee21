import { acceptanceBoard } from './acceptance.ts';
import { armsBoard } from './arms.ts';
import { healthBoard } from './health.ts';
import { latencyBoard } from './latency.ts';
import type { Board } from './panel.ts';
import { watchBoard } from './watch.ts';

/** Every dashboard that ships. */
export const boards: readonly Board[] = [acceptanceBoard, armsBoard, watchBoard, latencyBoard, healthBoard];
