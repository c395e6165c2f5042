import BedrockQuotas
import Testing

/// The rule that ties ids to quotas, on small accounts of its own.
struct QuotaResolverTests {
  /// An account with an on-demand, a cross-region and a global RPM and TPM quota for each subject.
  private func resolver(_ subjects: [String], models: [QuotaResolver.Model] = [], profiles: [QuotaResolver.Profile] = [])
    -> QuotaResolver
  {
    let quotas = subjects.flatMap { subject in
      ["On-demand model inference", "Cross-region model inference", "Global cross-region model inference"].flatMap { scope in
        ["requests", "tokens"].map { "\(scope) \($0) per minute for \(subject)" }
      }
    }
    return QuotaResolver(quotas: quotas.map(quota), models: models, profiles: profiles)
  }

  private func quota(_ name: String) -> Quota {
    Quota(code: "L-\(name)", name: QuotaName(name), appliedValue: 1, defaultValue: 1, family: "x")
  }

  private func resolve(_ id: String, _ resolver: QuotaResolver) throws -> Resolution {
    resolver.resolve(try #require(InvokedID(id)))
  }

  private func model(_ id: String, _ name: String, _ types: [String] = ["ON_DEMAND"], customizations: [String] = [])
    -> QuotaResolver.Model
  {
    .init(id: ModelID(id)!, name: name, inferenceTypes: types, customizations: customizations)
  }

  /// The subject that an id resolves to, from those given; nil where none is certain.
  private func subject(of id: String, among subjects: [String], models: [QuotaResolver.Model] = []) throws -> String? {
    let found = try resolve(id, resolver(subjects, models: models)).quotas
    #expect(found.isEmpty || found.map(\.quota.name.measure) == [.rpm, .tpm])
    #expect(Set(found.map(\.quota.name.subject)).count <= 1)
    return found.first?.quota.name.subject
  }

  /// Models that no table knows resolve by rule, and only to their own.
  @Test(arguments: [
    ("anthropic.claude-sonnet-7-20270101-v1:0", "Anthropic Claude Sonnet 7 V1"),
    ("anthropic.claude-sonnet-7-5", "Anthropic Claude Sonnet 7.5"),
    ("us.anthropic.claude-sonnet-7", "Anthropic Claude Sonnet 7"),
    ("global.anthropic.claude-opus-7-v1", "Anthropic Claude Opus 7 V1"),
    ("amazon.nova-7-lite-v1:0", "Amazon Nova 7 Lite"), ("amazon.nova-lite-v1:0", "Amazon Nova Lite"),
    ("openai.gpt-9.1-sol", "GPT-9.1 Sol"),
    ("meta.llama9-1-70b-instruct-v1:0", "Meta Llama 9.1 70B Instruct"),
    ("meta.llama9-1-8b-instruct-v1:0", "Meta Llama 9.1 8B Instruct"),
    ("mistral.mistral-large-2707-v1:0", "Mistral Large 27.07"), ("qwen.qwen9-32b-v1:0", "Qwen9 32B V1"),
    ("zai.glm-9.1-flash", "Z.ai GLM-9.1 Flash"),
    ("zai.glm-9.1", "Z.ai GLM-9.1"), ("deepseek.v9.1", "DeepSeek V9.1"), ("deepseek.r9-v1:0", "DeepSeek R9 V1"),
    ("acme.rocket-3-v1:0", "Acme Rocket 3"),
    ("cohere.embed-v9:0", "Cohere Embed V9"), ("cohere.rerank-v9-5:0", "Cohere Rerank 9.5"),
    ("amazon.titan-embed-text-v9:0", "Amazon Titan Text Embeddings V9"),
    ("minimax.minimax-m9.1", "MiniMax M9.1"), ("minimax.minimax-m9", "Minimax M9"),
    ("moonshotai.kimi-k9.5", "Moonshot AI Kimi K9.5"),
    ("stability.stable-image-sharpen-v1:0", "Stable Image Sharpen"), ("stability.stable-sharpen-v1:0", "Stable Image Sharpen"),
    ("amazon.nova-film-v1:0", "Amazon Nova Film1.0"), ("amazon.nova-film-v1:1", "Amazon Nova Film1.1"),
    ("xai.grok-9.9", "Grok 9.9"),
  ])
  func unseenModels(id: String, expected: String) throws {
    let traps = [
      "Anthropic Claude Sonnet 7 V1", "Anthropic Claude Sonnet 7.5", "Anthropic Claude Opus 7 V1", "Amazon Nova 7 Lite",
      "Amazon Nova Lite", "GPT-9 Sol",
      "GPT-9.1 Sol", "GPT-9.1 Luna", "Meta Llama 9.1 70B Instruct", "Meta Llama 9.1 8B Instruct", "Meta Llama 9 70B Instruct",
      "Mistral Large 27.07",
      "Mistral Large 27.02", "Mistral Large", "Qwen9 32B V1", "Qwen9 Coder 32B V1", "Z.ai GLM-9.1 Flash", "Z.ai GLM-9.1",
      "DeepSeek V9.1", "DeepSeek V9",
      "DeepSeek R9 V1", "Cohere Embed V9", "Cohere Embed V9 Light", "Cohere Rerank 9.5", "Amazon Titan Text Embeddings V9",
      "Amazon Titan Text Embeddings",
      "MiniMax M9.1", "Minimax M9", "Moonshot AI Kimi K9.5", "Kimi K9 Thinking", "Stable Image Sharpen", "Amazon Nova Film1.0",
      "Amazon Nova Film1.1",
      "Acme Rocket 3", "Acme Rocket 3.5", "Acme Rocket 3 Heavy", "Grok 9.9", "Grok 9",
    ]
    // A subject that stands there in two spellings would be ambiguous, so each model's own is the only one of it.
    let others = traps.filter { $0 != "Anthropic Claude Sonnet 7 V1" || expected != "Anthropic Claude Sonnet 7" }
    #expect(try subject(of: id, among: Set(others + [expected]).sorted()) == expected)
    #expect(try subject(of: id, among: others.filter { $0 != expected }) == nil, "nothing else may take its place")
  }

  /// The pairs that tools have confused.
  @Test(arguments: [
    ("anthropic.claude-sonnet-4-20250514-v1:0", "Anthropic Claude Sonnet 4.5 V1"),
    ("anthropic.claude-sonnet-4-5-20250929-v1:0", "Anthropic Claude Sonnet 4 V1"),
    ("anthropic.claude-sonnet-4-5-20250929-v1:0", "Anthropic Claude Haiku 4.5"), ("amazon.nova-lite-v1:0", "Amazon Nova 2 Lite"),
    ("amazon.nova-2-lite-v1:0", "Amazon Nova Lite"), ("mistral.mistral-large-2402-v1:0", "Mistral Large 2407"),
    ("mistral.mistral-large-2407-v1:0", "Mistral Large"),
    ("mistral.mistral-large-3-675b-instruct", "Mistral Large"),
    ("anthropic.claude-3-5-sonnet-20241022-v2:0", "Anthropic Claude 3.5 Sonnet"),
    ("anthropic.claude-3-5-sonnet-20240620-v1:0", "Anthropic Claude 3.5 Sonnet V2"), ("openai.gpt-6-sol", "GPT-5.6 Sol"),
    ("openai.gpt-5.6-sol", "GPT-6 Sol"),
    ("openai.gpt-6-sol", "GPT-6.1 Sol"), ("nvidia.nemotron-nano-9b-v2", "NVIDIA Nemotron Nano 2 VL"),
    ("nvidia.nemotron-nano-12b-v2", "NVIDIA Nemotron Nano 2"),
    ("anthropic.claude-opus-4-20250514-v1:0", "Anthropic Claude Opus 4.1"), ("minimax.minimax-m2", "MiniMax M2.1"),
    ("meta.llama2-13b-chat-v1", "Meta Llama 2 13B"),
    ("meta.llama3-70b-instruct-v1:0", "Meta Llama 3.1 70B Instruct"),
    ("amazon.titan-image-generator-v2:0", "Amazon Titan Image Generator G1"),
    ("amazon.nova-sonic-v1:0", "Amazon Nova 2 Sonic"), ("qwen.qwen3-coder-30b-a3b-v1:0", "Qwen3 Coder 480B a35b V1"),
    ("zai.glm-4.7", "Z.ai GLM-4.7 Flash"),
    ("cohere.command-r-v1:0", "Cohere Command R Plus"), ("cohere.command-r-plus-v1:0", "Cohere Command R"),
    ("openai.gpt-oss-safeguard-20b", "OpenAI GPT OSS 20B"),
    ("acme.large-3", "Mistral Large 3"), ("deepseek.v3-v1:0", "DeepSeek V3.2"),
    ("nvidia.nemotron-nano-30b-v2", "NVIDIA Nemotron Nano 2"),
  ])
  func neverTheOther(id: String, other: String) throws { #expect(try subject(of: id, among: [other]) == nil) }

  /// The real spellings that differ between a model's quotas.
  @Test(arguments: [
    ("mistral.mistral-large-2402-v1:0", "Mistral AI Mistral Large"),
    ("mistral.mixtral-8x7b-instruct-v0:1", "Mistral AI Mixtral 8X7BB Instruct"),
    ("mistral.mixtral-8x7b-instruct-v0:1", "Mistral Mixtral 8x7b Instruct"),
    ("anthropic.claude-3-5-sonnet-20240620-v1:0", "Anthropic Claude 3.5 Sonnet V1"),
    ("anthropic.claude-3-5-sonnet-20241022-v2:0", "Anthropic Claude 3.5 Sonnet V2"),
    ("twelvelabs.pegasus-1-2-v1:0", "Twelve Labs Pegasus"),
    ("mistral.magistral-small-2509", "Magistral Small 1.2"), ("mistral.ministral-3-8b-instruct", "Ministral 8B 3.0"),
    ("meta.llama4-scout-17b-instruct-v1:0", "Meta Llama 4 Scout V1"), ("google.gemma-3-27b-it", "Gemma 3 27B"),
    ("openai.gpt-oss-20b-1:0", "OpenAI GPT OSS 20B"),
    ("nvidia.nemotron-super-3-120b", "NVIDIA Nemotron 3 Super 120B A12B"),
    ("stability.stable-image-search-recolor-v1:0", "Stable Image Search and Recolor"),
    ("amazon.titan-embed-image-v1", "Amazon Titan Multimodal Embeddings G1"),
    ("amazon.titan-text-express-v1", "Amazon Titan Text Express"),
    ("writer.palmyra-x5-v1:0", "Writer AI Palmyra X5 V1"),
    ("stability.stable-image-ultra-v1:1", "Stability.ai Stable Image Ultra"),
    ("anthropic.claude-opus-4-6-v1", "Anthropic Claude Opus 4.6 V1"), ("moonshot.kimi-k2-thinking", "Kimi K2 Thinking"),
    ("anthropic.claude-v2:1", "Anthropic Claude V2.1"), ("luma.ray-v2:0", "Luma Ray V2"),
    ("mistral.pixtral-large-2502-v1:0", "Mistral Pixtral Large 25.02 V1"),
  ])
  func realSpellings(id: String, label: String) throws { #expect(try subject(of: id, among: [label]) == label) }

  /// Ids that a user or a new release could come up with, against labels of real models: none may be taken for another.
  @Test(arguments: [
    // Another provider's name for it.
    "us.openai.grok-4.6", "us.anthropic.gpt-6-sol", "acme.gpt-6-sol", "meta.gemma-3-12b-it", "google.minimax-m2",
    "cohere.mistral-large-3",
    "us.meta.deepseek-r1-v1:0", "us.anthropic.amazon-nova-pro", "us.acme.anthropic-claude-opus-5", "amazon.claude-opus-5",
    "writer.kimi-k2-thinking",
    // A size more.
    "cohere.command-r-7b-v1:0", "us.deepseek.r1-8b-v1:0", "us.xai.grok-4.6-7b", "us.anthropic.claude-opus-5-8b",
    "meta.llama4-scout-99b-instruct-v1:0",
    "mistral.mistral-large-3-100b-instruct", "qwen.qwen3-32b-a3b", "google.gemma-3-4b-a2b-it", "google.gemma-3-27b-pt",
    // A version more, or in another place.
    "us.anthropic.claude-sonnet-4-5-1", "us.anthropic.claude-sonnet-4-5-1-v1:0", "us.anthropic.claude-opus-4-6-1",
    "us.anthropic.claude-3-7-1-sonnet-v1:0",
    "us.amazon.nova-premier-1-v1:0", "us.anthropic.claude-1-opus-4-6", "us.anthropic.claude-opus-4-20250514-1-v1:0",
    "amazon.nova-sonic-v2:0",
    "amazon.nova-lite-v2:0", "amazon.titan-image-generator-2-v1:0", "amazon.titan-image-generator-g2-v1:0",
    "amazon.titan-g2-text-express",
    // Another revision.
    "amazon.titan-embed-image-v2:0", "mistral.mistral-large-2402-v2:0", "cohere.command-text-v15", "twelvelabs.pegasus-1-2-v2:0",
    "amazon.nova-pro-v1:1",
    "openai.gpt-oss-20b-1:1", "amazon.nova-reel-v1:2", "mistral.mistral-7b-instruct-v0:3",
    "anthropic.claude-3-5-sonnet-20241022-v3:0",
    // A context length, a typing error, a word more or less.
    "us.anthropic.claude-opus-4:6", "us.anthropic.claude-opus-5:5", "us.xai.grok-4.6:2", "minimax.minimax-m2:1",
    "us.anthropic.claude-opus-4-1:0",
    "amazon.nova-pro-v1:0:9223372036854775807m", "us.anthropic.claude-opus-5-1m", "us.amazon.nova-pro-v1:0:300k",
    "us.anthropic.claude-sonnet-4-5-20250929-v1:0:1m",
    "gobal.anthropic.claude-opus-5",
    "globl.anthropic.claude-opus-5", "mistral.mistral-large", "twelvelabs.pegasus", "nvidia.nemotron-nano-vl-2-8b",
    "anthropic.claude-4-5", "anthropic.sonnet-4-5",
    "us.anthropic.claude-sonnet-4-5-fast", "openai.gpt-oss-safeguard-20b",
  ])
  func nearMisses(id: String) throws {
    let real = [
      "Grok 4.6", "GPT-6 Sol", "Gemma 3 12B", "Gemma 3 4B", "Gemma 3 27B", "Minimax M2", "Mistral Large 3", "Mistral Large",
      "DeepSeek R1 V1", "Amazon Nova Pro",
      "Anthropic Claude Opus 5", "Kimi K2 Thinking", "Cohere Command R", "Cohere Command", "Meta Llama 4 Scout V1",
      "Qwen3 32B V1", "Anthropic Claude Sonnet 4.5 V1",
      "Anthropic Claude Opus 4.6 V1", "Anthropic Claude Opus 4 V1", "Anthropic Claude 3.7 Sonnet V1",
      "Anthropic Claude 3.5 Sonnet", "Anthropic Claude 3.5 Sonnet V2",
      "Amazon Nova Premier V1", "Amazon Nova 2 Sonic", "Amazon Nova 2 Lite", "Amazon Titan Image Generator G1",
      "Amazon Titan Image Generator G1 V2",
      "Amazon Titan Text Express", "Amazon Titan Multimodal Embeddings G1", "Twelve Labs Pegasus", "OpenAI GPT OSS 20B",
      "Amazon Nova Reel1.0", "Amazon Nova Reel1.1",
      "Mistral AI Mistral 7B Instruct", "NVIDIA Nemotron Nano 2 VL",
    ]
    let listed = [
      model("meta.llama4-scout-17b-instruct-v1:0", "Llama 4 Scout 17B Instruct"),
      model("mistral.mistral-large-3-675b-instruct", "Mistral Large 3"),
    ]
    for models in [[], listed] {
      #expect(try resolve(id, resolver(real, models: models)).quotas.map(\.quota.name.subject) == [])
    }
  }

  @Test func theListedNameAddsWordsAndTakesNoneAway() throws {
    let foreign = [model("acme.stable-sharpen-9", "Stable Picture Sharpen 9")]
    #expect(
      try subject(of: "acme.stable-sharpen-9", among: ["Acme Stable Picture Sharpen 9"], models: foreign) == nil,
      "another provider's word")
    let rockets = [model("acme.rocket-9", "Rocket Heavy 9"), model("acme.rocket-9-light", "Rocket 9")]
    #expect(try subject(of: "acme.rocket-9", among: ["Acme Rocket Heavy 9"], models: rockets) == "Acme Rocket Heavy 9")
    #expect(try subject(of: "acme.rocket-9-light", among: ["Acme Rocket 9"], models: rockets) == nil)
    #expect(try subject(of: "acme.rkt-9", among: ["Acme Rocket 9"], models: [model("acme.rkt-9", "Rocket 9")]) == nil)
  }

  @Test func twoLabelsOfOneModelAreAmbiguous() throws {
    let result = try resolve("acme.rocket-9-v1:0", resolver(["Acme Rocket 9", "ACME Rocket-9"]))
    #expect(result.quotas.isEmpty && result.status == .unknown)
    #expect(result.note?.contains("rpm, tpm") == true)
  }

  @Test func aLabelWithoutTheSizeIsBelievedOnlyWithoutSiblings() throws {
    func found(_ labels: [String], listed: [String]) throws -> String? {
      try subject(of: "acme.rocket-9-8b", among: labels, models: listed.map { model($0, "x") })
    }
    #expect(try found(["Acme Rocket 9"], listed: ["acme.rocket-9-8b"]) == "Acme Rocket 9")
    #expect(try found(["Acme Rocket 9"], listed: []) == nil, "who knows what else there is")
    #expect(try found(["Acme Rocket 9"], listed: ["acme.rocket-9-8b", "acme.rocket-9-70b"]) == nil)
    #expect(try found(["Acme Rocket 9", "Acme Rocket 9 70B"], listed: ["acme.rocket-9-8b"]) == nil)
    #expect(try found(["Acme Rocket 9", "Acme Rocket 9 8B"], listed: []) == "Acme Rocket 9 8B")
  }

  @Test func scopesAndVariants() throws {
    let names = [
      "Cross-region model inference tokens per minute for Anthropic Claude Sonnet 9 V1",
      "Cross-region model inference tokens per minute for Anthropic Claude Sonnet 9 V1 1M Context Length",
      "Global cross-region model inference tokens per minute for Anthropic Claude Sonnet 9 V1",
      "Global cross-region model inference tokens per day for Anthropic Claude Sonnet 9 V1",
      "On-demand model inference tokens per minute for Anthropic Claude Sonnet 9 V1",
      "On-demand latency-optimized model inference tokens per minute for Anthropic Claude Sonnet 9 V1",
      "Model invocation max tokens per day for Anthropic Claude Sonnet 9 V1 (doubled for cross-region calls)",
      "Cross-Model Max Tokens Per Day", "[bedrock-mantle endpoint] Input tokens per minute for Claude Sonnet 9",
      "Records per batch inference job for Claude Sonnet 9",
    ]
    let resolver = QuotaResolver(quotas: names.map(quota))
    func codes(_ id: String) throws -> [String] { try resolve(id, resolver).quotas.map { String($0.quota.code.dropFirst(2)) } }
    #expect(try codes("us.anthropic.claude-sonnet-9") == [names[0], names[6], names[7]])
    #expect(try codes("global.anthropic.claude-sonnet-9") == [names[2], names[3], names[7]])
    #expect(try codes("anthropic.claude-sonnet-9") == [names[4], names[6], names[7]])
    let variants = try resolve("us.anthropic.claude-sonnet-9", resolver).variants
    #expect(Set(variants.map(\.variant)) == [.context1M, .latencyOptimized])
    #expect(try resolve("anthropic.claude-sonnet-9", resolver).variants.map(\.variant) == [.latencyOptimized, .mantle])
    #expect(resolver.quotasNaming(ModelID("anthropic.claude-sonnet-9")!).count == 9)
  }

  @Test func profileOnlyModelsAreNotBoundByOnDemandQuotas() throws {
    let profiles = [
      QuotaResolver.Profile(
        id: "us.acme.rocket-9", arn: "arn", modelARNs: ["arn:aws:bedrock:us-east-1::foundation-model/acme.rocket-9"],
        isApplication: false)
    ]
    let resolver = resolver(
      ["Acme Rocket 9"], models: [model("acme.rocket-9", "Rocket 9", ["INFERENCE_PROFILE"])], profiles: profiles)
    let result = try resolve("acme.rocket-9", resolver)
    #expect(result.status == .unknown && result.quotas.isEmpty && result.note?.contains("us.acme.rocket-9") == true)
    #expect(try resolve("us.acme.rocket-9", resolver).status == .resolved)
  }

  @Test func applicationProfilesInheritFromTheProfileTheyCopy() throws {
    let model = "arn:aws:bedrock:us-east-1::foundation-model/acme.rocket-9"
    let elsewhere = "arn:aws:bedrock:us-west-2::foundation-model/acme.rocket-9"
    let anywhere = "arn:aws:bedrock:::foundation-model/acme.rocket-9"
    func profile(_ id: String, _ models: [String], isApplication: Bool = true) -> QuotaResolver.Profile {
      .init(
        id: id, arn: "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/\(id)", modelARNs: models,
        isApplication: isApplication)
    }
    let resolver = resolver(
      ["Acme Rocket 9"],
      profiles: [
        profile("us.acme.rocket-9", [model, elsewhere], isApplication: false),
        profile("global.acme.rocket-9", [anywhere, model], isApplication: false),
        profile("geo123456789", [elsewhere, model]), profile("glo123456789", [anywhere, model]), profile("one123456789", [model]),
        profile("odd123456789", [elsewhere, anywhere]),
      ])
    func scope(_ id: String) throws -> (QuotaScope, Resolution.Status) {
      let result = try resolve("arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/\(id)", resolver)
      #expect(try resolve(id, resolver).scope == result.scope, "by bare id as well")
      return (result.scope, result.status)
    }
    #expect(try scope("geo123456789") == (.crossRegion, .resolved))
    #expect(try scope("glo123456789") == (.global, .resolved))
    #expect(try scope("one123456789") == (.onDemand, .resolved))
    #expect(try scope("odd123456789") == (.other, .unknown))
    #expect(try scope("not123456789") == (.other, .unknown))
  }

  @Test func formsWithAContextLength() throws {
    let names = [
      "On-demand model inference tokens per minute for Acme Rocket 9", "Model units per provisioned model for Acme Rocket 9 300K",
      "Model units per provisioned model for Acme Rocket 9 24K",
      "(Model customization) Sum of on demand custom model deployment tokens per minute for Acme Rocket 9",
    ]
    let forms = [
      model("acme.rocket-9-v1:0:300k", "Rocket 9", ["PROVISIONED"], customizations: ["FINE_TUNING"]),
      model("acme.rocket-9-v1:0:24k", "Rocket 9", ["PROVISIONED"]),
    ]
    let resolver = QuotaResolver(quotas: names.map(quota), models: forms)
    func found(_ id: String) throws -> (QuotaScope, [String]) {
      let result = try resolve(id, resolver)
      return (result.scope, result.quotas.map { String($0.quota.code.dropFirst(2)) })
    }
    #expect(try found("acme.rocket-9-v1:0:300k") == (.customDeployment, [names[3], names[1]]))
    #expect(try found("acme.rocket-9-v1:0:24k") == (.provisioned, [names[2]]))
    #expect(try found("acme.rocket-9-v1:0") == (.onDemand, [names[0]]))
  }

  @Test(arguments: [
    "provisioned-model/x", "custom-model-deployment/x", "imported-model/x", "prompt/x", "default-prompt-router/x",
  ])
  func whatAnARNDoesNotSayIsUnknown(kind: String) throws {
    let result = try resolve("arn:aws:bedrock:us-east-1:123456789012:\(kind)", resolver(["Acme Rocket 9"]))
    #expect(result.status == .unknown && result.quotas.isEmpty && result.note != nil && result.modelID == nil)
  }

  @Test func valuesOfAnotherRegionAreLeftOut() throws {
    let name = "Cross-region model inference tokens per minute for Acme Rocket 9"
    let resolver = QuotaResolver(quotas: [quota(name)], region: "us-east-1")
    func value(_ region: String) throws -> Double? {
      let id = "arn:aws:bedrock:\(region):123456789012:inference-profile/us.acme.rocket-9"
      let result = try resolve(id, resolver)
      #expect(result.quotas.map(\.quota.code) == ["L-\(name)"])
      #expect((result.note?.contains("use region \(region)") == true) == (region != "us-east-1"))
      return result.quotas[0].quota.value
    }
    #expect(try value("us-east-1") == 1)
    #expect(try value("eu-west-1") == nil)
  }
}
