// The report of a batch or of a stretch of time, to print and to take along.
import { useState } from 'react';
import { has } from '../../app/has';
import { Menu } from '../../ui/menu';
import { EvidenceDialog } from './evidence';

/** The tables of a report, as the server names them. */
const TABLES = [
  ['batches', 'Batches'],
  ['features', 'Inputs'],
  ['performance', 'Performance'],
] as const;
type Table = (typeof TABLES)[number][0];

interface Props {
  model: string;
  /** A batch, or two days: `2026-01-01..2026-01-31`. */
  id: string;
  tables?: readonly Table[];
  /** Offers the evidence pack of the two days. */
  hasEvidence?: boolean;
}

export function ReportMenu({ model, id, tables = TABLES.map(([name]) => name), hasEvidence = false }: Props) {
  const [isAsking, setAsking] = useState(false);
  const [from = '', to = ''] = id.split('..');
  if (!has('/models/{model}/reports/{id}.html')) return null;
  const href = (suffix: string) =>
    `/api/v1/models/${encodeURIComponent(model)}/reports/${encodeURIComponent(id)}.${suffix}`;
  return (
    <>
      <Menu
        name="Report"
        {...(hasEvidence && { action: { title: 'Evidence pack…', act: () => setAsking(true) } })}
        items={[
          { title: 'Page to read and print', href: href('html'), download: false },
          ...TABLES.filter(([name]) => tables.includes(name)).flatMap(([name, title]) => [
            { title: `${title} (CSV)`, href: href(`csv?table=${name}`) },
            { title: `${title} (Parquet)`, href: href(`parquet?table=${name}`) },
          ]),
        ]}
      />
      {isAsking && <EvidenceDialog model={model} from={from} to={to} onClose={() => setAsking(false)} />}
    </>
  );
}
