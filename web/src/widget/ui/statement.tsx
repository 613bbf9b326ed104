/** A statement to keep: files that the service makes for this partner, fetched with its token. */
import { Component } from 'preact';
import type { UiProps } from './ui';

interface Props extends UiProps {
  /** As in the service's addresses: `2026-q3`. */
  name: string;
}

interface Fetched {
  failed?: boolean;
}

export class StatementLinks extends Component<Props, Fetched> {
  override render({ ui: { words, conversation }, name }: Props, { failed }: Fetched) {
    const keep = async (file: string) => {
      const response = await conversation.backend.get(`/api/statements/${file}`);
      // Not revoked: it is a few kilobytes, and goes with the page.
      const href = URL.createObjectURL(await response.blob());
      Object.assign(document.createElement('a'), { href, download: file }).click();
    };
    return (
      <p class="note" role="status">
        {[`${name}.pdf`, `${name}.csv`].map((file) => (
          <button onClick={() => keep(file).catch(() => this.setState({ failed: true }))}>
            {words.statement} {file}
          </button>
        ))}
        {failed && words.notSent}
      </p>
    );
  }
}
