#!/usr/bin/env node
/** The program `xindai-verify`: runs main.ts, from whichever folder it is called. */
import { register } from 'tsx/esm/api';

register();
await import('./main.ts');
