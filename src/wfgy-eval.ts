#!/usr/bin/env node
import { wfgyEval } from './main.ts';
import { processWorld } from './process-world.ts';

process.exitCode = await wfgyEval(processWorld());
