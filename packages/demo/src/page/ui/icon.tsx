/** Drawn on 24 by 24, with round strokes. */
const shapes = {
  back: 'M15 5l-7 7 7 7',
  check: 'M4.5 12.500l5 5L19.5 7',
  checks: 'M2 12.800l4.5 4.500L15 8M11 16.300l1.2 1L21.5 8',
  clock: 'M12 7v5l3 2M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z',
  close: 'M6 6l12 12M18 6L6 18',
  copy: 'M9 9h10v11H9zM5 15V4h10',
  down: 'M12 5v14M6 13l6 6 6-6',
  edit: 'M4 20l1-4L16 5l3 3L8 19l-4 1ZM14 7l3 3',
  eye: 'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12ZM15 12a3 3 0 1 1-6 0 3 3 0 0 1 6 0Z',
  gear: 'M12 15.200a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.400ZM12 2.800v2.400M12 18.800v2.400M21.2 12h-2.400M5.2 12H2.800M18.5 5.500l-1.7 1.700M7.2 16.800l-1.7 1.700M18.5 18.500l-1.7-1.700M7.2 7.200L5.5 5.5',
  group:
    'M9 11.500a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 19.500c.4-3.6 3-5.5 6.5-5.500s6.1 1.9 6.5 5.500M16 4.900a3.4 3.4 0 0 1 0 6.200M17.8 14.300c2.1.8 3.4 2.5 3.7 5.2',
  info: 'M12 11v5.500M12 7.500v.1M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z',
  muted: 'M6 17V11a6 6 0 0 1 9-5.200M18 10.500V17M4 17h12.500M10 20.500h4M4 4l16 16',
  more: 'M5.5 12v.1M12 12v.1M18.5 12v.1',
  pen: 'M12 5v14M5 12h14',
  picture: 'M4 5h16v14H4zM4 16l5-5 4.5 4.5 2.5-2.5 4 4M15.5 9.500v.1',
  retry: 'M20 5v5h-5M19.5 10A8 8 0 1 0 20 14',
  room: 'M4 9.500C4 6.5 7.6 4.5 12 4.500s8 2 8 5-3.6 5-8 5c-.9 0-1.7-.1-2.5-.2L5.5 17v-4C4.5 12.2 4 11 4 9.500ZM17 17.500c1.8.2 3 .8 3 1.5',
  search: 'M16 16l4.5 4.500M18 11a7 7 0 1 1-14 0 7 7 0 0 1 14 0Z',
  send: 'M4 12L20 4l-5.5 16-3-6.500L4 12ZM11.5 13.500L20 4',
  smile:
    'M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0ZM8 14.200c1 1.5 2.3 2.3 4 2.300s3-.8 4-2.300M9 9.500v.1M15 9.500v.1',
  tab: 'M8 8V4.500h12V16h-3.500M4 8h12.500v12H4z',
  undo: 'M8 5L4 9l4 4M4 9h10a5.5 5.5 0 0 1 0 11h-3',
  warning: 'M12 9v4.500M12 16.800v.1M12 3.500L2.5 20h19L12 3.500Z',
} as const;

export type IconName = keyof typeof shapes;

export function Icon({ name, size = 20 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={name === 'more' ? 3 : 1.9}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={shapes[name]} />
    </svg>
  );
}
