/** Icons as paths on a 24-unit grid, drawn with the text's colour and hidden from screen readers. */

const PATHS = {
  chat: 'M5 5h14a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-7l-5 4v-4H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2zM8 10h8M8 13h5',
  close: 'M6 6l12 12M18 6L6 18',
  fresh: 'M12 5v14M5 12h14',
  send: 'M12 19V5M6 11l6-6 6 6',
  stop: 'M8 8h8v8H8z',
  thumb: 'M7 11v9H4v-9h3zm0 0l4-8a2.2 2.2 0 0 1 2.2 2.8L12.5 9H18a2 2 0 0 1 2 2.300l-1.2 7A2 2 0 0 1 16.8 20H7',
  page: 'M7 3h7l4 4v14H7zM14 3v5h4M10 12h5M10 16h5',
  mail: 'M4 6h16v12H4zM4 7l8 6 8-6',
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.500L20 20',
  alert: 'M12 4l9 16H3zM12 10v4M12 17v.1',
  tick: 'M5 12.500l4.5 4.500L19 7.5',
};

export type IconName = keyof typeof PATHS;

export function Icon({ name, turned }: { name: IconName; turned?: boolean | undefined }) {
  return (
    <svg class={turned ? 'icon turned' : 'icon'} viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
