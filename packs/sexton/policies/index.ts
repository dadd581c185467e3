// Every policy of the pack, one line each. A test fails while this list and the folder differ.
import type { PolicyDefinition } from '../../../src/index.ts';
import { selfCritical } from './self-critical.ts';
import { selfWarning } from './self-warning.ts';

export const policies: readonly PolicyDefinition[] = [selfCritical, selfWarning];
