/** A button that shows an icon only: its label is for screen readers and for who hovers. */
import type { IconName } from './icon';
import { Icon } from './icon';

interface Props {
  icon: IconName;
  label: string;
  class?: string;
  turned?: boolean;
  type?: 'button' | 'submit';
  'aria-pressed'?: boolean;
  onClick(event: MouseEvent): void;
}

export function IconButton({ icon, label, turned, ...rest }: Props) {
  return (
    <button type="button" class="plain" aria-label={label} title={label} {...rest}>
      <Icon name={icon} turned={turned} />
    </button>
  );
}
