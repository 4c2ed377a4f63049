export interface LanguageModelCapabilities {
  readonly tools: boolean;
  /** Answers can be held to a JSON schema by the provider itself. */
  readonly structuredOutput: boolean;
  readonly promptCaching: boolean;
  readonly contextTokens: number;
}

export interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  /** JSON schema of the arguments. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON text as the model wrote it; not yet checked. */
  readonly arguments: string;
}

export type ModelMessage =
  | { readonly role: 'system' | 'user'; readonly text: string }
  | { readonly role: 'assistant'; readonly text: string; readonly toolCalls: readonly ToolCall[] }
  | { readonly role: 'tool'; readonly toolCallId: string; readonly text: string };

export interface ModelRequest {
  readonly model: string;
  readonly messages: readonly ModelMessage[];
  readonly tools: readonly ToolDefinition[];
  /** JSON schema of the answer, null for free text. */
  readonly answerSchema: Readonly<Record<string, unknown>> | null;
  readonly maxOutputTokens: number;
  readonly temperature: number;
  readonly timeoutMs: number;
}

export interface ModelUsage {
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
}

export type ModelOutcome =
  | {
      readonly ok: true;
      readonly text: string;
      readonly toolCalls: readonly ToolCall[];
      readonly usage: ModelUsage;
      readonly latencyMs: number;
    }
  | {
      readonly ok: false;
      readonly cause:
        'rate_limited' | 'overloaded' | 'timeout' | 'refused' | 'invalid_request' | 'unauthorized' | 'failed';
      readonly message: string;
      /** Null: trying again does not help. */
      readonly retryAfterMs: number | null;
    };

/** One provider of language models. Contract suite: testkit/model-suite. Never throws for what the provider does. */
export interface LanguageModel {
  readonly provider: string;
  readonly capabilities: LanguageModelCapabilities;
  complete(request: ModelRequest): Promise<ModelOutcome>;
}
