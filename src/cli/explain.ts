/** `edge-auth explain`: each step of the verdict, for people. */

import type { Command } from 'commander';
import { explainSteps } from '../core/explain/steps';
import { escapeInvisible } from '../policy/issue';
import { isDigest } from '../sign/digest';
import { addJudging } from './verify';

export function addExplain(program: Command): void {
  addJudging(program, 'explain', 'print for people how the edge judges a URL, step by step', (judged) =>
    explainSteps(judged, isDigest)
      .map(({ step, text }) => `${step.padEnd(12)} ${escapeInvisible(text)}`)
      .join('\n'),
  );
}
