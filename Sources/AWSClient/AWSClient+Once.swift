package import AWSWire
package import Foundation
import HTTPTypes

extension AWSClient {
  /// The limit of a model's whole reply, in bytes.
  package static let replyBytesMax = 64 * 1_024 * 1_024
  /// The limit of an error reply, in bytes.
  private static let errorBytesMax = 1_024 * 1_024

  /// Calls an operation once, without retries but for a clock that is off, for callers that decide themselves what to retry.
  /// - Throws: ``AWSClientError``; `CancellationError` if the task was cancelled.
  package func callOnce<Output>(_ operation: AWSOperation<Output>) async throws -> (head: AWSHTTPStream, body: Data) {
    let stream = try await open(operation, limits: ReplyLimits(silence: configuration.timeout))
    return (stream, try await stream.whole(max: Self.replyBytesMax))
  }

  /// Calls an operation once, and returns as soon as the head of the reply has arrived.
  /// - Parameter limits: the time that the reply may take.
  /// - Throws: ``AWSClientError``; `CancellationError` if the task was cancelled.
  package func open<Output>(_ operation: AWSOperation<Output>, limits: ReplyLimits) async throws -> AWSHTTPStream {
    let identity = try await identity(for: operation)
    do {
      return try await open(operation, as: identity, limits: limits)
    } catch {
      guard let renewed = try await renewed(identity, after: error) else { throw error }
      return try await open(operation, as: renewed, limits: limits)
    }
  }

  private func open<Output>(
    _ operation: AWSOperation<Output>, as identity: AWSIdentity, limits: ReplyLimits
  ) async throws -> AWSHTTPStream {
    let region = try configuration.requireRegion()
    var clockError: AWSClientError?
    let addedBefore = clock.seconds
    while true {
      let added = clock.seconds
      var stream = try await transport.stream(
        signed(operation, as: identity, region: region, at: now().addingTimeInterval(added)), limits: limits)
      log(operation, region, stream.head, bytes: 0, attempt: 1)
      guard !(200..<300).contains(stream.head.status.code) else {
        stream.hiding = { $0.hiding(identity) }
        return stream
      }
      let response = try await error(stream)
      let error = explain(response, as: identity, operation: operation, region: region, added: added)
      // A request whose signature was refused reached no model, so it is sent again even here.
      if let clockError {
        guard error.service.map(ClockSkew.isAboutTime) == true else { throw error }
        clock.restore(addedBefore)
        throw clockError
      }
      guard correctsClock(after: error, response, added: added) else { throw error }
      clockError = error
    }
  }

  /// The error reply, as far as it arrives: its status says that nothing was paid, even if its body breaks off.
  private func error(_ stream: AWSHTTPStream) async throws -> AWSHTTPResponse {
    do {
      return AWSHTTPResponse(head: stream.head, body: try await stream.whole(max: Self.errorBytesMax))
    } catch is AWSClientError {
      return AWSHTTPResponse(head: stream.head, body: Data())
    }
  }
}
