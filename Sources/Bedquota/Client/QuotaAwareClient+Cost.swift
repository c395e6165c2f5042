import AWSClient
import AWSWire
package import AdmissionControl
import BedrockQuotas
import Synchronization

/// What a request will reserve.
extension QuotaAwareClient {
  func filled(_ request: ModelRequest) -> ModelRequest {
    guard request.maxTokens == nil, resolution.modelID?.isEmbeddingModel != true else { return request }
    guard let fill = options.maxTokensWhenUnset else {
      tellOnce(
        "Requests without max_tokens reserve \(resolution.maxOutputTokens.map { "\($0) tokens each" } ?? "the model's maximum"), whatever the reply needs; set max_tokens."
      )
      return request
    }
    return request.filling(maxTokens: fill, for: resolution.modelID)
  }

  /// What a request reserves: its input, and max_tokens or else all that the model can put out.
  package func cost(of request: ModelRequest, counting: Bool = false) async throws -> Cost {
    let counted = counting ? try await countTokens(request) : nil
    let size = request.inputSize
    let (bound, expected) = book.withLock { book in
      (book.estimator.inputBound(size), book.estimator.usage(inputBytes: size.bytes, outputBytes: 0).input)
    }
    let input = Int64(counted ?? bound)
    let maxTokens =
      resolution.modelID?.isEmbeddingModel == true ? 0 : Int64(request.maxTokens ?? resolution.maxOutputTokens ?? 4_096)
    // Beyond max_tokens only where output counts several times over; the ledger keeps that as debt.
    let reserved = RequestCost.reservation(prompt: input, maxTokens: maxTokens)
    var cost = Cost(reserved: Amounts(tokens: reserved), key: UInt64(64 - maxTokens.leadingZeroBitCount))
    cost.known = Amounts(tokens: counted.map(Int64.init) ?? min(Int64(expected + size.attachments * 1_200), input))
    return cost
  }

  /// nil where Bedrock doesn't count for this model, or may not be asked; it isn't asked again then.
  private func countTokens(_ request: ModelRequest) async throws -> Int? {
    do {
      return try await session.client.countTokens(request, id: resolution.id)
    } catch let error as AWSClientError where error.code == .service {
      book.withLock { $0.countsTokens = false }
      tellOnce("Tokens can't be counted beforehand, so input is estimated. \(error.message)")
      return nil
    }
  }

  func tellOnce(_ note: String) {
    book.withLock { book in
      if !book.notes.contains(note) { book.notes.append(note) }
    }
  }
}
