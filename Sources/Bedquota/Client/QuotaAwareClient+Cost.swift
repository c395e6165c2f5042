import AWSClient
import AWSWire
package import AdmissionControl
import BedrockQuotas
import Synchronization

/// The cost that a request reserves.
extension QuotaAwareClient {
  /// Output tokens that a request without max_tokens reserves if the model's maximum output is unknown.
  private static let unknownMaxOutput = 4_096
  /// The cap of max_tokens. No limiter admits a request beyond it.
  private static let maxTokensMax = 1_000_000_000_000

  /// Returns the request with max_tokens set, if it has none and the options give a value for such requests.
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

  /// Output tokens that a request reserves: max_tokens, or else the model's maximum output. If a burndown above 1 makes the final
  /// cost exceed the reservation, the rest is debt for the limiter.
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

  /// - Returns: input tokens; nil if Bedrock answers with an error, for example because it doesn't count for this model or denies
  ///   the call. After an error, the client doesn't ask again.
  func countTokens(_ request: ModelRequest) async throws -> Int? {
    do {
      return try await session.inference.countTokens(request, id: resolution.id)
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
