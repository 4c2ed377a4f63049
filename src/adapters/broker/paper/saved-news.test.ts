import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../../testkit/fake-clock.ts';
import { SavedNews } from './saved-news.ts';

function savedNews(save: () => Promise<void> = async () => undefined) {
  const told: string[] = [];
  const news = new SavedNews(createFakeClock(), save, () => undefined);
  const tell = (text: string): void => news.tell((isSaved) => told.push(`${text} ${isSaved}`));
  return { news, told, tell };
}

describe('news behind saves', () => {
  it('are told at once, in order, when nothing has changed', () => {
    const { news, told, tell } = savedNews();
    tell('a');
    tell('b');
    expect(told).toEqual([]);
    news.settle();
    expect(told).toEqual(['a true', 'b true']);
  });

  it('that come while others are told are told after them', () => {
    const { news, told, tell } = savedNews();
    news.tell(() => {
      tell('inner');
      news.settle();
      told.push('outer');
    });
    tell('second');
    news.settle();
    expect(told).toEqual(['outer', 'second true', 'inner true']);
  });

  it('are all told when one of them fails, and the failure is not lost', () => {
    const { news, told, tell } = savedNews();
    news.tell(() => {
      throw new Error('a listener broke');
    });
    tell('after');
    expect(() => news.settle()).toThrow('a listener broke');
    expect(told).toEqual(['after true']);
    tell('later');
    news.settle();
    expect(told).toEqual(['after true', 'later true']);
  });

  it('are told as not saved when the last save fails, and at once after that', async () => {
    const { news, told, tell } = savedNews(() => Promise.reject(new Error('disk full')));
    news.changed();
    tell('a');
    await news.close();
    tell('b');
    expect(told).toEqual(['a false', 'b false']);
  });
});
