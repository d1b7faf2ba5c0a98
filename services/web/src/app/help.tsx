// How to read Bellwether and how to move in it.
import { Dialog } from '../ui/dialog';
import { STATUSES, StatusBadge } from '../ui/status';
import type { Status } from '../api/types';
import styles from './help.module.css';
import { SHORTCUTS } from './shortcuts';

const MEANING: Record<Status, string> = {
  act: 'Past its line. Somebody should look into it now.',
  watch: 'Changed, but not past its line. Keep an eye on it.',
  unknown: 'Too little is known to say: no rows, too few, or no answer. It is never counted as fine.',
  fine: 'No change that luck does not explain.',
};

interface Props {
  isOn: boolean;
  turn: (on: boolean) => void;
  onClose: () => void;
}

export function Help({ isOn, turn, onClose }: Props) {
  return (
    <Dialog title="Reading Bellwether" onClose={onClose}>
      <dl className={styles.statuses}>
        {STATUSES.map((status) => (
          <div key={status}>
            <dt>
              <StatusBadge status={status} />
            </dt>
            <dd>{MEANING[status]}</dd>
          </div>
        ))}
      </dl>
      <p>
        The drift index of a model weighs every input by how much it drives the decisions: a strong change of
        an input that hardly matters stays low. The address of a page holds all that is shown; copy it to
        share exactly that.
      </p>
      <section aria-labelledby="help-keys">
        <h3 id="help-keys">Keys</h3>
        <dl className={styles.keys}>
          {SHORTCUTS.map(([keys, what]) => (
            <div key={keys}>
              <dt>
                <kbd>{keys}</kbd>
              </dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
        <label className={styles.switch}>
          <input type="checkbox" checked={isOn} onChange={(event) => turn(event.currentTarget.checked)} />
          Single-key shortcuts
        </label>
      </section>
    </Dialog>
  );
}
