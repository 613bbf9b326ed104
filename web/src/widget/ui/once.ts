/** A component whose one deed goes to the service: it is done at most once at a time, and can be tried again. */
import { Component } from 'preact';
import type { UiProps } from './ui';

export interface Deed {
  stage: 'open' | 'sending' | 'failed' | 'done';
}

export abstract class Once<P extends UiProps> extends Component<P, Deed> {
  override state: Deed = { stage: 'open' };

  protected async send(path: string, body: unknown): Promise<void> {
    if (this.state.stage === 'sending') return;
    this.setState({ stage: 'sending' });
    await this.props.ui.conversation.backend.post(path, body).then(
      () => this.setState({ stage: 'done' }),
      () => this.setState({ stage: 'failed' }),
    );
  }
}
