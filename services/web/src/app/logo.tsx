// A bell whose rim is a trace: the animal that leads the flock, and the signal that leads the trouble.
export function Logo({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <path
        fill="currentColor"
        d="M16 2.500a2.600 2.600 0 0 0-2.600 2.600v.6C9.500 6.900 7 10.400 7 14.600v5.200l-2.700 4.300c-.5.9.1 1.900 1.100 1.900h21.200c1 0 1.600-1 1.100-1.900L25 19.800v-5.200c0-4.200-2.500-7.700-6.400-8.900v-.6A2.600 2.600 0 0 0 16 2.500Z"
      />
      <path fill="currentColor" d="M13.300 27.500a2.800 2.800 0 0 0 5.400 0Z" />
      <path
        fill="none"
        stroke="var(--bw-surface)"
        strokeWidth="2"
        strokeLinejoin="round"
        strokeLinecap="round"
        d="M10.500 18.500h3l2-6 2.600 9 1.800-5.500 1 2.500h1.600"
      />
    </svg>
  );
}
