// The stretch of time shown, and the steps from batch to batch.
import type { useUrl } from '../../app/url';
import { IconButton } from '../../ui/button';
import { Segments } from '../../ui/segments';
import { RANGES, type TIME } from './window';

type TimeUrl = ReturnType<typeof useUrl<typeof TIME>>;

interface Props {
  url: { values: Pick<TimeUrl['values'], 'range' | 'from' | 'to'>; set: TimeUrl['set'] };
  /** How many batches are shown, and which is chosen. */
  batches: number;
  at: number;
  onAt?: (index: number) => void;
}

const WORDS = { '7d': '7 days', '30d': '30 days', '90d': '90 days', all: 'All' } as const;

export function TimeTools({ url, batches, at, onAt }: Props) {
  const { range, from, to } = url.values;
  const isCustom = from !== null || to !== null;
  return (
    <>
      {onAt && (
        <>
          <IconButton
            label="Batch before"
            data-shortcut="before"
            d="m15 5-7 7 7 7"
            disabled={at <= 0}
            onClick={() => onAt(at - 1)}
          />
          <IconButton
            label="Batch after"
            data-shortcut="after"
            d="m9 5 7 7-7 7"
            disabled={at >= batches - 1}
            onClick={() => onAt(at + 1)}
          />
        </>
      )}
      <Segments
        label="Stretch of time"
        value={isCustom ? null : range}
        options={RANGES.map((one) => [one, WORDS[one]] as const)}
        onChange={(one) => url.set({ range: one, from: null, to: null })}
      />
    </>
  );
}
