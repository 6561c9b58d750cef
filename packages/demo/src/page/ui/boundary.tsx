import { Component, type ReactNode } from 'react';

export interface BoundaryProps {
  readonly instead: ReactNode;
  readonly children: ReactNode;
}

/** What is shown instead of a page that failed, which would otherwise be gone. */
export class Boundary extends Component<BoundaryProps, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    return this.state.hasFailed ? this.props.instead : this.props.children;
  }
}
