// Every dashboard of the pack, one line each (DRAFT-82). A test fails while this list and the folder differ.
import type { DashboardDefinition } from '../../../src/index.ts';
import { minimal } from './minimal.ts';
import { production } from './production.ts';

export const dashboards: readonly DashboardDefinition[] = [minimal, production];
