import { AitraderError, describeFailure } from '../../domain/errors.ts';

/** What a question to the exchange brought; a failure says that the desk cannot start without it. */
export async function reached<Answer>(venue: string, question: Promise<Answer>): Promise<Answer> {
  try {
    return await question;
  } catch (failure) {
    if (failure instanceof AitraderError) throw failure;
    const context = { venue, problem: describeFailure(failure) };
    throw new AitraderError('EXCHANGE_UNREACHABLE', context, { cause: failure });
  }
}
