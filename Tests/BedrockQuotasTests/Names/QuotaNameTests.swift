import BedrockQuotas
import Testing

struct QuotaNameTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var name: String
    var scope: QuotaScope
    var measure: QuotaMeasure
    var subject: String?
    var endpoint: QuotaEndpoint? = .runtime
    var variant: QuotaVariant?
    var testDescription: String { name }

    init(
      _ name: String, _ scope: QuotaScope, _ measure: QuotaMeasure, _ subject: String?, endpoint: QuotaEndpoint? = .runtime,
      variant: QuotaVariant? = nil
    ) {
      (self.name, self.scope, self.measure, self.subject) = (name, scope, measure, subject)
      (self.endpoint, self.variant) = (endpoint, variant)
    }
  }

  /// One row per spelling that AWS uses or has used.
  static let rows: [Row] = [
    Row("On-demand model inference requests per minute for Amazon Nova Pro", .onDemand, .rpm, "Amazon Nova Pro"),
    Row("On-demand InvokeModel tokens per minute for Cohere Command", .onDemand, .tpm, "Cohere Command"),
    Row("Cross-region model inference tokens per minute for GPT-5.6 Luna", .crossRegion, .tpm, "GPT-5.6 Luna"),
    Row(
      "Cross-Region InvokeModel tokens per minute for Anthropic Claude 3.5 Haiku", .crossRegion, .tpm,
      "Anthropic Claude 3.5 Haiku"),
    Row("Global cross-region model inference tokens per day for Cohere Embed V4", .global, .tpd, "Cohere Embed V4"),
    Row(
      "Cross-region model inference tokens per minute for Anthropic Claude Sonnet 4 V1 1M Context Length", .crossRegion, .tpm,
      "Anthropic Claude Sonnet 4 V1", variant: .context1M),
    Row(
      "Model invocation max tokens per day for Z.ai GLM-4.7 (doubled for cross-region calls)", .onDemand, .tpd, "Z.ai GLM-4.7"),
    Row(
      "Model invocation max tokens per day for Anthropic Claude Sonnet 4.5 V1 1M Context Length (doubled for cross-region calls)",
      .onDemand, .tpd, "Anthropic Claude Sonnet 4.5 V1", variant: .context1M),
    Row(
      "Model invocation max latency-optimized tokens per day for Amazon Nova Pro V1", .latencyOptimized, .tpd,
      "Amazon Nova Pro V1",
      variant: .latencyOptimized),
    Row("Cross-Model Max Tokens Per Day", .other, .tpd, nil),
    Row(
      "On-demand latency-optimized model inference requests per minute for Anthropic Claude 3.5 Haiku", .latencyOptimized, .rpm,
      "Anthropic Claude 3.5 Haiku", variant: .latencyOptimized),
    Row(
      "On-Demand, latency-optimized model inference tokens per minute for Meta Llama 3.1 70B Instruct", .latencyOptimized, .tpm,
      "Meta Llama 3.1 70B Instruct", variant: .latencyOptimized),
    Row("On-demand InvokeModel concurrent requests for Amazon Nova Reel1.1", .onDemand, .concurrent, "Amazon Nova Reel1.1"),
    Row(
      "On-demand InvokeModel async concurrent requests for TwelveLabs Marengo Embed 3.0", .onDemand, .concurrent,
      "TwelveLabs Marengo Embed 3.0"),
    Row("On-demand model inference concurrent requests for Luma Ray V2", .onDemand, .concurrent, "Luma Ray V2"),
    Row(
      "[bedrock-mantle endpoint] Input tokens per minute for Claude Opus 4.8", .mantle, .inputTPM, "Claude Opus 4.8",
      endpoint: .mantle),
    Row("Bedrock Mantle output tokens per minute for GPT-5.4", .mantle, .outputTPM, "GPT-5.4", endpoint: .mantle),
    Row(
      "(Model customization) Sum of on demand custom model deployment tokens per day for Amazon Nova Pro", .customDeployment,
      .tpd,
      "Amazon Nova Pro"),
    Row("Records per batch inference job for Claude Haiku 4.5", .batch, .count, "Claude Haiku 4.5", endpoint: nil),
    Row(
      "Minimum number of records per batch inference job for Claude Sonnet 4.5.", .batch, .count, "Claude Sonnet 4.5",
      endpoint: nil),
    Row("Batch inference input file size (in GB) for OpenAI GPT OSS 120b", .batch, .size, "OpenAI GPT OSS 120b", endpoint: nil),
    Row("Batch inference job size  (in GB) for Qwen3 Next 80B", .batch, .size, "Qwen3 Next 80B", endpoint: nil),
    Row("Batch inference input file size for Qwen3 235B (in GB)", .batch, .size, "Qwen3 235B", endpoint: nil),
    Row(
      "Sum of in-progress and submitted batch inference jobs using a custom model for Titan Text Embeddings V2", .batch, .count,
      "Titan Text Embeddings V2", endpoint: nil),
    Row(
      "Model units per provisioned model for Anthropic Claude 3.5 Sonnet V2 18K", .provisioned, .modelUnits,
      "Anthropic Claude 3.5 Sonnet V2 18K", endpoint: nil),
    Row(
      "Model units per provisioned model for the 24k context length variant for Amazon Nova Pro", .provisioned, .modelUnits,
      "Amazon Nova Pro 24k", endpoint: nil),
    Row(
      "No-commitment model units for Provisioned Throughput created for base model Amazon Nova 2 Lite V1.0 256K", .provisioned,
      .modelUnits, "Amazon Nova 2 Lite V1.0 256K", endpoint: nil),
    Row(
      "Model units, with commitment, for Provisioned Throughout created for Meta Llama 4 Scout 17B Instruct 10M", .provisioned,
      .modelUnits, "Meta Llama 4 Scout 17B Instruct 10M", endpoint: nil),
    Row("Model units no-commitment Provisioned Throughputs across base models", .provisioned, .modelUnits, nil, endpoint: nil),
    Row(
      "Maximum hourly input token units for model llama3-2-1b-instruct-v1", .provisioned, .count, "llama3-2-1b-instruct-v1",
      endpoint: nil),
    Row("CreateAgent requests per second", .other, .rate, nil, endpoint: nil),
    Row("(Guardrails) On-demand ApplyGuardrail requests per second", .other, .rate, nil, endpoint: nil),
    Row("(Guardrails) On-demand InvokeGuardrailChecks requests per minute", .other, .rate, nil, endpoint: nil),
    Row("Throttle rate limit for Bedrock Data Automation: TagResource", .other, .rate, nil, endpoint: nil),
    Row("Agents per account", .other, .count, nil, endpoint: nil),
    Row("(Evaluation) Size of prompt", .other, .size, nil, endpoint: nil),
    Row("(Evaluation) Task time for workers", .other, .other, nil, endpoint: nil),
    Row("  on-demand   MODEL inference requests per minute for  Amazon Nova Pro ", .onDemand, .rpm, "Amazon Nova Pro"),
  ]

  @Test(arguments: rows)
  func isRead(row: Row) {
    let name = QuotaName(row.name)
    #expect(name.scope == row.scope)
    #expect(name.measure == row.measure)
    #expect(name.subject == row.subject)
    #expect(name.endpoint == row.endpoint)
    #expect(name.variant == row.variant)
    #expect(name.text == row.name)
  }

  @Test(arguments: ["", " ", "for", "Quantum entanglement for Foo", "(", "()", "(x", "On-demand", "Model invocation max", "🙂"])
  func whatCannotBeReadIsKept(text: String) {
    let name = QuotaName(text)
    #expect(name.text == text && name.scope == .other && name.measure == .other)
  }

  @Test(arguments: [
    ("Anthropic Claude Opus 9", "Claude"), ("GPT-7 Sol", "OpenAI"), ("OpenAI GPT OSS 20B", "OpenAI"), ("Qwen3 32B V1", "Qwen"),
    ("Mistral AI Mixtral 8X7BB Instruct", "Mistral"), ("Stable Image Inpaint", "Stable Diffusion"), ("Cohere Embed V4", "Cohere"),
    ("llama3-2-1b-instruct-v1", "Llama"), ("Titan Text G1 - Lite v1", "Titan"), ("Amazon Nova 2 Lite", "Nova"),
    ("DeepSeek v3", "DeepSeek"), ("Acme Rocket 3", "Acme"),
  ])
  func families(subject: String, family: String) { #expect(Facts.builtIn.family(of: subject) == family) }

  @Test func aQuotaOfNoModelIsGeneral() { #expect(Facts.builtIn.family(of: nil) == "General") }
}
