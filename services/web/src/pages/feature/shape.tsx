// The distribution then and now: over each other, side by side, or as numbers.
import type { Distribution, Feature } from '../../api/types';
import { Histogram, HistogramLegend } from '../../charts/histogram';
import { useWidth } from '../../charts/use-width';
import { DataTable } from '../../ui/data-table';
import { Empty } from '../../ui/empty';
import { count, number, percent, points, tidy } from '../../ui/format';
import { Panel } from '../../ui/panel';
import { Segments } from '../../ui/segments';
import type { FeatureUrl } from './page';
import styles from './shape.module.css';

const VIEWS = [
  ['over', 'Overlay'],
  ['beside', 'Side by side'],
  ['table', 'Table'],
] as const;

export function Shape({ feature, name, url }: { feature: Feature; name: string; url: FeatureUrl }) {
  const { distribution: found, drift } = feature;
  const [ref, width] = useWidth<HTMLDivElement>(1300);
  if (found === null) {
    return (
      <Panel title="Then and now">
        <Empty title="The distribution of this batch is not kept">
          What was measured on it stands below; newer batches keep their distributions.
        </Empty>
      </Panel>
    );
  }
  const { shape } = url.values;
  const main = drift.contributions[0];
  return (
    <Panel
      title="Then and now"
      lead={
        main &&
        drift.status !== 'fine' &&
        `${percent(main.share)} of the drift is in ${main.bin === 'missing' ? 'the missing values' : tidy(main.bin)}.`
      }
      aside={
        <Segments
          label="Show the distribution as"
          value={shape}
          options={VIEWS}
          onChange={(next) => url.set({ shape: next })}
        />
      }
    >
      <div ref={ref} className={styles.shape}>
        {shape === 'table' ? (
          <ShapeTable found={found} name={name} />
        ) : (
          <>
            <HistogramLegend
              then={`Then: ${count(found.reference_rows)} reference rows`}
              now={`Now: ${count(found.current_rows)} rows of ${name}`}
            />
            <Histogram
              label={`Share of the rows in ${found.bins.length} bins, reference against ${name}. ${drift.sentence}`}
              bins={found.bins}
              then={found.reference}
              now={found.current}
              hasMissing={found.bins.at(-1)?.label === 'missing'}
              view={shape}
              width={width}
              share={percent}
              edge={number}
            />
            <p className={styles.note}>
              {feature.kind === 'numeric'
                ? 'Each range holds about as many reference rows as the next, so the grey is level; what rises or falls has moved.'
                : 'Categories as the reference knows them; those it does not know are counted as other.'}
            </p>
          </>
        )}
      </div>
    </Panel>
  );
}

function ShapeTable({ found, name }: { found: Distribution; name: string }) {
  return (
    <DataTable caption={`Share of the rows by bin, reference against ${name}`}>
      <thead>
        <tr>
          <th scope="col">Bin</th>
          <th scope="col" data-number>
            Then
          </th>
          <th scope="col" data-number>
            Now
          </th>
          <th scope="col" data-number>
            Change
          </th>
        </tr>
      </thead>
      <tbody>
        {found.bins.map(({ label }, i) => {
          const [then, now] = [found.reference[i] ?? 0, found.current[i] ?? 0];
          return (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td data-number title={String(then)}>
                {percent(then)}
              </td>
              <td data-number title={String(now)}>
                {percent(now)}
              </td>
              <td data-number>{points(now - then)}</td>
            </tr>
          );
        })}
      </tbody>
    </DataTable>
  );
}
