// Rows on one time axis: one scale, one cursor line through all of them. Moving the pointer reads a batch in every
// row at once; a click keeps it. Keys: left and right walk the batches, Home and End go to the first and last.
import { useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import { nearest, place, ticks, type Extent, type Slot } from './scale';
import styles from './time-frame.module.css';
import { useWidth } from './use-width';

interface Props {
  label: string;
  extent: Extent;
  slots: readonly Slot[];
  /** The kept batch; -1 for none. */
  at: number;
  onAt: (index: number) => void;
  /** Said of the batch under the pointer, else of the kept one. */
  readout: (index: number) => ReactNode;
  children: (width: number) => ReactNode;
}

export function TimeFrame({ label, extent, slots, at, onAt, readout, children }: Props) {
  const [ref, width] = useWidth<HTMLDivElement>(1100);
  const [hover, setHover] = useState(-1);
  const shown = hover >= 0 && hover < slots.length ? hover : at;

  function under(event: PointerEvent | React.MouseEvent): number {
    const box = ref.current!.getBoundingClientRect();
    const share = (event.clientX - box.left) / Math.max(1, box.width);
    if (share < 0 || share > 1) return -1;
    return nearest(slots, extent.from + share * (extent.to - extent.from));
  }
  function onKey(event: KeyboardEvent) {
    const to: Record<string, number> = {
      ArrowLeft: at - 1,
      ArrowRight: at + 1,
      Home: 0,
      End: slots.length - 1,
    };
    const next = to[event.key];
    if (next === undefined || event.target !== event.currentTarget) return;
    event.preventDefault();
    if (next >= 0 && next < slots.length) onAt(next);
  }

  return (
    <div className={styles.frame}>
      <div className={styles.readout}>{shown >= 0 && readout(shown)}</div>
      <div
        className={styles.rows}
        role="group"
        aria-label={`${label}. Left and right change the batch.`}
        tabIndex={0}
        onKeyDown={onKey}
        onPointerMove={(event) => setHover(event.pointerType === 'touch' ? -1 : under(event))}
        onPointerLeave={() => setHover(-1)}
        onClick={(event) => {
          const isOther = (event.target as Element).closest('a, button, [role=region]') !== null;
          const index = under(event);
          if (index >= 0 && !isOther && !event.defaultPrevented) onAt(index);
        }}
      >
        <div className={styles.plot} ref={ref} aria-hidden="true">
          {at >= 0 && slots[at] && <span className={styles.band} style={band(slots[at], extent)} />}
          {hover >= 0 && slots[hover] && (
            <span className={styles.cursor} style={middle(slots[hover], extent)} />
          )}
        </div>
        {children(width)}
        <TimeAxis extent={extent} width={width} />
      </div>
    </div>
  );
}

/** The dates under the rows. */
export function TimeAxis({ extent, width }: { extent: Extent; width: number }) {
  return (
    <div className={styles.axis} aria-hidden="true">
      {ticks(extent, width).map(({ time, label: text }) => (
        <span key={time} style={{ left: percent(place(time, extent)) }} data-edge={edge(place(time, extent))}>
          {text}
        </span>
      ))}
    </div>
  );
}

/** One row: its name in the gutter, its drawing on the axis. */
export function FrameRow({
  name,
  note,
  children,
}: {
  name: ReactNode;
  note?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className={styles.row}>
      <div className={styles.gutter}>
        <span className={styles.name}>{name}</span>
        {note != null && <span className={styles.note}>{note}</span>}
      </div>
      <div className={styles.cell}>{children}</div>
    </div>
  );
}

const edge = (share: number) => (share < 0.03 ? 'left' : share > 0.97 ? 'right' : undefined);

const percent = (share: number) => `${(share * 100).toFixed(3)}%`;

function band(slot: Slot, extent: Extent) {
  const left = place(slot.from, extent);
  return { left: percent(left), width: percent(place(slot.to, extent) - left) };
}

function middle(slot: Slot, extent: Extent) {
  return { left: percent(place((slot.from + slot.to) / 2, extent)) };
}
