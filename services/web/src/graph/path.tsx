// A path as a list, sources first: what happened, how it stands, when, how sure the connection is, and the way out.
import type { ReactNode } from 'react';
import { Moment } from '../ui/time';
import styles from './path.module.css';
import { MARK_LETTER, MARK_SHAPE, MARK_WORD, markStatus, type MarkStatus, type Standing } from './status';

export interface Step extends Standing {
  id: string;
  /** What it is, in words: "Data Factory run". */
  title: string;
  sentence: ReactNode;
  at: string | null;
  /** How the step is known to lead to the next one; exact is not said. */
  evidence?: string | null;
  links: readonly { title: string; href: string }[];
}

interface Props {
  label: string;
  steps: readonly Step[];
  selected?: string | null;
  onSelect?: (id: string) => void;
}

const EVIDENCE: Readonly<Record<string, string>> = {
  bridge: 'matched by run ids',
  inferred: 'inferred from data and time',
  unresolved: 'a name that could not be resolved',
};

export function Path({ label, steps, selected = null, onSelect }: Props) {
  return (
    <ol className={styles.path} aria-label={label}>
      {steps.map((step) => {
        const status = markStatus(step);
        return (
          <li key={step.id} data-status={status} data-chosen={step.id === selected || undefined}>
            <MarkIcon status={status} />
            <div className={styles.what}>
              <span className={styles.kind}>
                {step.title}
                {step.at !== null && <Moment time={step.at} />}
              </span>
              {onSelect ? (
                <button type="button" className={styles.name} onClick={() => onSelect(step.id)}>
                  {step.sentence}
                </button>
              ) : (
                <span className={styles.name}>{step.sentence}</span>
              )}
              {step.evidence != null && EVIDENCE[step.evidence] && (
                <span className={styles.evidence}>{EVIDENCE[step.evidence]}</span>
              )}
            </div>
            <div className={styles.links}>
              {step.links.map(({ title, href }) => (
                <a key={href} href={href}>
                  {title}
                </a>
              ))}
            </div>
          </li>
        );
      })}
    </ol>
  );
}

/** Shape and letter of a step; the word is its name. */
export function MarkIcon({
  status,
  size = 20,
  silent = false,
}: {
  status: MarkStatus;
  size?: number;
  silent?: boolean;
}) {
  return (
    <svg
      className={styles.icon}
      data-status={status}
      width={size}
      height={size}
      viewBox="-10 -10 20 20"
      {...(silent ? { 'aria-hidden': true } : { role: 'img', 'aria-label': MARK_WORD[status] })}
    >
      <path d={MARK_SHAPE[status]} />
      <text y={status === 'act' ? 5 : 3.4} textAnchor="middle">
        {MARK_LETTER[status]}
      </text>
    </svg>
  );
}
