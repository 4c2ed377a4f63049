import { describe, expect, it } from 'vitest';
import { Decimal } from '../../../../domain/decimal.ts';
import { UnreadableAnswer } from './failures.ts';
import { amountOf, amountOrNull, integerOf, listOf, parseMessage, textOf } from './fields.ts';

describe('the fields of an answer', () => {
  it('keep every digit of an amount that is sent as a text', () => {
    const text = '12345678901234567890.12345678';
    expect(amountOf({ qty: text }, 'qty').toFixed()).toBe(text);
  });

  it('take amounts that are sent as numbers by their shortest decimal', () => {
    expect(amountOf({ rate: 0.0065 }, 'rate')).toEqual(new Decimal('0.0065'));
    expect(amountOf({ rate: 1e-7 }, 'rate')).toEqual(new Decimal('0.0000001'));
  });

  it.each(['', 'abc', '1e5', 'NaN', null, undefined, {}, Number.NaN])('refuse %s as an amount', (value) => {
    expect(() => amountOf({ value }, 'value')).toThrow(UnreadableAnswer);
  });

  it('read zero, nothing and absence as none', () => {
    for (const value of ['0', '0.000', '', null, undefined]) expect(amountOrNull({ value }, 'value')).toBeNull();
    expect(amountOrNull({ value: '0.5' }, 'value')).toEqual(new Decimal('0.5'));
  });

  it('say which member is missing', () => {
    expect(() => textOf({}, 'orderId')).toThrow('orderId');
    expect(() => integerOf({ time: '1.5' }, 'time')).toThrow('time');
    expect(() => listOf({})).toThrow(UnreadableAnswer);
    expect(() => listOf([1])).toThrow(UnreadableAnswer);
  });

  it('lose no digit of long ids in messages, and change no text', () => {
    const message = parseMessage(
      '{"i":8389765591234567891, "c":"a:1234567890123456789,x","l":[12345678901234567890],"t":5}',
    );
    expect(message).toEqual({
      i: '8389765591234567891',
      c: 'a:1234567890123456789,x',
      l: ['12345678901234567890'],
      t: 5,
    });
    expect(() => parseMessage('not json')).toThrow(UnreadableAnswer);
    expect(() => parseMessage('[1]')).toThrow(UnreadableAnswer);
  });
});
