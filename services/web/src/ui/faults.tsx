// What is wrong with what was sent: where, what stands there, what is allowed, what to do.
import { Problem, type Fault } from '../api/problem';
import styles from './problem-view.module.css';

export function Faults({ faults }: { faults: readonly Fault[] }) {
  return (
    <ul className={styles.faults}>
      {faults.map((fault) => (
        <li key={`${fault.pointer} ${fault.value}`}>
          {fault.pointer && (
            <>
              <code>{placeOf(fault.pointer)}</code>:{' '}
            </>
          )}
          {faultWords(fault)}
        </li>
      ))}
    </ul>
  );
}

const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1).replace(/[.\s]+$/, '') + '.';

/** A fault in sentences, beside the field it is about. */
const faultWords = ({ value, limit, fix }: Fault): string =>
  `${value.replace(/[.\s]+$/, '')}. Allowed: ${limit.replace(/[.\s]+$/, '')}. ${sentence(fix)}`;

/** What the server says of one field, where it says anything. */
export function faultAt(error: unknown, pointer: string): string | undefined {
  const found = error instanceof Problem && error.faults.find((one) => one.pointer === pointer);
  return found ? faultWords(found) : undefined;
}

/** The column a fault is about, else null. */
export const columnOf = (pointer: string): string | null =>
  pointer.startsWith('/columns/')
    ? pointer.slice('/columns/'.length).replaceAll('~1', '/').replaceAll('~0', '~')
    : null;

const placeOf = (pointer: string) => columnOf(pointer) ?? pointer;
