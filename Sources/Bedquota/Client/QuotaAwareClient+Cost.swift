import AWSClient
import AWSWire
package import AdmissionControl
import BedrockQuotas
import Synchronization

/// The cost that a request reserves.
extension QuotaAwareClient {
  static let cutNote =
    "A reply reported more tokens than its request allows; the most that the request allows was counted instead."

  /// Returns the request with max_tokens set, if it has none and the options give a value for such requests.
  func filled(_ request: ModelRequest) -> ModelRequest {
    guard !request.statesMaxTokens, resolution.modelID?.isEmbeddingModel != true else { return request }
    guard let fill = options.maxTokensWhenUnset else {
      let most = resolution.maxOutputTokensMax.map { "\($0) tokens each" } ?? "the model's maximum"
      let burndown = resolution.outputBurndown ?? 1
      let upper = burndown > 1 ? " (or \(burndown) times that: it is not known whether a reservation counts the burndown)" : ""
      tellOnce("Requests without max_tokens reserve \(most)\(upper), whatever the reply needs; set max_tokens.")
      return request
    }
    return request.filling(maxTokens: fill, for: resolution.modelID)
  }

  /// Notes members that the operation drops.
  /// - Throws: ``BedquotaError`` (`request`) if one of them bounds the output, because the reply would cost more than the caller
  ///   allows, if the body names another model, or if the endpoint doesn't have the API.
  func checkShape(of request: ModelRequest) throws(BedquotaError) {
    let problem =
      request.modelProblem(resolution.id, alias: mantleID) ?? request.endpointProblem(resolution.endpoint) ?? request.shapeProblem
      ?? request.thinkingProblem(filledWith: options.maxTokensWhenUnset)
    if let problem { throw BedquotaError(.request, problem) }
    if request.api == .responses, request.usesStoredPrompt {
      tellOnce("Requests that go on from what the service has stored reserve too little, because their bodies don't hold it.")
    }
    let dropped = request.droppedMembers
    guard let first = dropped.first else { return }
    let more = dropped.count > 1 ? " and \(dropped.count - 1) more" : ""
    tellOnce("Converse doesn't know some members of the requests, and drops them: \(first)\(more).")
  }

  /// What a request can use.
  func bounds(of request: ModelRequest) -> RequestBounds { RequestBounds(request, at: resolution) }

  /// What a request would reserve now.
  /// - Parameter counting: whether to ask Bedrock for the number of input tokens.
  package func cost(of request: ModelRequest, counting: Bool = false) async throws -> Cost {
    let counted = counting ? try await countTokens(request) : nil
    let bounds = bounds(of: request)
    return book.withLock {
      $0.estimator.cost(of: bounds.size, maxTokens: bounds.maxTokens, metering: metering, counted: counted)
    }
  }

  /// - Returns: input tokens; nil if they can't be counted, so that the input is estimated. If Bedrock doesn't count for this model
  ///   or denies the call, the client doesn't ask again.
  /// - Throws: `CancellationError`.
  func countTokens(_ request: ModelRequest) async throws -> Int? {
    guard resolution.endpoint == .runtime else {
      tellOnce("CountTokens is bedrock-runtime's, so the input of requests to bedrock-mantle is estimated.")
      return nil
    }
    guard request.api.isCountable else {
      tellOnce("CountTokens doesn't take requests of \(request.api.rawValue), so their input is estimated.")
      return nil
    }
    do {
      // Bedrock counts for foundation models only: it refuses inference profiles.
      return try await session.inference.countTokens(request, id: resolution.modelID?.description ?? resolution.id)
    } catch let error as CancellationError {
      throw error
    } catch {
      try Task.checkCancellation()
      let failure = CountFailure(error)
      book.withLock { book in
        if failure.isFinal { book.countsTokens = false }
        book.note(failure.note)
      }
      return nil
    }
  }

  /// Adds a note for ``notes``, unless it is there already.
  func tellOnce(_ note: String) { book.withLock { $0.note(note) } }
}
