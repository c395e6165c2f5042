package import AWSWire
package import Foundation
import HTTPTypes

extension AWSClient {
  /// The limit of a model's whole reply, in bytes.
  package static let replyBytesMax = 64 * 1_024 * 1_024
  /// The limit of an error reply, in bytes.
  private static let errorBytesMax = 1_024 * 1_024

  /// Calls an operation once, without retries, for callers that decide themselves what to retry.
  /// - Parameter timeout: for the head of the reply, if it is shorter than the configuration's.
  /// - Throws: ``AWSClientError``; `CancellationError` if the task was cancelled.
  package func callOnce<Output>(_ operation: AWSOperation<Output>, timeout: Duration? = nil) async throws -> (
    head: AWSHTTPStream, body: Data
  ) {
    let stream = try await open(operation, timeout: timeout)
    return (stream, try await stream.whole(max: Self.replyBytesMax))
  }

  /// Calls an operation once, and returns as soon as the head of the reply has arrived.
  /// - Parameter timeout: for the head, if it is shorter than the configuration's.
  /// - Throws: ``AWSClientError``; `CancellationError` if the task was cancelled.
  package func open<Output>(_ operation: AWSOperation<Output>, timeout: Duration? = nil) async throws -> AWSHTTPStream {
    let region = try configuration.requireRegion()
    let identity = try await identity(for: operation)
    let timeout = min(timeout ?? configuration.timeout, configuration.timeout)
    let stream = try await transport.stream(signed(operation, as: identity, region: region), timeout: timeout)
    log(operation, region, stream.head, bytes: 0, attempt: 1)
    guard (200..<300).contains(stream.head.status.code) else {
      let response = AWSHTTPResponse(head: stream.head, body: try await stream.whole(max: Self.errorBytesMax))
      throw explain(response, as: identity, operation: operation, region: region)
    }
    return stream
  }
}
