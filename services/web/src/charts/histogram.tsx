// Two distributions over the same bins: then as grey columns, now as a line of steps over them, or side by side.
// The last bin stands apart when it holds the missing values. Every bin is equally wide: of numbers each range of
// the reference holds about as many rows, so the grey is nearly flat and what moved stands out.
import { levels } from './scale';
import styles from './histogram.module.css';

export interface HistogramBin {
  label: string;
  low: number | null;
  high: number | null;
}

interface Props {
  label: string;
  bins: readonly HistogramBin[];
  then: readonly number[];
  now: readonly number[];
  /** Whether the last bin holds what is missing. */
  hasMissing: boolean;
  view: 'over' | 'beside';
  width: number;
  height?: number;
  share: (value: number) => string;
  edge: (value: number) => string;
}

const GUTTER = 44;
const FOOT = 24;
const HEAD = 16;
const GAP = 20; // before the missing values

export function Histogram(props: Props) {
  const { label, bins, then, now, hasMissing, view, width, height = 240, share, edge } = props;
  const scale = levels(Math.max(...then, ...now, 0.01));
  const top = scale.at(-1)!;
  const floor = height - FOOT;
  const y = (value: number) => floor - (value / top) * (floor - HEAD);
  const apart = hasMissing ? GAP : 0;
  const step = (width - GUTTER - apart) / bins.length;
  const x = (i: number) => GUTTER + i * step + (hasMissing && i === bins.length - 1 ? apart : 0);
  const isNumeric = bins.some(({ low, high }) => low !== null || high !== null);
  const every = Math.max(1, Math.ceil(58 / step));
  const pad = Math.min(6, step * 0.12);
  return (
    <svg
      className={styles.chart}
      role="img"
      aria-label={label}
      width="100%"
      height={height}
      viewBox={`0 0 ${width} ${height}`}
    >
      {scale.map((value) => (
        <g key={value}>
          <line
            className={value === 0 ? styles.base : styles.grid}
            x1={GUTTER}
            x2={width}
            y1={y(value)}
            y2={y(value)}
          />
          <text x={GUTTER - 8} y={y(value) + 4} textAnchor="end">
            {share(value)}
          </text>
        </g>
      ))}
      {bins.map((bin, i) => {
        const [left, inner] = [x(i) + pad, step - 2 * pad];
        const isMissing = hasMissing && i === bins.length - 1;
        const [a, b] = [then[i] ?? 0, now[i] ?? 0];
        return (
          <g key={bin.label}>
            <title>{`${bin.label}: then ${share(a)}, now ${share(b)}`}</title>
            <rect className={styles.hit} x={x(i)} y={HEAD} width={step} height={floor - HEAD} />
            {view === 'over' ? (
              <>
                <rect className={styles.then} x={left} y={y(a)} width={inner} height={floor - y(a)} rx={2} />
                <path className={styles.now} d={`M${left} ${floor}V${y(b)}H${left + inner}V${floor}`} />
              </>
            ) : (
              <>
                <rect
                  className={styles.then}
                  x={left}
                  y={y(a)}
                  width={inner / 2 - 1}
                  height={floor - y(a)}
                  rx={2}
                />
                <rect
                  className={styles.full}
                  x={left + inner / 2 + 1}
                  y={y(b)}
                  width={inner / 2 - 1}
                  height={floor - y(b)}
                  rx={2}
                />
              </>
            )}
            {(isMissing || (!isNumeric && i % every === 0)) && (
              <text
                className={styles.name}
                {...(isMissing
                  ? { x: width, textAnchor: 'end' } // room for the word, however narrow the column
                  : { x: x(i) + step / 2, textAnchor: 'middle' })}
                y={floor + 17}
              >
                {isMissing ? bin.label : clip(bin.label, step * every)}
              </text>
            )}
            {!isMissing && bin.high !== null && i % every === 0 && (
              <g>
                <line className={styles.base} x1={x(i) + step} x2={x(i) + step} y1={floor} y2={floor + 4} />
                <text x={x(i) + step} y={floor + 17} textAnchor="middle">
                  {edge(bin.high)}
                </text>
              </g>
            )}
          </g>
        );
      })}
    </svg>
  );
}

function clip(label: string, width: number): string {
  const most = Math.max(3, Math.floor(width / 7));
  return label.length > most ? `${label.slice(0, most - 1)}…` : label;
}

export function HistogramLegend({ then, now }: { then: string; now: string }) {
  return (
    <ul className={styles.legend} aria-label="What the columns mean">
      <li>
        <i className={styles.thenKey} aria-hidden="true" />
        {then}
      </li>
      <li>
        <i className={styles.nowKey} aria-hidden="true" />
        {now}
      </li>
    </ul>
  );
}
