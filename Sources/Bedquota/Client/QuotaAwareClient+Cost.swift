import AWSClient
import AWSWire
package import AdmissionControl
import BedrockQuotas
import Synchronization

/// What a request will reserve.
extension QuotaAwareClient {
  /// Where nothing is known of the model: output tokens that a request without max_tokens reserves.
  private static let unknownMaxOutput = 4_096
  /// Beyond it, no limiter admits a request.
  private static let maxTokensMax = 1_000_000_000_000

  /// The request with max_tokens, where the options name one for requests without.
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

  /// Output tokens that a request reserves: max_tokens, else all that the model can put out. Output beyond it, where it counts
  /// several times over, is debt for the limiter.
  func reservedOutput(of request: ModelRequest) -> Int64 {
    if resolution.modelID?.isEmbeddingModel == true { return 0 }
    return Int64(min(request.maxTokens ?? resolution.maxOutputTokens ?? Self.unknownMaxOutput, Self.maxTokensMax))
  }

  /// What a request would reserve now.
  /// - Parameter counting: whether to ask Bedrock for the number of input tokens.
  package func cost(of request: ModelRequest, counting: Bool = false) async throws -> Cost {
    let counted = counting ? try await countTokens(request) : nil
    let (size, maxTokens) = (InputSize(request.body), reservedOutput(of: request))
    return book.withLock { $0.estimator.cost(of: size, maxTokens: maxTokens, counted: counted) }
  }

  /// - Returns: input tokens; nil where Bedrock doesn't count for this model, or may not be asked; it isn't asked again then.
  func countTokens(_ request: ModelRequest) async throws -> Int? {
    do {
      return try await session.client.countTokens(request, id: resolution.id)
    } catch let error as AWSClientError where error.code == .service {
      book.withLock { book in
        book.countsTokens = false
        book.note("Tokens can't be counted beforehand, so input is estimated. \(error.message)")
      }
      return nil
    }
  }

  /// Adds a note for ``notes``, unless it is there already.
  func tellOnce(_ note: String) { book.withLock { $0.note(note) } }
}
