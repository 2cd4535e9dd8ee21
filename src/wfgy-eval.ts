#!/usr/bin/env node
import { wfgyEval } from './main.ts';
import { exitWith } from './process-world.ts';

await exitWith(wfgyEval);
