import BedrockQuotas

/// The models that StartAsyncInvoke takes, by what they write.
///
/// Source: docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-nova-reel.html and the pages of the other models
enum AsyncModel: Sendable {
  /// Amazon Nova Multimodal Embeddings.
  case novaEmbeddings
  /// TwelveLabs Marengo Embed.
  case marengo
  /// Amazon Nova Reel.
  case reel
  /// Luma AI Ray.
  case ray

  /// nil if the model has no asynchronous invocation.
  init?(_ model: ModelID) {
    let id = model.description
    if id.hasPrefix("amazon.nova-2-multimodal-embeddings") {
      self = .novaEmbeddings
    } else if id.hasPrefix("twelvelabs.marengo") {
      self = .marengo
    } else if id.hasPrefix("amazon.nova-reel") {
      self = .reel
    } else if id.hasPrefix("luma.ray") {
      self = .ray
    } else {
      return nil
    }
  }

  /// Whether a quota of concurrent requests counts asynchronous invocations of the model. Models of video have no others.
  func isCounted(by name: QuotaName) -> Bool {
    guard name.measure == .concurrent else { return false }
    switch self {
    case .reel, .ray: return true
    case .novaEmbeddings, .marengo: return name.countsAsynchronously
    }
  }
}

extension QuotaName {
  /// Whether it counts asynchronous invocations and no others: "On-demand InvokeModel async concurrent requests for …".
  var countsAsynchronously: Bool { measure == .concurrent && text.contains(" async ") }
}
