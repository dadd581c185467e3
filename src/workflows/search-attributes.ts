// The search attributes as workflows set them: typed keys, one place.
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

const keyword = (name: string) => defineSearchAttributeKey(name, SearchAttributeType.KEYWORD);

export const PACK = keyword('SextonPack');
export const KIND = keyword('SextonKind');
export const NAME = keyword('SextonName');
export const STATE = keyword('SextonState');
export const SEVERITY = keyword('SextonSeverity');
export const UTILIZATION = defineSearchAttributeKey('SextonUtilization', SearchAttributeType.DOUBLE);
