#!/usr/bin/env node
import { main } from './main.ts';
import { exitWith } from './process-world.ts';

await exitWith(main);
