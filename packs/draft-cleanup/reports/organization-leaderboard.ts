// Q4: which organizations hold the most unused drafts (DRAFT-42). The panel asks for five of them (DRAFT-118).
import { defineReport, type Interpreted, type ReportDefinition } from '../../../src/index.ts';
import { pollution } from '../bands.ts';
import { DATABASE } from '../names.ts';
import { countIn, many, numberIn, percent, textIn } from '../report-text.ts';

const interpret = ({ rows }: Interpreted): readonly string[] => {
  const [first] = rows;
  const unused = countIn(first, 'unused_drafts');
  if (unused === 0) return ['No organization has an unused draft.'];
  const shares = rows.map((row) => numberIn(row, 'share_of_unused_percent') ?? 0);
  const together = shares.reduce((sum, share) => sum + share, 0);
  return [
    `${textIn(first, 'organization_name')} holds the most: ${many(unused, 'unused draft')}, ${percent(shares[0] ?? null)} of all unused ones.`,
    `These ${rows.length} hold ${percent(Math.min(together, 100))} of all unused drafts.`,
  ];
};

export const organizationLeaderboard: ReportDefinition = defineReport({
  name: 'organization_leaderboard',
  number: 4,
  title: 'Organization Leaderboard',
  purpose: 'Top polluters: the organizations with the most unused drafts, and their share of all of them.',
  database: DATABASE,
  params: {
    limit: { type: 'integer', about: 'how many organizations', default: 10, min: 1, max: 100 },
  },
  sql: `
    WITH counted AS (
      SELECT organization_id, count(*) AS total, count(*) FILTER (WHERE generation_status IS NULL) AS unused
      FROM public.courses WHERE status = 'draft' GROUP BY organization_id
    ), rated AS (
      SELECT *, 100.0 * unused / total AS pollution, 100.0 * unused / nullif(sum(unused) OVER (), 0) AS share
      FROM counted
    )
    SELECT row_number() OVER place AS rank, organization_id, o.name AS organization_name,
      total AS total_drafts, unused AS unused_drafts, pollution AS pollution_percentage,
      share AS share_of_unused_percent
    FROM rated LEFT JOIN public.organizations o ON o.id = organization_id
    WINDOW place AS (ORDER BY unused DESC, pollution DESC, o.name, organization_id)
    ORDER BY rank LIMIT :limit`,
  columns: [
    { name: 'rank', type: 'count' },
    { name: 'organization_id', type: 'text' },
    { name: 'organization_name', type: 'text' },
    { name: 'total_drafts', type: 'count' },
    { name: 'unused_drafts', type: 'count' },
    { name: 'pollution_percentage', type: 'percent', about: 'unused of its own drafts', bands: pollution },
    { name: 'share_of_unused_percent', type: 'percent', about: 'of the unused drafts of all organizations' },
  ],
  budgetMs: 200,
  interpret,
  sample: [
    {
      rank: 1,
      organization_id: '5f6cbb1c-6d3a-4a7e-9d0a-0b7a6a3c1f01',
      organization_name: 'A',
      total_drafts: 10,
      unused_drafts: 8,
      pollution_percentage: 80,
      share_of_unused_percent: 44.44,
    },
    {
      rank: 2,
      organization_id: '5f6cbb1c-6d3a-4a7e-9d0a-0b7a6a3c1f02',
      organization_name: 'B',
      total_drafts: 20,
      unused_drafts: 8,
      pollution_percentage: 40,
      share_of_unused_percent: 44.44,
    },
  ],
  hint: 'One organization far above the others: its people or its client create drafts that they leave; talk to it, or limit it.',
  related: ['system_health_dashboard', 'draft_pollution_high', 'draft_traffic_spike'],
});
